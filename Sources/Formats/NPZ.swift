import CZlib
public import Tensors

/// NumPy's archives: a ZIP file of NPY arrays, stored or deflated; read only.
public enum NPZ {
  /// An array and its name, without `.npy`.
  public typealias Named = (name: String, tensor: Tensor)

  private static let localSignature = 0x0403_4B50
  private static let entrySignature = 0x0201_4B50
  private static let endSignature = 0x0605_4B50

  /// The arrays in the order of the archive's directory, as `NPY.read` would read them.
  ///
  /// Strict: throws `FormatError` on data that are not a ZIP file, on other compressions, on
  /// encryption and ZIP64, on a wrong checksum, and on arrays that take more than a gibibyte
  /// together.
  public static func read(_ path: String) throws(FormatError) -> [Named] {
    try parse(storedBytes(path), path: path)
  }

  /// As `read`, of bytes at hand.
  package static func parse(_ bytes: [UInt8], path: String) throws(FormatError) -> [Named] {
    let archive = Archive(bytes: bytes, path: path)
    // The end record is the last 22 bytes, but for a comment of at most 65535.
    let earliest = max(0, bytes.count - 22 - 65535)
    guard bytes.count >= 22,
      let end = (earliest...bytes.count - 22).last(where: {
        bytes[$0] == 0x50 && archive.number($0, 4) == endSignature
      })
    else { throw .malformed(path, "no end of a ZIP archive, an NPZ file was expected") }
    let (count, directory) = (archive.number(end + 10, 2), archive.number(end + 16, 4))
    guard count != 0xFFFF, directory != 0xFFFF_FFFF else { throw archive.isLarge }
    var place = directory
    var result: [Named] = []
    // Entries may overlap in the file, so that their sizes are limited together.
    var room = MemoryBudget.inflated(from: bytes.count)
    var numbers: [[Int]] = []
    for _ in 0..<count {
      guard place + 46 <= bytes.count, archive.number(place, 4) == entrySignature else {
        throw .malformed(path, "the directory of the archive is damaged at byte \(place)")
      }
      let nameLength = archive.number(place + 28, 2)
      let next =
        place + 46 + nameLength + archive.number(place + 30, 2) + archive.number(place + 32, 2)
      guard next <= bytes.count else {
        throw .malformed(path, "the directory of the archive ends early")
      }
      var name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
      let content = try archive.content(ofEntryAt: place, name: name, room: &room)
      let tensor = try NPY.parse(content, path: "\(path), array \(name)")
      numbers.append(tensor.shape)
      if let excess = MemoryBudget.excess("its arrays", numbers) { throw .malformed(path, excess) }
      if name.hasSuffix(".npy") { name.removeLast(4) }
      guard !result.contains(where: { $0.name == name }) else {
        throw .malformed(path, "two arrays are named \(name)")
      }
      result.append((name, tensor))
      place = next
    }
    return result
  }

  private struct Archive {
    let bytes: [UInt8]
    let path: String

    /// A little-endian number.
    func number(_ place: Int, _ width: Int) -> Int {
      bytes[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    var isLarge: FormatError {
      .malformed(path, "a ZIP64 archive, which is one of over 4 GiB or 65534 arrays and not read")
    }

    /// - Parameter room: bytes that contents may still have.
    func content(
      ofEntryAt place: Int, name: String, room: inout Int
    ) throws(FormatError) -> [UInt8] {
      let (flags, method) = (number(place + 8, 2), number(place + 10, 2))
      let (packed, size) = (number(place + 20, 4), number(place + 24, 4))
      let local = number(place + 42, 4)
      guard flags & 1 == 0 else { throw .malformed(path, "array \(name): encrypted") }
      guard method == 0 || method == 8 else {
        throw .malformed(path, "array \(name): compressed by method \(method), expected 0 or 8")
      }
      guard packed != 0xFFFF_FFFF, size != 0xFFFF_FFFF, local != 0xFFFF_FFFF else { throw isLarge }
      guard size <= room else {
        throw .malformed(
          path,
          "array \(name): \(bytes.count) bytes of archive become more than \(MemoryBudget.text(ofBytes: MemoryBudget.inflated(from: bytes.count))), the most that is read of them"
        )
      }
      room -= size
      guard local + 30 <= bytes.count, number(local, 4) == NPZ.localSignature else {
        throw .malformed(path, "array \(name): no entry at byte \(local)")
      }
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      guard start + packed <= bytes.count else {
        throw .malformed(path, "array \(name): \(packed) bytes do not fit the file")
      }
      let stored = Array(bytes[start..<start + packed])
      let content = method == 0 ? stored : try inflated(stored, size: size, name: name)
      var checksum = Checksum()
      content.withUnsafeBytes { checksum.update($0) }
      guard content.count == size, Int(checksum.value) == number(place + 16, 4) else {
        throw .malformed(path, "array \(name): damaged, its size or checksum is wrong")
      }
      return content
    }

    /// The content of a deflate stream without a header.
    private func inflated(
      _ stored: [UInt8], size: Int, name: String
    ) throws(FormatError) -> [UInt8] {
      // Deflate shrinks by 1032 at most, so a size beyond that is a lie that must not be allocated.
      guard size <= stored.count * 1032 else {
        throw .malformed(path, "array \(name): \(stored.count) bytes cannot become \(size)")
      }
      var stream = z_stream()
      guard
        inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
      else { throw FormatError(.inputOutput, "\(path): no memory to inflate") }
      defer { inflateEnd(&stream) }
      var status = Z_OK
      let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        stored.withUnsafeBufferPointer { source in
          guard let base = source.baseAddress else { return }
          stream.next_in = UnsafeMutablePointer(mutating: base)
          stream.avail_in = UInt32(stored.count)
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(size)
          status = inflate(&stream, Z_FINISH)
          count = size - Int(stream.avail_out)
        }
      }
      guard status == Z_STREAM_END else {
        throw .malformed(path, "array \(name): its deflate stream is damaged")
      }
      return content
    }
  }
}
