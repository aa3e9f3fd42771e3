/// A message of protocol buffers that is written field by field.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// A message that `build` fills.
  init(_ build: (inout ProtobufMessage) -> Void) { build(&self) }

  private enum Wire: UInt64 { case varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 }

  private mutating func begin(_ field: Int, _ wire: Wire) {
    append(UInt64(field) << 3 | wire.rawValue)
  }

  private mutating func append(_ varint: UInt64) {
    var rest = varint
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ field: Int, _ value: Int) {
    begin(field, .varint)
    append(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, _ value: Bool) { add(field, value ? 1 : 0) }

  mutating func add(_ field: Int, _ value: Double) {
    begin(field, .fixed64)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: Float) {
    begin(field, .fixed32)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: [UInt8]) {
    begin(field, .delimited)
    append(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

  mutating func add(_ field: Int, _ value: ProtobufMessage) { add(field, value.bytes) }

  /// A repeated field in packed form.
  mutating func add(_ field: Int, _ values: [Double]) {
    add(field, values.flatMap { littleEndian($0.bitPattern) })
  }
}

/// The bytes of a number, the least significant one first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
