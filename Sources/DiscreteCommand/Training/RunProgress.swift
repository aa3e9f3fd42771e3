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

  init(metadata: [String: String]) {
    func number(_ key: String) -> Double? { metadata[key].flatMap(Double.init) }
    sum = number("sum") ?? 0
    count = number("count") ?? 0
    seconds = number("seconds")
    lastEpochBound = number("last_epoch_bound")
    bestBound = number("best_bound")
    bestStep = metadata["best_step"].flatMap(Int.init) ?? 0
    epochsWithoutImprovement = metadata["epochs_without_improvement"].flatMap(Int.init) ?? 0
  }
}
