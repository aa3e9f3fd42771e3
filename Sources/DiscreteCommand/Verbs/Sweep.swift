import ArgumentParser
import Experiments
import Formats
import Models
import Runs

/// Quality against diversity of sequence generators, over their softmax temperature.
struct Sweep: ParsableCommand, SharedVerb {
  static let configuration = CommandConfiguration(
    abstract: "Weigh sequence generators' quality against their diversity.",
    discussion: """
      At every softmax temperature: nll_oracle, of generated sequences under the oracle, is low where quality is high; \
      nll_generator, of fresh data under the generator, is low where diversity is high. For a text, BLEU against the test set \
      is high where quality is high, and self-BLEU low where diversity is high. The curve of likelihood alone comes first: the \
      first finished run without adversarial steps or, where none is given, the first run's generator before its first such step. A \
      generator is better only where its points lie beyond that curve: 'beyond', 'level' and 'behind' by two standard errors, \
      'uncovered' where the curve does not reach.
      """)

  @Argument(
    help: ArgumentHelp("Run folders of sequence-gan, all of the same data.", valueName: "runs"))
  var paths: [String]
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Softmax temperatures, with commas between.", valueName: "numbers"))
  var temperatures = "0.5,0.6,0.7,0.8,0.9,1,1.1,1.2,1.3,1.4,1.5"
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sequences generated at each temperature.", valueName: "n"))
  var samples = 2000
  @Option(parsing: .unconditional, help: "What the sequences are drawn from.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Write the curves as SVG or PNG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print JSON objects.") var json = false

  func run() throws {
    try check("samples", samples, in: 2...10_000_000)
    let values = try temperatures.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Double($0), value >= 0.001, value <= 1000 else {
        throw Failure(
          .usage, "temperatures has '\($0)', not a number from 0.001 to 1000")
      }
      return value
    }.sorted()
    let picture = try figure.map(checkedPicture)
    let sweep = try SequenceSweep(runs: paths)
    let progress = VerbProgress()
    let curves = try sweep.curves(
      at: values, samples: samples, seed: seed, progress: progress.report,
      over: Discrete.ranks
    ) { curve, likelihood in
      progress.clear()
      report(curve, at: values, against: likelihood)
    }
    if let picture {
      try write(sweep.chart(of: curves, at: values).drawing(), to: picture)
    }
  }

  /// Prints the figures of one generator, with the verdict if it is not the first.
  private func report(
    _ curve: SequenceSweep.Curve, at temperatures: [Double], against first: SequenceSweep.Curve?
  ) {
    let likelihood = first.map { TradeOffCurve($0.figures.map(\.point)) }
    if !json { print("\(curve.name), nats a token") }
    for (place, figures) in curve.figures.enumerated() {
      var members: [JSON.Member] =
        [.init("model", JSON(curve.name)), .init("temperature", JSON(temperatures[place]))]
        + figures.members
      if let likelihood {
        members.append(.init("margin", JSON(likelihood.margin(of: figures.point))))
        members.append(
          .init("verdict", JSON(likelihood.verdict(on: figures.point).rawValue)))
      }
      if json {
        print(JSON.object(members))
        continue
      }
      let columns = members.dropFirst()
      if place == 0 { print(columns.map { cell($0.key, width: width($0.key)) }.joined()) }
      print(
        columns.map { member in
          let text = member.value.number.map { decimal($0, 3) } ?? member.value.string ?? ""
          return cell(text, width: width(member.key))
        }.joined())
    }
  }

  private func width(_ key: String) -> Int { max(9, key.count + 2) }

  private func cell(_ text: String, width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
