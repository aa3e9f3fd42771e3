import Codes
import Formats
import Learning
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
      let content = try Checkpoint.content(of: checkpoint)
      (width, height) = (
        try content.size(SavedSize.width), try content.size(SavedSize.height)
      )
      try content.checkAxis(width * height, "images of \(width) x \(height)")
      let experiment = try MADEExperiment(Settings(of: folder, MADEExperiment.settings))
      var network = try experiment.network(mean: .zeros([width * height]))
      try content.restore(&network, ignoring: ["optimizer"])
      try network.checkFinite(in: checkpoint)
      (native, parameterCount) = (network, CodedRun.count(network))
    } else {
      let trained = try TrainedImageModel(run: path, checkpoint: choice)
      guard let coded = trained.model as? any CodedModel else {
        throw Failure(
          .usage, "\(path): a run of '\(name)' whose model has no coder")
      }
      (width, height, native) = (trained.width, trained.height, coded)
      parameterCount = CodedRun.count(trained.model)
    }
    self.arithmetic = arithmetic
    switch arithmetic {
    case .native: model = native
    case .portable:
      guard let portable = native.portable else {
        throw Failure(
          .usage,
          "\(path): a run of '\(name)' that cannot be portable; those of belief-network and vae can, without labels"
        )
      }
      model = portable
    }
    digest = Digest.sha256(of: try storedBytes(checkpoint))
  }

  private static func count(_ model: some Parameterized) -> Int {
    model.namedParameters().reduce(0) { $0 + $1.tensor.count }
  }

  func coder(block: Int? = nil, seed: UInt64 = 1) -> ImageCoder {
    ImageCoder(model, pixelCount: width * height, block: block, seed: seed)
  }
}
