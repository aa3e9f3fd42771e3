import Runs
import Stochastics
import Tensors

extension Comparison where Distribution: DiscreteDistribution {
  /// The trial of the bound E[log mean exp(f - log q)] over two samples or more.
  func boundTrial(
    of specification: Specification, seed: UInt64
  ) throws(SettingError) -> ComparisonTrial {
    let estimator = try context.makeBound(specification)
    let trial = study.trial(learning: estimator, pilot: 0, draws: plan.draws, seed: seed) {
      estimator, q, generator, cost in
      estimator.bound(over: q, given: nil, using: &generator) { z, _ in
        cost(Distribution.point(z)) - q.logProbability(z)
      }
    }
    func exact<Q: EnumerableDistribution>(_: Q.Type) -> [Double]? {
      (self as? Comparison<Q>)?.exactBound(samples: estimator.samples)
    }
    return .drawn(trial) {
      ComparisonRow(
        estimator: specification.text, label: specification.text, bias: .unbiased,
        objective: "bound", exact: site.enumerable.flatMap { exact($0) }, measurement: $0)
    }
  }
}

extension Comparison where Distribution: EnumerableDistribution {
  /// The gradient of the bound by enumeration, `nil` where the tuples of states are too many.
  fileprivate func exactBound(samples: Int) -> [Double]? {
    guard let states = site.states, let tuples = wholePower(states, samples), tuples <= 10_000
    else {
      return nil
    }
    var (oracle, generator) = (ExactBound<Distribution>(samples: samples), Philox(seed: 0))
    return gradient(at: study.parameters) { parameters in
      let q = study.distribution(parameters.expandingDimensions(at: 0))
      return oracle.bound(over: q, given: nil, using: &generator) { z, _ in
        study.cost(Distribution.point(z)) - q.logProbability(z)
      }
    }.scalars.map { Double($0) }
  }
}
