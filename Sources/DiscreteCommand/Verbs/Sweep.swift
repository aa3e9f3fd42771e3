import ArgumentParser
import Datasets
import Formats
import Models
import Runs
import Tensors

/// Quality against diversity of sequence generators, over their softmax temperature.
struct Sweep: ParsableCommand {
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
  @Option(help: ArgumentHelp("Write the curves as SVG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print JSON objects.") var json = false

  /// One generator at all temperatures.
  private struct Curve {
    let name: String
    let figures: [SequenceFigures]
  }

  func run() throws {
    guard samples >= 2 && samples <= 10_000_000 else {
      throw Failure(.usage, "samples is '\(samples)', not a whole number from 2 to 10000000")
    }
    let values = try temperatures.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Double($0), value >= 0.001, value <= 1000 else {
        throw Failure(
          .usage, "temperatures has '\($0)', not a number from 0.001 to 1000")
      }
      return value
    }.sorted()
    if let figure { try checkCreatable(figure) }
    let runs = try paths.map { try SavedSequences(run: $0) }
    try checkRequestedMemory(
      "\(samples) sequences of \(runs[0].generator.length)",
      [[4, samples, runs[0].generator.length]])
    let data = try runs[0].data()
    for (path, run) in zip(paths, runs) {
      try run.check(data)
      guard try path == paths[0] || SequenceData(run.configuration).test == data.test else {
        throw Failure(.badData, "\(path): its test data are not those of \(paths[0])")
      }
    }
    let references =
      data.oracle == nil ? BLEU(references: data.test, end: runs[0].generator.end) : nil
    var curves: [Curve] = []
    func add(_ name: String, _ generator: SequenceGenerator) throws {
      let figures = try values.map { value in
        // The same noise at every temperature makes the curve smooth.
        var noise = Philox(seed: seed)
        do throws(Failure) {
          return try SequenceFigures(
            of: generator.atTemperature(Scalar(value)), on: data, references: references,
            samples: samples, using: &noise)
        } catch {
          throw Failure(error.kind, "\(name) at temperature \(value): \(error)")
        }
      }
      let curve = Curve(name: name, figures: figures)
      report(curve, at: values, against: curves.first)
      curves.append(curve)
    }
    let reference = runs.firstIndex { run in
      run.configuration.adversarialSteps == 0 && run.configuration.pretrainEpochs > 0
        && run.folder.status == .finished
    }
    if let reference {
      try add(paths[reference], runs[reference].generator)
    } else {
      try add("likelihood", pretrained(runs))
    }
    for (place, run) in runs.enumerated() where place != reference {
      try add(paths[place], run.generator)
    }
    if let figure {
      try atomicWrite(Array(chart(curves, isText: references != nil).svg().utf8), to: figure)
    }
  }

  /// The first run's generator before its first adversarial step, if it has learned the data as long as the others.
  private func pretrained(_ runs: [SavedSequences]) throws -> SequenceGenerator {
    let advice =
      "for the curve of likelihood name a finished run with --adversarial-steps 0 as well"
    let epochs = runs[0].configuration.pretrainEpochs
    guard epochs > 0, let generator = try runs[0].pretrained() else {
      throw Failure(.usage, "\(paths[0]) was not pre-trained to the end; \(advice)")
    }
    for (path, run) in zip(paths, runs) where run.configuration.pretrainEpochs != epochs {
      throw Failure(
        .usage,
        "\(path) was pre-trained for \(run.configuration.pretrainEpochs) epochs, \(paths[0]) for \(epochs); \(advice)"
      )
    }
    return generator
  }

  /// Prints the figures of one generator, with the verdict if it is not the first.
  private func report(_ curve: Curve, at temperatures: [Double], against first: Curve?) {
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

  private func chart(_ curves: [Curve], isText: Bool) -> LineChart {
    LineChart(
      title: "Over temperature; lower left is better",
      panels: [
        .init(
          title: isText ? "1 - BLEU-5 of samples" : "nll_oracle of samples",
          xLabel: isText ? "self-BLEU-5 of samples" : "nll_generator of fresh data",
          series: curves.map { curve in
            .init(
              name: curve.name,
              points: curve.figures.map { ($0.point.diversity, $0.point.quality) })
          })
      ])
  }
}
