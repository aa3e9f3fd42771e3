import Codes
import Datasets
import Formats
import Learning
import Models
package import Runs
package import Tensors

/// A masked network that a run has trained.
package struct TrainedMADE {
  package let folder: RunFolder
  package let width: Int
  package let height: Int
  /// The checkpoint that was read.
  let checkpoint: String
  private let network: any BitNetwork
  private let run: ImageTraining

  /// - Throws: `Failure` for settings or weights that are damaged; `FormatError` for a folder or
  ///   checkpoint that is missing or damaged.
  package init(run path: String, checkpoint choice: CheckpointChoice) throws {
    folder = try RunFolder(opening: path)
    checkpoint = choice.path(in: folder)
    let content = try Checkpoint.content(of: checkpoint)
    (width, height) = (try content.size(SavedSize.width), try content.size(SavedSize.height))
    try content.checkAxis(width * height, "images of \(width) x \(height)")
    let experiment = try MADEExperiment(Settings(of: folder, MADEExperiment.settings))
    run = experiment.run
    func restored(_ network: some BitNetwork) throws -> any BitNetwork {
      var network = network
      try content.restore(&network, ignoring: ["optimizer"])
      try network.checkFinite(in: content.path)
      return network
    }
    network = try restored(try experiment.network(mean: .zeros([width * height])))
  }

  /// Weights of the network.
  var parameterCount: Int { network.parameterCount }

  /// What writes images without loss.
  var coder: any CodedModel { network.coder(seed: run.seed) }

  /// The log-likelihood of test images, or its bound over all orders; equal calls give equal
  /// figures.
  ///
  /// - Parameters:
  ///   - data: a folder or a known name; `nil` for the run's own.
  ///   - samples: sets of hidden pixels of each image, for a network of any order; `nil` for as
  ///     many as a training ends with.
  /// - Throws: `Failure` for samples of an exact likelihood, and images of another size;
  ///   `FormatError` for data that cannot be read.
  func evaluate(
    on data: String?, samples: Int?, _ stop: StopCheck, progress: ProgressReport
  ) throws -> MADEBound {
    let isExact = !type(of: network).isDrawn
    guard samples == nil || !isExact else {
      throw Failure(
        .usage,
        "--samples is for bounds; the likelihood of \(folder.path), a run of the natural order, is exact"
      )
    }
    let images = try run.images(of: data, width: width, height: height).test
    let draws = samples ?? type(of: network).draws
    let nats = try run.bound(of: network, on: images, draws: draws, stop, progress: progress)
    return MADEBound(images: images.count, nats: nats, draws: isExact ? nil : draws)
  }

  /// New images [count, height · width].
  ///
  /// - Parameter steps: in how many steps, for a network of any order; `nil` for one each pixel.
  /// - Throws: `Failure` for more steps than pixels, or any number where it has no meaning.
  package func sample(_ count: Int, steps: Int?, seed: UInt64) throws -> Tensor {
    if let steps {
      guard type(of: network).isDrawn else {
        throw Failure(
          .usage,
          "--steps is for networks of any order; \(folder.path) is a run of the natural one")
      }
      guard (1...width * height).contains(steps) else {
        throw Failure(.usage, "steps is \(steps), expected 1 to \(width * height)")
      }
    }
    var noise = Philox(seed: seed)
    return network.images(count, steps: steps, using: &noise).tensor
  }
}
