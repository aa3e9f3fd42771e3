import ArgumentParser
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// How `sample` draws sequences; pictures have no such options.
struct SequenceSamplingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Below 1 for quality, above 1 for diversity. (default: 1)", valueName: "number"))
  var temperature: Double?
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
  var prefix: String?

  @Flag(help: "Draw sequences without replacement, those found first before others.")
  var distinct = false

  /// The first option that is set.
  var first: String? {
    let all: [(String, Bool)] = [
      ("--temperature", temperature != nil), ("--top-k", topK != nil),
      ("--nucleus", nucleus != nil), ("--prefix", prefix != nil), ("--distinct", distinct),
    ]
    return all.first { $0.1 }?.0
  }

  private func rule() throws -> SamplingRule {
    let temperature = temperature ?? 1
    guard temperature >= 0.001 && temperature <= 1000 else {
      throw Failure(
        .usage, "temperature is '\(temperature)', not a number from 0.001 to 1000")
    }
    guard topK ?? 1 >= 1 else {
      throw Failure(.usage, "top-k is '\(topK ?? 0)', not a whole number of 1 or more")
    }
    guard nucleus.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw Failure(.usage, "nucleus is '\(nucleus ?? 0)', not a number above 0, at most 1")
    }
    return SamplingRule(temperature: Scalar(temperature), topK: topK, nucleus: nucleus)
  }

  /// Prints one sequence a line.
  func printSamples(of path: String, count: Int, seed: UInt64, json: Bool) throws {
    let rule = try rule()
    let saved = try SavedSequences(run: path)
    let start = try saved.tokens(of: prefix ?? "")
    try checkRequestedMemory(
      "\(count) sequences of \(saved.generator.length)", [[4, count, saved.generator.length]])
    var noise = Philox(seed: seed)
    let sample: Classes
    if distinct {
      guard topK == nil, nucleus == nil, start.isEmpty else {
        throw Failure(
          .usage, "--distinct draws from the whole law: no prefix, no top-k, no nucleus")
      }
      // The beam holds the log-probabilities of all next tokens, in double precision.
      let most = max(1, MemoryBudget.numbers / 2 / saved.generator.vocabulary)
      guard count <= most else {
        throw Failure(
          .usage,
          "count is '\(count)', at most \(most) of \(saved.generator.vocabulary) tokens are drawn without replacement"
        )
      }
      sample =
        saved.generator.atTemperature(rule.temperature).distinct(count, using: &noise)
        .sequences
    } else {
      let prefixes = Classes(
        Indices(
          [[Int]](repeating: start, count: count).flatMap { $0 }, shape: [count, start.count]),
        classCount: saved.generator.vocabulary)
      sample = saved.generator.completing(prefixes, by: rule, using: &noise)
    }
    guard json else {
      for line in sample.lines(saved.texts) { print(line) }
      return
    }
    for tokens in sample.sequences {
      if let text = saved.texts?.text(of: tokens) {
        print(["text": JSON(text)] as JSON)
      } else {
        print(["tokens": .array(tokens.map { JSON(Int($0)) })] as JSON)
      }
    }
  }
}

extension Classes {
  /// The tokens of each sequence [n, length].
  fileprivate var sequences: [ArraySlice<Int32>] {
    let length = shape[1]
    return (0..<shape[0]).map { indices.values[$0 * length..<($0 + 1) * length] }
  }

  /// Each sequence as a line: its text, or else the numbers of its tokens.
  func lines(_ texts: SequenceTexts?) -> [String] {
    sequences.map { tokens in
      texts?.text(of: tokens) ?? tokens.map { "\($0)" }.joined(separator: " ")
    }
  }
}
