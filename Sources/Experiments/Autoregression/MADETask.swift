import Datasets
import Formats
import Learning
import Models
import Runs
import Tensors

/// The training of `train made`; its bound is the log-likelihood itself, or its mean over all
/// orders.
struct MADETask<Network: BitNetwork>: TrainingTask {
  private let run: ImageTraining
  private let data: ImageData
  private let batches: BatchStream

  init(_ run: ImageTraining, _ data: ImageData, of _: Network) {
    self.run = run
    self.data = data
    batches = run.batches(of: data)
  }

  var stepsPerEpoch: Int? { batches.batchesPerEpoch }

  var notes: [String: String] {
    [SavedSize.width: "\(data.test.width)", SavedSize.height: "\(data.test.height)"]
  }

  func loss(
    of network: inout Network, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    network.loss(of: batches.part(shard, of: step), at: step, using: &noise)
  }

  func weight(of shard: Shard, at step: Int) -> Int { shard.range(of: batches.size).count }

  func evaluate(
    _ network: Network, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    let validation = try run.bound(of: network, on: data.validation, draws: 1, stop)
    return MeasuredState(
      [.init("train_bound", JSON(-loss)), .init("validation_bound", JSON(validation))],
      score: validation)
  }

  func caption(loss: Double) -> String { "train bound \(rounded(-loss, 1))" }

  func summary(
    of network: Network, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    let test = try run.bound(of: network, on: data.test, draws: Network.draws, stop)
    guard test.isFinite else {
      throw Failure(.failedCheck, "the test bound is \(spelled(test))")
    }
    return [
      .init("train_bound", JSON(-course.loss)), .init("test_bound", JSON(test)),
      .init("best_validation_bound", course.best.map { JSON($0.score) } ?? .null),
      .init("best_step", course.best.map { JSON($0.step) } ?? .null),
    ]
  }

  /// Data, and samples below.
  func samples(of network: Network) -> Samples? {
    .image(
      run.picture(of: data.test) { _, count, noise in
        [("samples of the model", network.images(count, steps: nil, using: &noise).tensor)]
      })
  }
}

extension ImageTraining {
  /// The mean bound in nats an image, whose noise depends on the seed only.
  ///
  /// - Parameter draws: of each image, for a network whose bound is drawn.
  func bound(
    of network: some BitNetwork, on images: ImageSet, draws: Int, _ stop: StopCheck,
    progress: ProgressReport = .none
  ) throws(Stopped) -> Double {
    let batches = batches(evaluating: images)
    var noise = Philox(seed: seed, stream: .evaluation)
    var total = 0.0
    for index in 0..<batches.count {
      let x = batches[index]
      progress(index, of: batches.count)
      for _ in 0..<draws {
        try stop()
        total += network.bound(of: x, using: &noise).scalars.reduce(0) { $0 + Double($1) }
      }
    }
    return total / Double(images.count * draws)
  }
}
