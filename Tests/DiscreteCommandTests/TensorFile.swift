import Formats
import Tensors

/// What a checkpoint holds.
struct TensorFile {
  var tensors: [String: Tensor] = [:]
  let step: Int?

  init(_ path: String) throws {
    let (tensors, metadata) = try SafeTensors.read(path)
    for (name, tensor) in tensors { self.tensors[name] = tensor }
    step = metadata["step"].flatMap(Int.init)
  }

  /// Names of the tensors with values that are not finite.
  var nonFinite: [String] {
    tensors.filter { !$0.value.scalars.allSatisfy(\.isFinite) }.map(\.key).sorted()
  }

  /// Whether step, names, shapes and every bit of the values are equal.
  func isIdentical(to other: TensorFile) -> Bool {
    step == other.step && tensors.keys == other.tensors.keys
      && tensors.allSatisfy { name, tensor in
        guard let twin = other.tensors[name] else { return false }
        return tensor.shape == twin.shape
          && tensor.scalars.map(\.bitPattern) == twin.scalars.map(\.bitPattern)
      }
  }
}
