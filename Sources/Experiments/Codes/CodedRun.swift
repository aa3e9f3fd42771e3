import Codes
import Formats
import Learning
import Models
package import Runs
import Tensors

/// A run whose model writes images without loss.
package struct CodedRun {
  let width: Int
  let height: Int
  /// The checkpoint that was read.
  let checkpoint: String
  /// The digest of the checkpoint.
  let digest: String
  private let model: any CodedModel

  /// - Throws: `Failure` for a run of a model that has no coder; `FormatError` for files that are
  ///   missing or damaged.
  package init(run path: String, checkpoint choice: CheckpointChoice) throws {
    let folder = try RunFolder(opening: path)
    let name = try Settings.text(of: "model", in: folder.file("config.json")) ?? ""
    checkpoint = choice.path(in: folder)
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
      model = network
    } else {
      let known = BoundModel.allCases.map(\.rawValue) + [MADEExperiment.model]
      guard known.contains(name) else {
        throw Failure(
          .usage,
          "\(path): a run of '\(name)' has no likelihood of images; those of \(known.joined(separator: ", ")) have one"
        )
      }
      let trained = try TrainedImageModel(run: path, checkpoint: choice)
      guard let coded = trained.model as? any CodedModel else {
        throw Failure(
          .usage, "\(path): a model with labels has no coder, one without labels has")
      }
      (width, height, model) = (trained.width, trained.height, coded)
    }
    digest = Digest.sha256(of: try storedBytes(checkpoint))
  }

  func coder(block: Int? = nil, precision: Int = 16, seed: UInt64 = 1) -> ImageCoder {
    ImageCoder(
      model, pixelCount: width * height, block: block, precision: precision, seed: seed)
  }
}
