import CZlib

/// The CRC-32 of zlib, PNG and gzip, over pieces.
package struct Checksum {
  package private(set) var value: UInt32 = 0

  package init() {}

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let base = bytes.bindMemory(to: UInt8.self).baseAddress
    value = UInt32(truncatingIfNeeded: crc32_z(uLong(value), base, bytes.count))
  }
}
