import Formats

/// The bytes of a ZIP archive of some files, stored: an NPZ file, if they are arrays.
package func storedArchive(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var file: [UInt8] = []
  var directory: [UInt8] = []
  for (name, bytes) in parts {
    var checksum = Checksum()
    checksum.update(bytes)
    let common =
      number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4)
      + number(Int(checksum.value), 4) + number(bytes.count, 4) + number(bytes.count, 4)
      + number(name.utf8.count, 2) + number(0, 2)
    directory +=
      number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 2) + number(0, 2)
      + number(0, 2) + number(0, 4) + number(file.count, 4) + Array(name.utf8)
    file += number(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
  }
  return file + directory + number(0x0605_4B50, 4) + number(0, 4) + number(parts.count, 2)
    + number(parts.count, 2) + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
}
