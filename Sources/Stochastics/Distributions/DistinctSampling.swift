public import Tensors

/// Draws distinct states: sampling without replacement.
public protocol DistinctSampling: DiscreteDistribution {
  /// The first `count` distinct states, in the order in which repeated sampling would find them, [count] + batch + event.
  ///
  /// By Gumbel top-k: states with the largest log-probability plus Gumbel. Traps if there are fewer states.
  func sampleDistinct(_ count: Int, using generator: inout some RandomNumberGenerator) -> Sample

  /// The `count` most probable states, best first, [count] + batch + event. Traps if there are fewer states.
  func likeliest(_ count: Int) -> Sample

  /// One state for each sample and batch entry that is none of `states`, [samples] + batch + event, by their own law given that.
  ///
  /// Where no other state has a positive probability, the first of `states` takes the place of one.
  func sample(
    _ count: Int, excluding states: Sample, using generator: inout some RandomNumberGenerator
  ) -> Sample

  /// The log-probability that a state is none of `states`, of shape `batch`, differentiable in the
  /// parameters.
  ///
  /// -infinity where no other state has a positive probability. It keeps its digits where `states`
  /// hold nearly all of the mass, and so is not the logarithm of one less their sum.
  func logProbability(excluding states: Sample) -> Tensor
}

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
  /// - Parameter gumbel: a standard Gumbel for each question; `nil` makes keys the log-probabilities themselves.
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
