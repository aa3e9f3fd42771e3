package import Tensors

extension NPY {
  private static let types: [String: ElementType] = [
    "|u1": .u8, "<i4": .i32, "<f4": .f32, "<f8": .f64,
  ]

  /// An array in row-major order of type u1, i4, f4 or f8, little-endian, from the bytes of a file.
  ///
  /// Throws `FormatError` for anything else, and when the number of bytes is not what the header
  /// tells.
  package static func parse(_ bytes: [UInt8], path: String) throws(FormatError) -> Tensor {
    guard bytes.count >= 12, bytes.starts(with: [0x93] + "NUMPY".utf8) else {
      throw .malformed(path, "wrong magic number, an NPY file was expected")
    }
    guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
      throw .malformed(path, "version \(bytes[6]).\(bytes[7]), expected 1.0, 2.0 or 3.0")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let length = bytes[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + lengthBytes + length
    guard length <= 10_000, start <= bytes.count else {
      throw .malformed(path, "a header of \(length) bytes in a file of \(bytes.count)")
    }
    var scanner = HeaderScanner(text: bytes[8 + lengthBytes..<start], path: path)
    let (typeName, shape) = try scanner.header()
    guard let type = types[typeName] else {
      throw .malformed(path, "element type \(typeName), expected |u1, <i4, <f4 or <f8")
    }
    guard let size = byteCount(of: shape, width: type.width) else {
      throw .malformed(path, "shape \(shape) overflows")
    }
    guard size == bytes.count - start else {
      throw .malformed(path, "\(bytes.count - start) bytes of data, shape \(shape) takes \(size)")
    }
    if let excess = MemoryBudget.excess("shape \(shape)", [shape]) {
      throw .malformed(path, excess)
    }
    return Tensor(shape: shape) { scalars in
      bytes.withUnsafeBytes {
        type.convert(UnsafeRawBufferPointer(rebasing: $0[start...]), scalars)
      }
    }
  }
}

/// Reads the dictionary of exactly descr, fortran_order and shape, in any order.
private struct HeaderScanner {
  var text: ArraySlice<UInt8>
  let path: String

  mutating func header() throws(FormatError) -> (type: String, shape: [Int]) {
    var type: String?
    var shape: [Int]?
    var isRowMajor: Bool?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try string()
      case "fortran_order" where isRowMajor == nil: isRowMajor = try boolean() == false
      case "shape" where shape == nil: shape = try tuple()
      default: throw .malformed(path, "unexpected or repeated key \"\(key)\" in the header")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard let type, let shape, let isRowMajor, text.isEmpty else {
      throw .malformed(path, "the header is not descr, fortran_order and shape alone")
    }
    guard isRowMajor else { throw .malformed(path, "column-major order, expected row-major") }
    return (type, shape)
  }

  private mutating func skipSpace() {
    text = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard text.starts(with: word.utf8) else { return false }
    text = text.dropFirst(word.utf8.count)
    return true
  }

  private mutating func expect(_ word: String) throws(FormatError) {
    guard take(word) else { throw .malformed(path, "\"\(word)\" was expected in the header") }
  }

  private mutating func string() throws(FormatError) -> String {
    let quote: UInt8 = take("'") ? UInt8(ascii: "'") : UInt8(ascii: "\"")
    if quote == UInt8(ascii: "\"") { try expect("\"") }
    guard let end = text.firstIndex(of: quote) else {
      throw .malformed(path, "a closing quote is missing in the header")
    }
    defer { text = text[(end + 1)...] }
    return String(decoding: text[..<end], as: UTF8.self)
  }

  private mutating func boolean() throws(FormatError) -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  private mutating func tuple() throws(FormatError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = text.prefix { (0x30...0x39).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self)) else {
        throw .malformed(path, "shape in the header is not a tuple of sizes")
      }
      sizes.append(size)
      text = text.dropFirst(digits.count)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
