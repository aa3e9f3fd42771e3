import ArgumentParser
import Experiments
import Formats
import Runs

/// New examples from a trained model: a picture, or sequences as text.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples of a run's model: a PNG, or sequences a line each.",
    discussion: """
      A run of sequence-gan prints sequences: their texts where it has learned one, or else numbers of tokens. With --json one \
      object a line; line ends within a text are escaped there only. Every other run draws a picture.
      """)

  @OptionGroup var source: SavedModelOptions
  @OptionGroup(title: "Sequences") var sequences: SequenceSamplingOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of samples. (default: 100 in a picture, 10 sequences)", valueName: "n"))
  var count: Int?
  @Option(parsing: .unconditional, help: "Steps of a network of any order. (default: all pixels)")
  var steps: Int?
  @Option(parsing: .unconditional, help: "What the samples are drawn from.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp(
      "The picture. (default: samples/samples-SEED.png in the run folder)", valueName: "file"))
  var out: String?
  @Flag(help: "Print JSON objects.") var json = false

  func run() throws {
    let folder = try RunFolder(opening: source.path)
    let model = try Settings.model(of: folder)
    let isSequences = model == SequenceExperiment.model
    let count = count ?? (isSequences ? 10 : 100)
    let most = isSequences ? 1_000_000 : 10_000
    try check("count", count, in: 1...most)
    if isSequences {
      guard out == nil else {
        throw Failure(.usage, "--out is for pictures; \(source.path) prints sequences")
      }
      guard source.checkpoint == "last" else {
        throw Failure(.usage, "--checkpoint is for pictures; sequences have the last only")
      }
      return try sequences.printSamples(of: source.path, count: count, seed: seed, json: json)
    }
    if let option = sequences.first {
      throw Failure(
        .usage, "\(option) is for sequences; \(source.path) is a run of '\(model ?? "")'")
    }
    try draw(count)
  }

  private func draw(_ count: Int) throws {
    let drawn = try DrawnImages(
      run: source.path, checkpoint: source.choice(), count: count, steps: steps, seed: seed)
    let file = try drawn.write(to: out)
    print(json ? "\(["file": JSON(file), "samples": JSON(count)] as JSON)" : file)
  }
}
