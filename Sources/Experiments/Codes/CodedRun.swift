import Codes
import Formats
import Models
import Runs
import Tensors

/// A run whose model writes images without loss.
struct CodedRun {
  let width: Int
  let height: Int
  /// The checkpoint that was read.
  let checkpoint: String
  /// The digest of the checkpoint.
  let digest: String
  let arithmetic: CodeHeader.Arithmetic
  /// Weights of all networks, those that infer among them.
  let parameterCount: Int
  let model: any CodedModel

  /// - Throws: `Failure` for a run of a model that has no coder, or not the portable one;
  ///   `FormatError` for files that are missing or damaged.
  init(
    run path: String, checkpoint choice: CheckpointChoice,
    arithmetic: CodeHeader.Arithmetic = .native
  ) throws {
    let name = try CodedKind.model(of: path, expecting: .images)
    let folder = try RunFolder(opening: path)
    checkpoint = choice.path(in: folder)
    let native: any CodedModel
    if name == MADEExperiment.model {
      let trained = try TrainedMADE(run: path, checkpoint: choice)
      (width, height, native) = (trained.width, trained.height, trained.coder)
      parameterCount = trained.parameterCount
    } else {
      let trained = try TrainedImageModel(run: path, checkpoint: choice)
      guard let coded = trained.model as? any CodedModel else {
        throw Failure(
          .usage,
          "\(path): latents of '\(trained.configuration.latents.text)' have no coder; bits and classes have"
        )
      }
      (width, height, native) = (trained.width, trained.height, coded)
      parameterCount = trained.model.parameterCount
    }
    self.arithmetic = arithmetic
    switch arithmetic {
    case .native: model = native
    case .portable:
      guard let portable = native.portable else {
        throw Failure(
          .usage,
          "\(path): a run of '\(name)' with labels that cannot be portable; others of belief-network, vae and made can"
        )
      }
      model = portable
    }
    digest = Digest.sha256(of: try storedBytes(checkpoint))
  }

  func coder(block: Int? = nil, seed: UInt64 = 1) -> ImageCoder {
    ImageCoder(model, pixelCount: width * height, block: block, seed: seed)
  }
}

extension Parameterized {
  /// Numbers of all tensors.
  var parameterCount: Int { namedParameters().reduce(0) { $0 + $1.tensor.count } }
}
