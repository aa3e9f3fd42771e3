import Tensors

/// The number types read from safetensors files, little-endian.
enum ElementType: String {
  case f32 = "F32"
  case f64 = "F64"
  case i64 = "I64"
  case i32 = "I32"
  case u8 = "U8"

  /// Bytes per number.
  var width: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .u8: 1
    }
  }

  /// Fills `scalars` from as many numbers.
  func convert(_ source: UnsafeRawBufferPointer, _ scalars: UnsafeMutableBufferPointer<Scalar>) {
    switch self {
    case .f32: fill(scalars, from: source, UInt32.self) { Scalar(Float(bitPattern: $0)) }
    case .f64: fill(scalars, from: source, UInt64.self) { Scalar(Double(bitPattern: $0)) }
    case .i64: fill(scalars, from: source, UInt64.self) { Scalar(Int64(bitPattern: $0)) }
    case .i32: fill(scalars, from: source, UInt32.self) { Scalar(Int32(bitPattern: $0)) }
    case .u8: fill(scalars, from: source, UInt8.self) { Scalar($0) }
    }
  }

  private func fill<Word: FixedWidthInteger & BitwiseCopyable>(
    _ scalars: UnsafeMutableBufferPointer<Scalar>, from source: UnsafeRawBufferPointer,
    _: Word.Type, _ convert: (Word) -> Scalar
  ) {
    for index in scalars.indices {
      let word = source.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
      scalars[index] = convert(Word(littleEndian: word))
    }
  }
}

/// The bytes that a shape takes; `nil` when they overflow, also where an empty axis would hide it.
func byteCount(of shape: [Int], width: Int) -> Int? {
  var count = width
  for size in shape where size > 0 {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { return nil }
    count = product
  }
  return shape.contains(0) ? 0 : count
}
