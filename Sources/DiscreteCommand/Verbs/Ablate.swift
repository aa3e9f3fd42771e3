import ArgumentParser
import DiscreteTesting
import Formats
import Learning
import Models
import Stochastics
import Tensors

/// What each part of NVIL does to the noise of the gradient.
struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measure NVIL's parts, one added after the other, on one batch at the same parameters.",
    discussion: """
      A network is trained with NVIL for a while. Its parameters are then frozen; every estimator learns its own state on \
      them, is frozen too, and draws gradients on one fixed batch. Shown is the variance of the encoder's gradient over its \
      squared mean, which a mere rescaling does not change.
      """)

  @Option(help: "A folder of IDX files, a data set's name, or glyphs.") var data = "glyphs"
  @Option(help: "Latents.") var latents = 200
  @Option(help: "Training steps before the parameters are frozen.") var steps = 2000
  @Option(help: "Steps in which each estimator's state is learned.") var pilot = 1000
  @Option(help: "Gradients drawn for each estimator.") var draws = 400
  @Option var seed: UInt64 = 1
  @Flag(help: "Print one JSON object per line.") var json = false

  func run() throws {
    for (name, value) in [
      ("latents", latents), ("steps", steps), ("pilot", pilot), ("draws", draws),
    ]
    where value < 2 {
      throw CommandFailure(.usage, "\(name) is '\(value)', not a whole number of 2 or more")
    }
    let images = try loadImages(data)
    var study = AblationStudy(images: images, latents: latents, seed: seed)
    study.train(steps: steps)
    let measured = study.entries().map { entry in
      (name: entry.name, result: study.measure(entry, pilot: pilot, draws: draws))
    }
    // All share one mean but for a known factor; the least noisy of them measures it for all.
    guard let reference = measured.map(\.result).min(by: { $0.noise < $1.noise }) else { return }
    let squaredMean = reference.squaredMean / (reference.scale * reference.scale)
    if !json {
      print(
        "\(latents) latents, \(steps) training steps, \(draws) gradients each on one batch of 100")
      print("estimator                                  variance / mean²    variance")
    }
    for (name, result) in measured {
      let square = squaredMean * result.scale * result.scale
      if json {
        let values: JSON = [
          "estimator": JSON(name), "variance": JSON(result.variance),
          "squared_mean": JSON(square), "ratio": JSON(result.variance / square),
        ]
        print(values)
      } else {
        print(
          padded(name, 43) + padded("\(rounded(result.variance / square, 1))", 20)
            + "\(rounded(result.variance, 3))")
      }
    }
  }
}

extension AblationStudy.Measurement {
  /// The variance as it would be without scaling.
  fileprivate var noise: Double { variance / (scale * scale) }
}
