import ArgumentParser
import Formats
import Models
import Tensors

/// Quality against diversity of a sequence generator, over its softmax temperature.
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Weigh a sequence generator's quality against its diversity.",
    discussion: """
      At every softmax temperature: nll_oracle, of generated sequences under the oracle, is low where quality is high; \
      nll_generator, of fresh data under the generator, is low where diversity is high. One generator is better than another \
      only where its points lie beyond the other's.
      """)

  @Argument(help: ArgumentHelp("A run folder of sequence-gan.", valueName: "run")) var path: String
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Softmax temperatures, with commas between.", valueName: "numbers"))
  var temperatures = "0.5,0.6,0.7,0.8,0.9,1,1.1,1.2,1.3,1.4,1.5"
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sequences generated at each temperature.", valueName: "n"))
  var samples = 2000
  @Option(parsing: .unconditional, help: "What the sequences are drawn from.") var seed: UInt64 = 1
  @Flag(help: "Print JSON objects.") var json = false

  func run() throws {
    guard samples >= 1 && samples <= 10_000_000 else {
      throw CommandFailure(.usage, "samples is '\(samples)', not a whole number from 1 to 10000000")
    }
    let values = try temperatures.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Double($0), value >= 0.001, value <= 1000 else {
        throw CommandFailure(
          .usage, "temperatures has '\($0)', not a number from 0.001 to 1000")
      }
      return value
    }
    let saved = try SavedSequences(run: path)
    let data = try SequenceData(saved.configuration)
    guard data.vocabulary == saved.generator.vocabulary else {
      throw CommandFailure(
        .badData,
        "\(path): the data have \(data.vocabulary) tokens, the model \(saved.generator.vocabulary)")
    }
    if !json { print("temperature  nll_oracle  nll_generator  entropy   nats a token") }
    for value in values {
      // The same noise at every temperature makes the curve smooth.
      var noise = Philox(seed: seed)
      let figures = JSON.object(
        [.init("temperature", JSON(value))]
          + data.figures(
            of: saved.generator.atTemperature(Scalar(value)), samples: samples, using: &noise))
      if json {
        print(figures)
      } else {
        print(
          [("temperature", 11), ("nll_oracle", 12), ("nll_generator", 15), ("entropy", 9)]
            .map { cell(figures[$0], width: $1) }.joined())
      }
    }
  }

  private func cell(_ value: JSON?, width: Int) -> String {
    let text = value?.number.map { "\(rounded($0, 3))" } ?? "-"
    return String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
