import Tensors

/// A state of few classes at each of some steps, whose best joint states are found step by step.
package struct JointStates {
  /// Number of steps of a state.
  let steps: Int
  /// The log-probability of each class at the step that follows some classes.
  let logs: (_ before: [Int32]) -> [Double]

  package init(steps: Int, logs: @escaping (_ before: [Int32]) -> [Double]) {
    self.steps = steps
    self.logs = logs
  }

  /// Independent variables of log-probabilities [variables][classes].
  init(logs: [[Double]]) { self.init(steps: logs.count) { logs[$0.count] } }

  /// The best `count` states; traps if there are fewer.
  ///
  /// - Parameter gumbel: a standard Gumbel for each question; `nil` makes keys the
  ///   log-probabilities themselves.
  func best(_ count: Int, gumbel: (() -> Double)?) -> [[Int32]] {
    var beam = StochasticBeam(gumbel: gumbel)
    for _ in 0..<steps {
      _ = beam.extend(keeping: count) { _, partial in logs(partial.classes) }
    }
    require(
      beam.partials.count == count,
      "\(count) distinct states of a distribution with \(beam.partials.count)")
    return beam.partials.map(\.classes)
  }
}
