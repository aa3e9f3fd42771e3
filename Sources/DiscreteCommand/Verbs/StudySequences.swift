import ArgumentParser
import Formats
import Runs

/// What the ways of following a discriminator are worth, against likelihood, in one figure.
struct StudySequences: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gan-study",
    abstract: "Compare ways of training a sequence GAN with likelihood, over several seeds.",
    discussion: """
      A small setting of SeqGAN: a random oracle of 200 tokens for each seed, length 10, 16 units, 2,000 sequences, 8 roll-outs. \
      After the same pre-training the generator follows the discriminator by REINFORCE, with a leave-one-out or a learned \
      baseline, or by straight-through Gumbel-Softmax; likelihood goes on for as many steps. Each run leaves its folder.
      """)

  @Option(help: ArgumentHelp("A folder for the runs, new or empty.", valueName: "folder"))
  var out: String
  @Option(parsing: .unconditional, help: ArgumentHelp("Seeds, 1 to N.", valueName: "n"))
  var seeds = 5
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps after the discriminator.", valueName: "n"))
  var steps = 60
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Epochs of likelihood before.", valueName: "n"))
  var pretrainEpochs = 20
  @Option(help: ArgumentHelp("Write both likelihoods over steps as SVG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print one JSON object per way.") var json = false

  func run() throws {
    for (name, value, least, most) in [
      ("seeds", seeds, 2, 1000), ("steps", steps, 1, 100_000),
      ("pretrain-epochs", pretrainEpochs, 0, 10_000),
    ] {
      guard value >= least && value <= most else {
        throw CommandFailure(
          .usage, "\(name) is '\(value)', not a whole number from \(least) to \(most)")
      }
    }
    guard !out.isEmpty else { throw CommandFailure(.usage, "--out is empty, expected a folder") }
    let study = SequenceStudy(
      root: out, steps: steps, pretrainEpochs: pretrainEpochs, seeds: seeds)
    if !json {
      print(
        "way               nll_oracle        nll_generator     change of each since pre-training")
    }
    let curves = try study.curves()
    for (name, seeds) in curves {
      let (first, last) = (seeds.compactMap(\.first), seeds.compactMap(\.last))
      let values: [(String, Interval)] = [
        ("nll_oracle", Interval(last.map(\.oracle))),
        ("nll_generator", Interval(last.map(\.generator))),
        ("nll_oracle_change", Interval(zip(last, first).map { $0.oracle - $1.oracle })),
        ("nll_generator_change", Interval(zip(last, first).map { $0.generator - $1.generator })),
      ]
      if json {
        print(
          JSON.object(
            [.init("way", JSON(name))]
              + values.flatMap {
                [.init($0.0, JSON($0.1.mean)), JSON.Member($0.0 + "_half", JSON($0.1.half))]
              }))
      } else {
        print(
          padded(name, 18)
            + values.map { padded("\(rounded($0.1.mean, 3)) ± \(rounded($0.1.half, 3))", 18) }
            .joined())
      }
    }
    if let figure { try atomicWrite(Array(chart(curves).svg().utf8), to: figure) }
  }

  private func chart(_ curves: [(name: String, seeds: [[SequenceStudy.Point]])]) -> LineChart {
    func panel(
      _ title: String, _ value: @escaping (SequenceStudy.Point) -> Double
    ) -> LineChart.Panel {
      .init(
        title: title, xLabel: "steps of the generator after pre-training",
        series: curves.map { name, seeds in
          let points = (seeds.map(\.count).min() ?? 0)
          // Oracles differ more than ways do, so each seed counts from where pre-training left it.
          let intervals = (0..<points).map { place in
            Interval(seeds.map { value($0[place]) - value($0[0]) })
          }
          return .init(
            name: name,
            points: zip(seeds[0], intervals).map { (Double($0.step), $1.mean) },
            band: intervals.map { ($0.mean - $0.half, $0.mean + $0.half) })
        })
    }
    return LineChart(
      title: "Change since pre-training, nats a token: \(seeds) seeds, 95% intervals",
      panels: [
        panel("NLL oracle, quality") { $0.oracle },
        panel("NLL generator, diversity") { $0.generator },
      ])
  }
}
