public import Formats
public import Tensors

/// The tensors of a training run and what else it needs to go on, in one safetensors file.
///
/// Tensors stand under their full names, `encoder.0.weight`; the metadata are texts. A checksum of
/// both is kept with them, so that a damaged file is found out before anything is restored from it.
public enum Checkpoint {
  private static let checksumKey = "checksum"

  /// Writes a value's tensors, whole or not at all.
  public static func save(
    _ value: some Parameterized, metadata: [String: String], to path: String
  ) throws(FormatError) {
    let tensors = value.namedParameters().map { (name: $0.name, tensor: $0.tensor) }
    var metadata = metadata
    metadata[checksumKey] = digest(tensors, metadata)
    try SafeTensors.write(tensors, metadata: metadata, to: path)
  }

  /// The metadata of a checkpoint, which is checked whole.
  public static func metadata(of path: String) throws(FormatError) -> [String: String] {
    try read(path).metadata
  }

  /// A checkpoint that was read once and checked whole.
  package struct Content: Sendable {
    package let path: String
    package let metadata: [String: String]
    private let tensors: [SafeTensors.Named]

    fileprivate init(_ path: String, mayLackChecksum: Bool) throws(FormatError) {
      (tensors, metadata) = try Checkpoint.read(path, mayLackChecksum: mayLackChecksum)
      self.path = path
    }

    /// A size from 1 in the metadata.
    package func size(_ key: String) throws(FormatError) -> Int {
      try metadata.whole(key, in: 1...Int(Int32.max), of: path)
    }

    /// Throws unless an axis of a tensor has that size, so that no more is made for it than the
    /// file holds.
    package func checkAxis(_ size: Int, _ what: String) throws(FormatError) {
      guard tensors.contains(where: { $0.tensor.shape.contains(size) }) else {
        throw FormatError(
          .malformed, "\(path): its metadata tell of \(what), but none of its tensors has them")
      }
    }

    /// Puts the tensors, or those under a part's name, into a value, as `Checkpoint.restore` does.
    package func restore(
      _ value: inout some Parameterized, under part: String? = nil,
      ignoring ignored: Set<String> = []
    ) throws(FormatError) {
      try Checkpoint.fill(
        &value, with: tensors, under: part.map { $0 + "." } ?? "", of: path, ignoring: ignored)
    }

    /// Has a value begin with these weights.
    ///
    /// - Parameters:
    ///   - saved: what stands before the names in the file, with the point behind it.
    ///   - own: what stands before those of the value that are filled; the others stay.
    ///   - kept: parts, wherever in a name, that stay too and are not looked at in the file.
    /// - Throws: as `Checkpoint.restore(_:from:ignoring:)`, of the other tensors.
    package func begin(
      _ value: inout some Parameterized, under saved: String, as own: String,
      keeping kept: Set<String>
    ) throws(FormatError) {
      try Checkpoint.fill(&value, with: tensors, under: saved, of: path, as: own, keeping: kept)
    }
  }

  /// The content of a checkpoint.
  ///
  /// - Parameter mayLackChecksum: whether another safetensors file will do.
  package static func content(
    of path: String, mayLackChecksum: Bool = false
  ) throws(FormatError) -> Content {
    try Content(path, mayLackChecksum: mayLackChecksum)
  }

  /// Puts the tensors of a checkpoint into a value that has the same ones, and returns the
  /// metadata.
  ///
  /// - Parameter ignored: parts that the value need not have, by the beginning of their names, such
  ///   as `optimizer`.
  /// - Throws: if the file is damaged, lacks a tensor of the value, has it in another shape, or has
  ///   one more; the value is unchanged then.
  public static func restore(
    _ value: inout some Parameterized, from path: String, ignoring ignored: Set<String> = []
  ) throws(FormatError) -> [String: String] {
    let content = try content(of: path)
    try content.restore(&value, ignoring: ignored)
    return content.metadata
  }

  /// Puts one part of a checkpoint, such as `policy.generator`, into a value that has the same
  /// tensors.
  ///
  /// - Parameters:
  ///   - part: what stands before the names of the value's tensors, without the point behind it.
  ///   - ignored: parts of that part that the value need not have, such as `optimizer`.
  /// - Throws: as `restore(_:from:ignoring:)`, of the tensors of that part; the rest is not looked
  ///   at.
  public static func restore(
    _ value: inout some Parameterized, from path: String, under part: String,
    ignoring ignored: Set<String> = []
  ) throws(FormatError) -> [String: String] {
    let content = try content(of: path)
    try content.restore(&value, under: part, ignoring: ignored)
    return content.metadata
  }

  /// Puts the tensors whose names begin with a prefix into a value that has all of these and no
  /// others.
  private static func fill(
    _ value: inout some Parameterized, with tensors: [SafeTensors.Named],
    under prefix: String, of path: String, ignoring ignored: Set<String> = [],
    as own: String = "", keeping kept: Set<String> = []
  ) throws(FormatError) {
    func isKept(_ name: String) -> Bool {
      !kept.isEmpty && name.split(separator: ".").contains { kept.contains(String($0)) }
    }
    var stored: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix) && !isKept(name) {
      stored[String(name.dropFirst(prefix.count))] = tensor
    }
    let parameters = value.namedParameters().compactMap { parameter in
      parameter.name.hasPrefix(own) && !isKept(parameter.name)
        ? (name: String(parameter.name.dropFirst(own.count)), tensor: parameter.tensor) : nil
    }
    for parameter in parameters {
      let (name, shape) = (prefix + parameter.name, parameter.tensor.shape)
      guard let tensor = stored[parameter.name] else {
        throw FormatError(.malformed, "\(path): no tensor '\(name)', expected of shape \(shape)")
      }
      guard tensor.shape == shape else {
        throw FormatError(
          .malformed, "\(path): '\(name)' has shape \(tensor.shape), expected \(shape)")
      }
    }
    let expected = Set(parameters.map(\.name))
    for (name, tensor) in stored.sorted(by: { $0.key < $1.key }) where !expected.contains(name) {
      guard ignored.contains(where: { name.hasPrefix($0 + ".") }) else {
        throw FormatError(
          .malformed,
          "\(path): a tensor '\(prefix)\(name)' of shape \(tensor.shape), expected none")
      }
    }
    value.forEachNamedParameter { name, tensor, _ in
      guard name.hasPrefix(own), let found = stored[String(name.dropFirst(own.count))] else {
        return
      }
      tensor = found
    }
  }

  private static func read(
    _ path: String, mayLackChecksum: Bool = false
  ) throws(FormatError) -> (tensors: [SafeTensors.Named], metadata: [String: String]) {
    var (tensors, metadata) = try SafeTensors.read(path)
    guard let expected = metadata.removeValue(forKey: checksumKey) else {
      if mayLackChecksum { return (tensors, metadata) }
      throw FormatError(.malformed, "\(path): not a checkpoint: it has no checksum")
    }
    let found = digest(tensors, metadata)
    guard found == expected else {
      throw FormatError(
        .malformed, "\(path): damaged: its content has checksum \(found), expected \(expected)")
    }
    return (tensors, metadata)
  }

  /// The CRC-32 of metadata, names, shapes and single-precision values in the order of the names:
  /// the same whatever precision reads or wrote the file.
  private static func digest(
    _ tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) -> String {
    var checksum = Checksum()
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      checksum.update(Array("\(key)=\(text)\n".utf8))
    }
    for (name, tensor) in tensors.sorted(by: { $0.name < $1.name }) {
      checksum.update(Array("\(name) \(tensor.shape)\n".utf8))
      let values = tensor.withPointer { $0.map { Float($0) } }
      values.withUnsafeBytes { checksum.update($0) }
    }
    return String(checksum.value, radix: 16)
  }
}
