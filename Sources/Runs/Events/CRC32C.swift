/// The checksum of Castagnoli's polynomial, as records of event files have it.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The checksum of some bytes.
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~table.withUnsafeBufferPointer { table in
      bytes.reduce(~0) { value, byte in
        value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
      }
    }
  }

  /// The same as it stands in a file: so changed that a checksum of what holds checksums is sound.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = of(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
