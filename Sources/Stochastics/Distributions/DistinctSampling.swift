import Tensors

/// Draws distinct states: sampling without replacement.
public protocol DistinctSampling: DiscreteDistribution {
  /// The first `count` distinct states, in the order in which repeated sampling would find them, [count] + batch + event.
  ///
  /// By Gumbel top-k: states with the largest log-probability plus Gumbel. Traps if there are fewer states.
  func sampleDistinct(_ count: Int, using generator: inout some RandomNumberGenerator) -> Sample

  /// The `count` most probable states, best first, [count] + batch + event. Traps if there are fewer states.
  func likeliest(_ count: Int) -> Sample

  /// One state for each sample and batch entry that is none of `states`, [samples] + batch + event, by their own law given that.
  func sample(
    _ count: Int, excluding states: Sample, using generator: inout some RandomNumberGenerator
  ) -> Sample
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

  /// A state that is none of `excluded`, step by step.
  package func state(excluding excluded: [[Int32]], uniform: () -> Double) -> [Int32] {
    // What is left of a prefix is its own mass less that of the excluded states that begin with it.
    var matching = excluded
    var result: [Int32] = []
    for step in 0..<steps {
      let row = logs(result)
      let masses = row.indices.map { index -> Double in
        let own = exponential(row[index])
        let taken = matching.filter { Int($0[step]) == index }.map { state in
          own
            * ((step + 1)..<steps).reduce(1) {
              $0 * exponential(logs(Array(state[..<$1]))[Int(state[$1])])
            }
        }
        let left = own - taken.reduce(0, +)
        // A class all of whose completions are excluded is left with rounding only.
        return left > 1e-12 * own ? left : 0
      }
      var target = uniform() * masses.reduce(0, +)
      var chosen = masses.lastIndex { $0 > 0 } ?? masses.indices.last ?? 0
      for (index, mass) in masses.enumerated() where mass > 0 {
        if target < mass {
          chosen = index
          break
        }
        target -= mass
      }
      result.append(Int32(chosen))
      matching = matching.filter { Int($0[step]) == chosen }
    }
    return result
  }
}
