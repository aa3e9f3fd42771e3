import Formats
public import Learning
import Models
public import Runs
import Tensors

/// Generators of several runs, each over softmax temperatures, beside likelihood alone.
///
/// Likelihood's is the first finished run without adversarial steps or, where there is none, the
/// first run's generator before its first such step.
public struct SequenceSweep: Sendable {
  /// One generator at all temperatures.
  public struct Curve: Sendable {
    public let name: String
    /// At each temperature.
    public let figures: [SequenceFigures]
  }

  private let generators: [(name: String, generator: SequenceGenerator)]
  private let data: SequenceData
  private let references: BLEU?

  /// Reads runs; traps unless there is at least one.
  ///
  /// - Throws: `Failure` where their data differ, or none of them has learned by likelihood alone
  ///   as long as the others; `FormatError` for files that cannot be read.
  public init(runs paths: [String]) throws {
    let runs = try paths.map { try TrainedSequences(run: $0) }
    require(!runs.isEmpty, "a sweep of no runs")
    data = try runs[0].data()
    for run in runs.dropFirst() {
      try run.check(data)
      guard try SequenceData(run.configuration).test == data.test else {
        throw Failure(
          .badData, "\(run.folder.path): its test data are not those of \(runs[0].folder.path)")
      }
    }
    references = data.oracle == nil ? BLEU(references: data.test, end: runs[0].generator.end) : nil
    let likelihood = runs.firstIndex { run in
      run.configuration.adversarialSteps == 0 && run.configuration.pretrainEpochs > 0
        && run.folder.status == .finished
    }
    var all = runs.map { (name: $0.folder.path, generator: $0.generator) }
    let first =
      try likelihood.map { all.remove(at: $0) }
      ?? (name: "likelihood", generator: SequenceSweep.pretrained(runs))
    generators = [first] + all
  }

  /// The first run's generator before its first adversarial step, if it has learned the data as
  /// long as the others.
  private static func pretrained(_ runs: [TrainedSequences]) throws -> SequenceGenerator {
    let advice =
      "for the curve of likelihood name a finished run with --adversarial-steps 0 as well"
    let (path, epochs) = (runs[0].folder.path, runs[0].configuration.pretrainEpochs)
    guard epochs > 0, let generator = try runs[0].pretrained() else {
      throw Failure(.usage, "\(path) was not pre-trained to the end; \(advice)")
    }
    for run in runs where run.configuration.pretrainEpochs != epochs {
      throw Failure(
        .usage,
        "\(run.folder.path) was pre-trained for \(run.configuration.pretrainEpochs) epochs, \(path) for \(epochs); \(advice)"
      )
    }
    return generator
  }

  /// Whether the data are a text, of which BLEU tells quality and diversity.
  public var isText: Bool { references != nil }

  /// The curves, that of likelihood first.
  ///
  /// - Parameters:
  ///   - samples: sequences generated at each temperature.
  ///   - seed: what they are drawn from, the same at every temperature, which makes curves smooth.
  ///   - ranks: the processes that share out the temperatures.
  ///   - report: called with each curve as it is there, and with the first one before it.
  /// - Throws: `Failure` for a figure that is not finite, or for more samples than fit into memory.
  public func curves(
    at temperatures: [Double], samples: Int, seed: UInt64, progress: ProgressReport = .none,
    over ranks: RankGroup = .alone,
    report: (_ curve: Curve, _ likelihood: Curve?) -> Void
  ) throws -> [Curve] {
    let length = generators[0].generator.length
    if let excess = MemoryBudget.excess(
      "\(samples) sequences of \(length)", [[4, samples, length]])
    {
      throw Failure(.usage, excess)
    }
    var curves: [Curve] = []
    for (index, (name, generator)) in generators.enumerated() {
      let own = progress.part(index, of: generators.count, name)
      let figures = try ranks.map(temperatures.count) { place in
        let temperature = temperatures[place]
        own(place, of: temperatures.count, "temperature \(temperature)")
        var noise = Philox(seed: seed)
        let figures = try SequenceFigures(
          of: generator.atTemperature(temperature), on: data, references: references,
          samples: samples, using: &noise)
        try figures.checkFinite { "\(name) at temperature \(temperature): \($0)" }
        return figures
      }
      let curve = Curve(name: name, figures: figures)
      report(curve, curves.first)
      curves.append(curve)
    }
    return curves
  }
}
