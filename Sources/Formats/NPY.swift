public import Tensors

/// NumPy's array files, version 1.0: little-endian, row-major; written only.
public enum NPY {
  /// The file of a tensor, as f4 or f8.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    let size = MemoryLayout<Scalar>.size
    var file = header("<f\(size)", tensor.shape)
    tensor.withPointer { buffer in
      file.append(contentsOf: UnsafeRawBufferPointer(buffer))
    }
    return file
  }

  /// The file of bits, as unsigned bytes 0 and 1.
  public static func encode(_ bits: Bits) -> [UInt8] {
    header("|u1", bits.shape) + bits.tensor.scalars.map { $0 == 0 ? 0 : 1 }
  }

  /// The file of integers, as i4.
  public static func encode(_ indices: Indices) -> [UInt8] {
    var file = header("<i4", indices.shape)
    indices.values.withUnsafeBytes { file.append(contentsOf: $0) }
    return file
  }

  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, version and length take ten bytes, the newline one; the data begin at a multiple
    // of 64.
    text += String(repeating: " ", count: 63 - (text.utf8.count + 10) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
