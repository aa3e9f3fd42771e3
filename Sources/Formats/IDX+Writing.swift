import Tensors

extension IDX {
  /// The bytes of a file with an array of unsigned bytes in row-major order.
  ///
  /// Traps unless the bytes fill the shape.
  package static func encode(_ bytes: [UInt8], shape: [Int]) -> [UInt8] {
    require(
      bytes.count == shape.reduce(1, *) && shape.count < 256,
      "\(bytes.count) bytes do not fill \(shape)")
    var result: [UInt8] = [0, 0, 0x08, UInt8(shape.count)]
    for size in shape {
      for shift in [24, 16, 8, 0] { result.append(UInt8(truncatingIfNeeded: size >> shift)) }
    }
    return result + bytes
  }
}
