import Datasets
import Formats
import Learning
import Models
import Runs
import Tensors

/// The training of `train made`; its bound is the log-likelihood itself.
struct MADETask: TrainingTask {
  private let configuration: MADEExperiment
  private let data: ImageData
  private let batches: BatchStream

  init(_ configuration: MADEExperiment, _ data: ImageData) {
    self.configuration = configuration
    self.data = data
    batches = BatchStream(
      data.training, size: configuration.batchSize, binarization: configuration.binarization,
      seed: configuration.seed)
  }

  var batchesPerEpoch: Int { batches.batchesPerEpoch }

  var stepsPerEpoch: Int? { batchesPerEpoch }

  var notes: [String: String] {
    [SavedSize.width: "\(data.test.width)", SavedSize.height: "\(data.test.height)"]
  }

  func loss(
    of network: inout MADE, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    -network.logProbability(batches.part(shard, of: step)).mean()
  }

  func weight(of shard: Shard, at step: Int) -> Int { shard.range(of: batches.size).count }

  func evaluate(
    _ network: MADE, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    let validation = try likelihood(of: network, on: data.validation, stop)
    return MeasuredState(
      [.init("train_bound", JSON(-loss)), .init("validation_bound", JSON(validation))],
      score: validation)
  }

  func caption(loss: Double) -> String { "train likelihood \(rounded(-loss, 1))" }

  func summary(
    of network: MADE, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    let test = try likelihood(of: network, on: data.test, stop)
    guard test.isFinite else {
      throw Failure(.failedCheck, "the test likelihood is \(spelled(test))")
    }
    return [
      .init("train_bound", JSON(-course.loss)), .init("test_bound", JSON(test)),
      .init("best_validation_bound", course.best.map { JSON($0.score) } ?? .null),
      .init("best_step", course.best.map { JSON($0.step) } ?? .null),
    ]
  }

  /// The mean log-likelihood in nats an image.
  private func likelihood(
    of network: MADE, on images: ImageSet, _ stop: StopCheck
  ) throws(Stopped) -> Double {
    let batches = Batches(
      evaluating: images, size: 500, binarization: configuration.binarization,
      seed: configuration.seed)
    var total = 0.0
    for index in 0..<batches.count {
      try stop()
      total += network.logProbability(batches[index]).scalars.reduce(0) { $0 + Double($1) }
    }
    return total / Double(images.count)
  }

  /// Data, and samples below.
  func samples(of network: MADE) -> Samples? {
    let columns = 20
    var noise = Philox(seed: configuration.seed, stream: .pictures)
    let x = Batches(
      evaluating: data.test, size: min(2 * columns, data.test.count),
      binarization: configuration.binarization, seed: configuration.seed)[0]
    var grid = ImageGrid(width: data.test.width, height: data.test.height, columns: columns)
    grid.append(x.tensor, label: "test images")
    grid.append(
      network.sample(2 * columns, using: &noise).tensor, label: "samples of the model")
    return .image(grid)
  }
}
