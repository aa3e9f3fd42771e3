public import Datasets
import Formats
import Learning
import Models
public import Runs
public import Tensors

/// A model of images that a run has trained: a belief network, a mixture or an autoencoder.
public struct TrainedImageModel: Sendable {
  public let folder: RunFolder
  /// Pixels in a row of an image.
  public let width: Int
  /// Rows of an image.
  public let height: Int
  /// The checkpoint that was read.
  public let checkpoint: String
  let configuration: BoundConfiguration
  let model: any LatentVariableModel

  /// Loads the model of the run in a folder.
  ///
  /// - Throws: `Failure` for the run of another kind of model or weights that are not finite;
  ///   `FormatError` for a folder or checkpoint that is missing or damaged.
  public init(run path: String, checkpoint choice: CheckpointChoice = .last) throws {
    folder = try RunFolder(opening: path)
    configuration = try BoundConfiguration(of: folder)
    checkpoint = choice.path(in: folder)
    let content = try Checkpoint.content(of: checkpoint)
    (width, height) = (try content.size(SavedSize.width), try content.size(SavedSize.height))
    try content.checkAxis(width * height, "images of \(width) x \(height)")
    var labeled: LabeledExamples?
    if content.metadata[SavedSize.labels] != nil {
      let count = try content.size(SavedSize.labels)
      try content.checkAxis(count, "\(count) labels")
      labeled = LabeledExamples(placeholderOf: width * height, labelCount: count)
    }
    let made = try configuration.makeModel(mean: .zeros([width * height]), labeled: labeled)
    model = try TrainedImageModel.restored(made.trained, from: content)
  }

  private static func restored(
    _ trained: some TrainedImages, from content: Checkpoint.Content
  ) throws -> any LatentVariableModel {
    var model = trained.model
    try content.restore(&model, ignoring: ["estimator", "optimizer"])
    try model.checkFinite(in: content.path)
    return model
  }

  /// The run's own data, or those of a folder or a known name, whose images have the size of the
  /// model's.
  ///
  /// - Throws: `Failure` for images of another size; `FormatError` for data that cannot be read.
  public func data(_ name: String? = nil) throws -> ImageData {
    try configuration.run.images(of: name, width: width, height: height)
  }

  /// The bound and the likelihood of images, such as `data().test`; equal calls give equal figures.
  ///
  /// Traps unless there is an image, a sample, and the images have the size of the model's.
  /// - Throws: `Stopped` where `stop` says so.
  public func evaluate(
    on images: ImageSet, samples: Int = 100, _ stop: StopCheck = .never,
    progress: ProgressReport = .none
  ) throws(Stopped) -> HeldOutBound {
    checkSize(of: images)
    return try HeldOutBound(
      of: model, on: images, binarization: configuration.run.binarization,
      seed: configuration.run.seed,
      samples: samples, stop, progress: progress)
  }

  /// The probabilities of the pixels of new images, [count, height · width].
  public func sample(_ count: Int, seed: UInt64 = 1) -> Tensor {
    var noise = Philox(seed: seed)
    return model.samples(count, using: &noise)
  }

  /// The most probable codes of images, [images, ...], in the columns of `codeColumns`.
  ///
  /// Traps unless there is an image, and the images have the size of the model's.
  ///
  /// - Parameter binarization: which bits of the images are encoded; coins are those of the run's
  ///   evaluations.
  public func encode(_ images: ImageSet, binarization: Binarization = .threshold) -> Bits {
    checkSize(of: images)
    let batches = Batches(
      evaluating: images, size: 500, binarization: binarization, seed: configuration.run.seed)
    return Bits(
      concatenate((0..<batches.count).map { model.codes(of: batches[$0]).tensor }, along: 0))
  }

  /// The same, of bits that a setting `binarize` names.
  package func encode(_ images: ImageSet, binarize: Binarize) -> Bits {
    encode(images, binarization: binarize.binarization(seed: configuration.run.seed))
  }

  /// The columns of a code, from the left.
  public var codeColumns: [CodeColumns] {
    let label = labelCount.map { CodeColumns(name: "label", variables: 1, classes: $0) }
    let latents =
      switch configuration.latents {
      case .bernoulli(let layers):
        CodeColumns(
          name: layers.count > 1 ? "first layer" : "latents", variables: layers[0], classes: nil)
      case .categorical(let variables, let classes):
        CodeColumns(name: "latents", variables: variables, classes: classes)
      case .structure:
        CodeColumns(name: "parts", variables: configuration.latents.sizes[0], classes: nil)
      }
    return [label, latents].compactMap(\.self)
  }

  /// Number of labels that the model predicts, `nil` for a model without labels.
  var labelCount: Int? { (model as? any Labeled)?.labelCount }

  private func checkSize(of images: ImageSet) {
    require(
      images.width == width && images.height == height,
      "images of \(images.width) x \(images.height) for a model of \(width) x \(height)")
  }
}
