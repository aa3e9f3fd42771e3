import ArgumentParser
import Formats
import Models
import Stochastics
import Tensors

/// New sequences from a trained generator, as text.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print sequences from a run of sequence-gan.",
    discussion: """
      One sequence a line: its text where the model has learned one, or else numbers of tokens. With --json one object a line; line \
      ends within a text are escaped there only.
      """)

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of sequences.", valueName: "n"))
  var count = 10
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Below 1 for quality, above 1 for diversity.", valueName: "number"))
  var temperature = 1.0
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only so many of the likeliest tokens; 1 is greedy.", valueName: "n"))
  var topK: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only the likeliest tokens that have this probability together.", valueName: "share"))
  var nucleus: Double?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What every sequence begins with: text, or numbers of tokens with commas.",
      valueName: "text"))
  var prefix = ""
  @Option(parsing: .unconditional, help: "What the sequences are drawn from.") var seed: UInt64 = 1
  @Flag(help: "Print JSON objects.") var json = false

  func run() throws {
    guard count >= 1 && count <= 1_000_000 else {
      throw CommandFailure(.usage, "count is '\(count)', not a whole number from 1 to 1000000")
    }
    guard temperature >= 0.001 && temperature <= 1000 else {
      throw CommandFailure(
        .usage, "temperature is '\(temperature)', not a number from 0.001 to 1000")
    }
    guard topK ?? 1 >= 1 else {
      throw CommandFailure(.usage, "top-k is '\(topK ?? 0)', not a whole number of 1 or more")
    }
    guard nucleus.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw CommandFailure(.usage, "nucleus is '\(nucleus ?? 0)', not a number above 0, at most 1")
    }
    let saved = try SavedSequences(run: path)
    let start = try saved.tokens(of: prefix)
    let generator = saved.generator
    var noise = Philox(seed: seed)
    let prefixes = Classes(
      Indices([[Int]](repeating: start, count: count).flatMap { $0 }, shape: [count, start.count]),
      classCount: generator.vocabulary)
    let rule = SamplingRule(temperature: Scalar(temperature), topK: topK, nucleus: nucleus)
    let sample = generator.completing(prefixes, by: rule, using: &noise)
    for row in 0..<count {
      let range = row * generator.length..<(row + 1) * generator.length
      let tokens = sample.indices.values[range]
      let text = saved.texts?.text(of: tokens)
      if json, let text {
        print(["text": JSON(text)] as JSON)
      } else if json {
        print(["tokens": .array(tokens.map { JSON(Int($0)) })] as JSON)
      } else {
        print(text ?? tokens.map { "\($0)" }.joined(separator: " "))
      }
    }
  }
}
