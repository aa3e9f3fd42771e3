import Datasets
import Formats
import Learning
import Models
import Runs
import Tensors

/// Trains a model of images on its bound, for `train belief-network` and `train vae`.
struct BoundTask<Model: TrainedImages>: TrainingTask {
  private let configuration: BoundConfiguration
  private let data: ImageData
  private let batches: BatchStream
  private let objective: Objective
  /// Values of the label, where the model has one.
  private let labelCount: Int?

  init(_ configuration: BoundConfiguration, _ data: ImageData, of trained: Model) {
    self.configuration = configuration
    self.data = data
    batches = configuration.run.batches(of: data)
    objective = trained.estimators.objective
    labelCount = (trained.model as? any Labeled)?.labelCount
  }

  var notes: [String: String] {
    var texts = [
      SavedSize.width: "\(data.test.width)", SavedSize.height: "\(data.test.height)",
    ]
    texts[SavedSize.labels] = labelCount.map { "\($0)" }
    return texts
  }

  func loss(
    of trained: inout Model, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    trained.loss(of: batches.part(shard, of: step), using: &noise)
  }

  func weight(of shard: Shard, at step: Int) -> Int { shard.range(of: batches.size).count }

  func evaluate(
    _ trained: Model, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    let validation = try bound(of: trained, on: data.validation, stop)
    var figures: [JSON.Member] = [
      .init("train_bound", JSON(try trainingBound(of: trained, loss, stop))),
      .init("validation_bound", JSON(validation)),
    ]
    if objective != .bound { figures.append(.init("train_objective", JSON(-loss))) }
    if let accuracy = try accuracy(of: trained.model, on: data.validation, stop) {
      figures.append(.init("validation_accuracy", JSON(accuracy)))
    }
    return MeasuredState(figures, score: validation)
  }

  func figures(loss: Double) -> [JSON.Member] {
    [.init(objective == .bound ? "batch_bound" : "batch_objective", JSON(-loss))]
  }

  var stepsPerEpoch: Int? { batches.batchesPerEpoch }

  func diagnose(
    _ trained: Model, at step: Int, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    try Diagnostics.measure(trained, on: batches[step - 1], seed: configuration.run.seed, stop)
  }

  func caption(loss: Double) -> String {
    "train \(objective == .bound ? "bound" : "objective") \(rounded(-loss, 1))"
  }

  /// The bound with one sample of each image, whose noise depends on the seed only.
  private func bound(
    of trained: Model, on images: ImageSet, _ stop: StopCheck
  ) throws(Stopped) -> Double {
    try HeldOutBound(
      of: trained.model, on: images, binarization: configuration.run.binarization,
      seed: configuration.run.seed, samples: 1, stop
    ).bound
  }

  /// The mean bound of the training steps where that is what they descend; else that of hard
  /// samples on part of the training images.
  private func trainingBound(
    of trained: Model, _ loss: Double, _ stop: StopCheck
  ) throws(Stopped) -> Double {
    guard objective != .bound else { return -loss }
    return try bound(of: trained, on: data.training[0..<min(data.training.count, 10_000)], stop)
  }

  func summary(
    of trained: Model, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    let test = try bound(of: trained, on: data.test, stop)
    guard test.isFinite else {
      throw Failure(.failedCheck, "the test bound is \(spelled(test))")
    }
    var figures: [JSON.Member] = [
      .init("train_bound", JSON(try trainingBound(of: trained, course.loss, stop))),
      .init("test_bound", JSON(test)),
      .init("best_validation_bound", course.best.map { JSON($0.score) } ?? .null),
      .init("best_step", course.best.map { JSON($0.step) } ?? .null),
    ]
    if objective != .bound {
      figures.append(.init("objective", JSON(objective.description)))
      figures.append(.init("train_objective", JSON(-course.loss)))
    }
    if let accuracy = try accuracy(of: trained.model, on: data.test, stop) {
      figures.append(.init("test_accuracy", JSON(accuracy)))
    }
    return figures
  }

  /// The share of images whose label the model predicts, `nil` for a model without labels.
  private func accuracy(
    of model: some LatentVariableModel, on images: ImageSet, _ stop: StopCheck
  ) throws(Stopped) -> Double? {
    guard let model = model as? any Labeled else { return nil }
    let batches = configuration.run.batches(evaluating: images)
    var labels: [Int] = []
    for index in 0..<batches.count {
      try stop()
      labels += model.labels(of: batches[index])
    }
    let right = labels.indices.filter { labels[$0] == images.label(of: $0) }
    return Double(right.count) / Double(max(1, labels.count))
  }

  /// Data, their reconstructions, and samples, one below the other.
  func samples(of trained: Model) -> Samples? {
    .image(
      configuration.run.picture(of: data.test) { x, count, noise in
        [
          ("their reconstructions", trained.model.reconstructions(of: x, using: &noise)),
          ("samples of the model", trained.model.samples(count, using: &noise)),
        ]
      })
  }
}

extension BatchStream {
  /// The images of one shard of a step's batch.
  func part(_ shard: Shard, of step: Int) -> Bits {
    guard shard.count > 1 else { return self[step] }
    return Bits(self[step].tensor.sliced(along: 0, shard.range(of: size)))
  }
}

/// Texts of a checkpoint from which its model is made again.
enum SavedSize {
  static let width = "width"
  static let height = "height"
  static let labels = "labels"
}
