import Formats

/// The running figures of a training run; saved with every checkpoint, so that a resumed run goes on with them.
struct RunProgress {
  private var sum = 0.0
  private var count = 0.0
  private(set) var lastEpochBound: Double?
  private(set) var bestBound: Double?
  private(set) var bestStep = 0
  private(set) var epochsWithoutImprovement = 0
  /// Time spent training, in seconds; saved only where it decides when the run ends, so that equal runs have equal checkpoints.
  var seconds: Double?
  /// A moving average for the eye only; it is not saved.
  private(set) var runningBound = 0.0

  init() {}

  /// The mean bound of the epoch so far.
  var epochBound: Double { sum / max(count, 1) }

  mutating func add(bound: Double) {
    runningBound = runningBound == 0 ? bound : 0.99 * runningBound + 0.01 * bound
    sum += bound
    count += 1
  }

  /// Begins another epoch; returns whether the validation bound is the best so far.
  mutating func endEpoch(validation: Double, step: Int) -> Bool {
    lastEpochBound = epochBound
    sum = 0
    count = 0
    guard validation > bestBound ?? -.infinity else {
      epochsWithoutImprovement += 1
      return false
    }
    bestBound = validation
    bestStep = step
    epochsWithoutImprovement = 0
    return true
  }

  /// Texts from which the same figures come back bit for bit.
  var metadata: [String: String] {
    var result = [
      "sum": "\(sum)", "count": "\(count)", "best_step": "\(bestStep)",
      "epochs_without_improvement": "\(epochsWithoutImprovement)",
    ]
    result["seconds"] = seconds.map { "\($0)" }
    result["last_epoch_bound"] = lastEpochBound.map { "\($0)" }
    result["best_bound"] = bestBound.map { "\($0)" }
    return result
  }

  /// Those in the metadata of the checkpoint at `path`; throws for a number that is none.
  init(metadata: [String: String], of path: String) throws(FormatError) {
    func number(_ key: String) throws(FormatError) -> Double? {
      try metadata.numberIfPresent(key, of: path)
    }
    func whole(_ key: String) throws(FormatError) -> Int {
      try metadata.wholeIfPresent(key, in: 0...JSON.mostWhole, of: path) ?? 0
    }
    sum = try number("sum") ?? 0
    count = try number("count") ?? 0
    seconds = try number("seconds")
    lastEpochBound = try number("last_epoch_bound")
    bestBound = try number("best_bound")
    bestStep = try whole("best_step")
    epochsWithoutImprovement = try whole("epochs_without_improvement")
  }
}
