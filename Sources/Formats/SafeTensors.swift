public import Tensors

/// The safetensors format: named tensors behind a JSON header.
public enum SafeTensors {
  /// A tensor and its name in the file.
  public typealias Named = (name: String, tensor: Tensor)

  static let maximumHeader = MemoryBudget.textBytes
  static let metadataKey = "__metadata__"

  #if DOUBLE_PRECISION
    static let scalarType = "F64"
  #else
    static let scalarType = "F32"
  #endif

  /// Writes the tensors in the precision of `Scalar`, whole or not at all, with the bytes the
  /// reference writer gives.
  ///
  /// Traps when two names are equal. Throws `FormatError` when the file cannot be written.
  public static func write(
    _ tensors: [Named], metadata: [String: String] = [:], to path: String
  ) throws(FormatError) {
    // One type throughout, so the reference's order by alignment, then name is the order by name.
    let sorted = tensors.sorted { Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) }
    var members: [JSON.Member] = []
    if !metadata.isEmpty {
      let entries = metadata.sorted { $0.key < $1.key }
      members.append(
        JSON.Member(metadataKey, .object(entries.map { JSON.Member($0.key, .string($0.value)) })))
    }
    let size = MemoryLayout<Scalar>.size
    var end = 0
    for (index, entry) in sorted.enumerated() {
      require(
        entry.name != metadataKey && (index == 0 || sorted[index - 1].name != entry.name),
        "two tensors are named \(entry.name)")
      let start = end
      end += entry.tensor.count * size
      members.append(
        JSON.Member(
          entry.name,
          [
            "dtype": .string(scalarType),
            "shape": .array(entry.tensor.shape.map { JSON($0) }),
            "data_offsets": [JSON(start), JSON(end)],
          ]))
    }
    var header = Array(JSON.object(members).description.utf8)
    header += repeatElement(UInt8(ascii: " "), count: -header.count & 7)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for entry in sorted {
      entry.tensor.withPointer { bytes += UnsafeRawBufferPointer($0) }
    }
    try atomicWrite(bytes, to: path)
  }

  /// The tensors in the order of their bytes, and the metadata.
  ///
  /// Strict: throws `FormatError` on holes, overlaps, trailing bytes, repeated names, sizes that
  /// overflow or do not agree, and types other than F32, F64, I64, I32 and U8, which become
  /// `Scalar`.
  public static func read(
    _ path: String
  ) throws(FormatError) -> (tensors: [Named], metadata: [String: String]) {
    try parse(fileBytes(path), path: path)
  }

  /// As `read`, of bytes at hand.
  package static func parse(
    _ bytes: [UInt8], path: String
  ) throws(FormatError) -> (tensors: [Named], metadata: [String: String]) {
    guard bytes.count >= 8 else {
      throw .malformed(path, "\(bytes.count) bytes, a safetensors file has at least 8")
    }
    let stated = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard stated <= maximumHeader else {
      throw .malformed(path, "a header of \(stated) bytes, at most \(maximumHeader) are allowed")
    }
    let start = 8 + Int(stated)
    guard start <= bytes.count else {
      throw .malformed(path, "a header of \(stated) bytes in a file of \(bytes.count)")
    }
    let header: JSON
    do {
      header = try JSON(parsing: bytes[8..<start])
    } catch {
      throw .malformed(path, "the header is not JSON: \(error)")
    }
    guard case .object(let members) = header else {
      throw .malformed(path, "the header is not an object")
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in members {
      if member.key == metadataKey {
        metadata = try texts(member.value, path: path)
      } else {
        entries.append(try Entry(member, path: path))
      }
    }
    entries.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    var end = 0
    for entry in entries {
      guard entry.start == end else {
        let trouble = entry.start > end ? "a hole before" : "an overlap with"
        throw .malformed(
          path, "\(trouble) tensor \"\(entry.name)\": it starts at \(entry.start), not \(end)")
      }
      end = entry.end
    }
    guard end == bytes.count - start else {
      throw .malformed(path, "\(bytes.count - start) bytes of tensors, the header tells of \(end)")
    }
    if let excess = MemoryBudget.excess("its tensors", entries.map(\.shape)) {
      throw .malformed(path, excess)
    }
    let tensors = entries.map { entry in
      (name: entry.name, tensor: entry.tensor(in: bytes, at: start + entry.start))
    }
    return (tensors, metadata)
  }

  private static func texts(_ value: JSON, path: String) throws(FormatError) -> [String: String] {
    guard case .object(let members) = value else {
      throw .malformed(path, "\(metadataKey) is not an object")
    }
    var result: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw .malformed(path, "\(metadataKey).\(member.key) is not a string")
      }
      result[member.key] = text
    }
    return result
  }
}

/// One line of the header, checked by itself.
private struct Entry {
  let name: String
  let type: ElementType
  let shape: [Int]
  let start: Int
  let end: Int

  init(_ member: JSON.Member, path: String) throws(FormatError) {
    name = member.key
    func failure(_ trouble: String) -> FormatError {
      .malformed(path, "tensor \"\(member.key)\": \(trouble)")
    }
    guard case .object(let fields) = member.value,
      fields.map(\.key).sorted() == ["data_offsets", "dtype", "shape"]
    else { throw failure("expected exactly dtype, shape and data_offsets") }
    guard let typeName = member.value["dtype"]?.string else { throw failure("no dtype") }
    guard let type = ElementType(rawValue: typeName) else {
      throw failure("dtype \(typeName), expected F32, F64, I64, I32 or U8")
    }
    self.type = type
    func sizes(_ key: String) throws(FormatError) -> [Int] {
      guard let elements = member.value[key]?.array else { throw failure("\(key) is not an array") }
      var result: [Int] = []
      for element in elements {
        guard let size = element.whole(in: 0...JSON.mostWhole) else {
          throw failure("\(key) holds \(element), expected a whole number that is not negative")
        }
        result.append(size)
      }
      return result
    }
    shape = try sizes("shape")
    let offsets = try sizes("data_offsets")
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw failure("data_offsets are not a beginning and an end")
    }
    (start, end) = (offsets[0], offsets[1])
    guard let size = byteCount(of: shape, width: type.width) else {
      throw failure("shape \(shape) overflows")
    }
    guard size == end - start else {
      throw failure("shape \(shape) takes \(size) bytes, data_offsets leave \(end - start)")
    }
  }

  func tensor(in bytes: [UInt8], at position: Int) -> Tensor {
    Tensor(shape: shape) { scalars in
      bytes.withUnsafeBytes { raw in
        let source = raw[position..<position + end - start]
        type.convert(UnsafeRawBufferPointer(rebasing: source), scalars)
      }
    }
  }
}
