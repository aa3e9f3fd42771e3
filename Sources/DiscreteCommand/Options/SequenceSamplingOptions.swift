import ArgumentParser
import Experiments
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
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens of a sequence. (default: as in training)", valueName: "n"))
  var length: Int?
  @Flag(help: "Draw sequences without replacement, those found first before others.")
  var distinct = false

  /// The first option that is set.
  var first: String? {
    let all: [(String, Bool)] = [
      ("--temperature", temperature != nil), ("--top-k", topK != nil),
      ("--nucleus", nucleus != nil), ("--prefix", prefix != nil), ("--length", length != nil),
      ("--distinct", distinct),
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
    return SamplingRule(temperature: temperature, topK: topK, nucleus: nucleus)
  }

  /// Prints one sequence a line.
  func printSamples(of path: String, count: Int, seed: UInt64, json: Bool) throws {
    let rule = try rule()
    let drawn = try draw(count, of: TrainedSequences(run: path), by: rule, seed: seed)
    guard json else {
      for line in drawn.lines { print(line) }
      return
    }
    if let texts = drawn.texts {
      for text in texts { print(["text": JSON(text)] as JSON) }
    } else {
      for tokens in drawn.tokens.rows {
        print(["tokens": .array(tokens.map { JSON(Int($0)) })] as JSON)
      }
    }
  }

  private func draw(
    _ count: Int, of run: TrainedSequences, by rule: SamplingRule, seed: UInt64
  ) throws -> DrawnSequences {
    guard distinct else {
      return try run.sample(
        count, prefix: prefix ?? "", length: length, rule: rule, seed: seed)
    }
    guard topK == nil, nucleus == nil, prefix ?? "" == "" else {
      throw Failure(
        .usage, "--distinct draws from the whole law: no prefix, no top-k, no nucleus")
    }
    return try run.distinct(
      count, length: length, temperature: rule.temperature, seed: seed)
  }
}
