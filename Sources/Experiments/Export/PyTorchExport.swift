public import Formats
import Learning
public import Runs
import Tensors

/// A trained model for PyTorch: its tensors in PyTorch's layouts, and a Python module that makes
/// the model from them.
///
/// A tensor has the name it has in the checkpoint, as far as PyTorch's layers allow.
public struct PyTorchExport: Sendable {
  /// Names and tensors of the module's state.
  let tensors: [(name: String, tensor: Tensor)]
  /// The text of the Python module.
  public let module: String
  /// The texts of tokens, where the model has them.
  private let vocabulary: JSON?

  /// The files that `write(to:)` leaves.
  public static let (moduleFile, weightsFile) = ("model.py", "model.safetensors")

  /// Loads the model of a run's folder.
  ///
  /// - Throws: `Failure` of kind `usage` for the run of a model that has no form in PyTorch;
  ///   whatever the loading of the run throws.
  public init(run path: String, checkpoint: CheckpointChoice = .last) throws {
    let folder = try RunFolder(opening: path)
    let model = try Settings.model(of: folder) ?? ""
    let (source, parameters, vocabulary): (PythonModule, [NamedTensor], JSON?)
    switch model {
    case BeliefNetworkExperiment.model, VAEExperiment.model:
      let saved = try TrainedImageModel(run: path, checkpoint: checkpoint)
      let own = saved.configuration
      guard own.prior != .made && own.posterior != .made else {
        throw Failure(.usage, "\(path): a prior or posterior of 'made' has no form in PyTorch")
      }
      if case .structure = saved.configuration.latents {
        throw Failure(
          .usage,
          "\(path): latents of '\(saved.configuration.latents.text)' have no form in PyTorch")
      }
      (source, parameters, vocabulary) = (
        .images(saved), NamedTensor.all(of: saved.model), nil
      )
    case SequenceExperiment.model:
      guard checkpoint == .last else {
        throw Failure(.usage, "\(path): a run of sequences has the last checkpoint only")
      }
      let saved = try TrainedSequences(run: path)
      (source, parameters, vocabulary) = (
        .sequences(saved), NamedTensor.all(of: saved.generator),
        saved.configuration.data == nil ? nil : try folder.read(SequenceTexts.fileName)
      )
    case RankerExperiment.model:
      let saved = try TrainedRanker(run: path, checkpoint: checkpoint)
      (source, parameters, vocabulary) = (
        .ranker(saved), NamedTensor.all(of: saved.scorer), nil
      )
    case SorterExperiment.model:
      let saved = try TrainedSorter(run: path, checkpoint: checkpoint)
      (source, parameters, vocabulary) = (
        .sorter(saved), NamedTensor.all(of: saved.sorter), nil
      )
    default:
      let known = [
        BeliefNetworkExperiment.model, VAEExperiment.model, SequenceExperiment.model,
        RankerExperiment.model, SorterExperiment.model,
      ]
      throw Failure(
        .usage,
        "\(path): a run of '\(model)', which has no form in PyTorch; \(known.joined(separator: ", ")) have"
      )
    }
    tensors = parameters.flatMap(\.inPyTorch)
    module = source.text
    self.vocabulary = vocabulary
  }

  /// Writes the module, its weights and, for a model of texts, the texts of its tokens into a
  /// folder, which is made where there is none; returns the names of the files.
  public func write(to folder: String) throws(FormatError) -> [String] {
    try makeFolder(folder)
    try SafeTensors.write(
      tensors, metadata: ["format": "pt"], to: "\(folder)/\(PyTorchExport.weightsFile)")
    try atomicWrite(Array(module.utf8), to: "\(folder)/\(PyTorchExport.moduleFile)")
    guard let vocabulary else { return [PyTorchExport.moduleFile, PyTorchExport.weightsFile] }
    try atomicWrite(
      Array("\(vocabulary)\n".utf8), to: "\(folder)/\(SequenceTexts.fileName)")
    return [PyTorchExport.moduleFile, PyTorchExport.weightsFile, SequenceTexts.fileName]
  }
}

/// A parameter with its name, and its form in PyTorch.
private struct NamedTensor {
  let name: String
  let tensor: Tensor

  static func all(of model: some Parameterized) -> [NamedTensor] {
    model.namedParameters().map { NamedTensor(name: $0.name, tensor: $0.tensor) }
  }

  /// The tensors that stand for it, none for what only training needs.
  ///
  /// PyTorch's linear maps are [outputs, inputs], its filters [filters, inputs, height, width], and
  /// the gates of its LSTM stand in the order i, f, g, o.
  var inPyTorch: [(name: String, tensor: Tensor)] {
    if name.hasPrefix("objective.") { return [] }
    let parts = name.split(separator: ".")
    switch (parts[0], parts[parts.count - 1]) {
    case ("recurrence", "input"):
      return [("recurrence.weight_ih_l0", reordered.transposed())]
    case ("recurrence", "recurrent"):
      return [("recurrence.weight_hh_l0", reordered.transposed())]
    case ("recurrence", _):
      return [
        ("recurrence.bias_ih_l0", reordered),
        ("recurrence.bias_hh_l0", .zeros(tensor.shape)),
      ]
    case ("mean-rest", _): return [("mean_rest", tensor)]
    case ("embedding", _): return [(name, tensor)]
    case (_, "weight") where tensor.rank == 2: return [(name, tensor.transposed())]
    case (_, "weight") where tensor.rank == 4: return [(name, tensor.permuted([3, 2, 0, 1]))]
    default: return [(name, tensor)]
    }
  }

  /// With the last two of four gates exchanged.
  private var reordered: Tensor {
    let axis = tensor.rank - 1
    let units = tensor.shape[axis] / 4
    func gate(_ place: Int) -> Tensor {
      tensor.sliced(along: axis, place * units..<(place + 1) * units)
    }
    return concatenate([0, 1, 3, 2].map(gate), along: axis)
  }
}
