import CZlib
import Tensors

/// Portable network graphics: 8-bit images, gray or in color, written only.
public enum PNG {
  /// The file of a gray image given row by row from the top; traps unless the pixels fill it.
  public static func encode(width: Int, height: Int, gray: [UInt8]) -> [UInt8] {
    file(width: width, height: height, kind: 0, bytesPerPixel: 1, gray)
  }

  /// The file of an image of red, green and blue bytes; traps unless the pixels fill it.
  public static func encode(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    file(width: width, height: height, kind: 2, bytesPerPixel: 3, rgb)
  }

  private static func file(
    width: Int, height: Int, kind: UInt8, bytesPerPixel: Int, _ pixels: [UInt8]
  ) -> [UInt8] {
    let line = width * bytesPerPixel
    require(
      width > 0 && height > 0 && pixels.count == line * height,
      "\(pixels.count) bytes do not fill \(width) x \(height) pixels of \(bytesPerPixel)")
    var rows: [UInt8] = []
    rows.reserveCapacity((line + 1) * height)
    for row in 0..<height {
      rows.append(0)
      rows.append(contentsOf: pixels[(row * line)..<((row + 1) * line)])
    }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, kind, 0, 0, 0]
    append("IHDR", header, to: &file)
    append("IDAT", deflated(rows), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  private static func append(_ name: String, _ content: [UInt8], to file: inout [UInt8]) {
    let body = Array(name.utf8) + content
    var checksum = Checksum()
    checksum.update(body)
    file += bigEndian(UInt32(content.count)) + body + bigEndian(checksum.value)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    // Level 3 takes a third of the time of zlib's own choice, for files a tenth larger.
    var size = compressBound(uLong(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      let result = compress2(buffer.baseAddress, &size, bytes, uLong(bytes.count), 3)
      require(result == Z_OK, "zlib could not compress: \(result)")
      count = Int(size)
    }
  }
}
