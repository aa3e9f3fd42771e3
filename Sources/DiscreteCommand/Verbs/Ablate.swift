import ArgumentParser
import Datasets
import Experiments
import Formats
import Runs

/// Measures the effect of each part of NVIL on the noise of the gradient.
struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measure NVIL's parts, one added after the other, on one batch at the same parameters.",
    discussion: """
      A network is trained with NVIL for a while. Its parameters are then frozen; every estimator learns its own state on \
      them, is frozen too, and draws gradients on one fixed batch of validation images, which are kept out of training. Shown is the variance of the encoder's gradient over its \
      squared mean, which a mere rescaling does not change.
      """)

  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows.", valueName: "folder|name")
  )
  var data = "glyphs"
  @Option(parsing: .unconditional, help: ArgumentHelp("Latents of the network.", valueName: "n"))
  var latents = 200
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Training steps before the parameters are frozen.", valueName: "n"))
  var steps = 2000
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps in which each estimator's state is learned.", valueName: "n"))
  var pilot = 1000
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Gradients drawn for each estimator.", valueName: "n"))
  var draws = 400
  @Option(
    parsing: .unconditional, help: "What weights, order and noise are drawn from.")
  var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Write the noise of each as SVG or PNG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print one JSON object per line.") var json = false

  func run() throws {
    try check("latents", latents, in: 2...10_000)
    try check("steps", steps, in: 2...1_000_000_000)
    try check("pilot", pilot, in: 2...1_000_000_000)
    try check("draws", draws, in: 2...1_000_000_000)
    let picture = try figure.map(checkedPicture)
    let images = try loadImages(data, holdOut: true)
    guard images.training.count >= AblationStudy.batchSize else {
      throw Failure(
        .badData,
        "\(data): \(images.training.count) training images, at least a batch of \(AblationStudy.batchSize) is needed"
      )
    }
    try checkRequestedNetwork(latents: latents, pixels: images.training.pixelCount)
    var study = AblationStudy(images: images, latents: latents, seed: seed)
    let progress = VerbProgress()
    let rows = try study.run(steps: steps, pilot: pilot, draws: draws, progress.report)
    progress.clear()
    if let picture {
      try write(AblationStudy.chart(of: rows, draws: draws).drawing(), to: picture)
    }
    if json { return rows.forEach { print($0.json) } }
    print(
      "\(latents) latents, \(steps) training steps, \(draws) gradients each on \(study.measuredCount) validation images"
    )
    print("estimator                                  variance / mean²    variance")
    for row in rows {
      print(
        padded(row.name, 43) + padded(row.ratio.map { decimal($0, 1) } ?? "-", 20)
          + decimal(row.variance, 3))
    }
    if rows.allSatisfy({ $0.ratio == nil }) {
      print("the mean is lost in its own noise; --draws of more than \(draws) would show it")
    }
  }
}

extension AblationStudy.Row {
  fileprivate var json: JSON {
    [
      "estimator": JSON(name), "part": "validation", "variance": JSON(variance),
      "squared_mean": JSON(squaredMean),
      "ratio": ratio.map { JSON($0) } ?? .null,
    ]
  }
}
