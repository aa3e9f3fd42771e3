public import Formats
public import Tensors

/// The tensors of a training run and what else it needs to go on, in one safetensors file.
///
/// Tensors stand under their full names, `encoder.0.weight`; the metadata are texts. A checksum of the tensors is kept with them, so that
/// a damaged file is found out before anything is restored from it.
public enum Checkpoint {
  private static let checksumKey = "checksum"

  /// Writes a value's tensors, whole or not at all.
  public static func save(
    _ value: some Parameterized, metadata: [String: String], to path: String
  ) throws(FormatError) {
    let tensors = value.namedParameters().map { (name: $0.name, tensor: $0.tensor) }
    var metadata = metadata
    metadata[checksumKey] = digest(tensors)
    try SafeTensors.write(tensors, metadata: metadata, to: path)
  }

  /// The metadata of a checkpoint, without its tensors.
  public static func metadata(of path: String) throws(FormatError) -> [String: String] {
    try read(path).metadata
  }

  /// Puts the tensors of a checkpoint into a value of the same shape, and returns the metadata.
  ///
  /// - Throws: if the file is damaged, lacks a tensor of the value, or has it in another shape; the value is unchanged then.
  public static func restore(
    _ value: inout some Parameterized, from path: String
  ) throws(FormatError) -> [String: String] {
    let (tensors, metadata) = try read(path)
    var stored: [String: Tensor] = [:]
    for (name, tensor) in tensors { stored[name] = tensor }
    for parameter in value.namedParameters() {
      guard let tensor = stored[parameter.name] else {
        throw FormatError(.malformed, "\(path): no tensor '\(parameter.name)'")
      }
      guard tensor.shape == parameter.tensor.shape else {
        throw FormatError(
          .malformed,
          "\(path): '\(parameter.name)' has shape \(tensor.shape), expected \(parameter.tensor.shape)"
        )
      }
    }
    value.forEachNamedParameter { name, tensor, _ in
      if let found = stored[name] { tensor = found }
    }
    return metadata
  }

  private static func read(
    _ path: String
  ) throws(FormatError) -> (tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
    let (tensors, metadata) = try SafeTensors.read(path)
    guard let expected = metadata[checksumKey] else {
      throw FormatError(.malformed, "\(path): not a checkpoint: it has no checksum")
    }
    let found = digest(tensors)
    guard found == expected else {
      throw FormatError(
        .malformed, "\(path): damaged: its tensors have checksum \(found), expected \(expected)")
    }
    return (tensors, metadata)
  }

  /// The CRC-32 of names and single-precision values, in the order of the names: the same whatever precision reads or wrote the file.
  private static func digest(_ tensors: [(name: String, tensor: Tensor)]) -> String {
    var checksum = Checksum()
    for (name, tensor) in tensors.sorted(by: { $0.name < $1.name }) {
      checksum.update(Array(name.utf8))
      tensor.scalars.map { Float($0) }.withUnsafeBytes { checksum.update($0) }
    }
    return String(checksum.value, radix: 16)
  }
}
