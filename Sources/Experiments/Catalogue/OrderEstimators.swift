import Formats
package import Runs
package import Stochastics
package import Tensors

/// Estimators over Plackett-Luce orders.
package struct OrderEstimators: EstimatorMaker {
  let itemCount: Int
  package let states: Int?
  package let mostStates: Int
  /// What the cost is made of, where it is known: pl-rank needs it.
  var metric: RankingMetric?

  package init(itemCount: Int, states: Int?, mostStates: Int, metric: RankingMetric? = nil) {
    self.itemCount = itemCount
    self.states = states
    self.mostStates = mostStates
    self.metric = metric
  }

  package var centre: Tensor? { nil }
  package var kind: String { "plackett-luce orders" }

  package var fitting: [String] {
    // Of one order there are no two distinct ones.
    let sets: [EstimatorName] = itemCount > 1 ? [.unorderedSet, .sumAndSample] : []
    let names =
      (isListed ? [.exact] : []) + [.reinforce] + sets + [.rebar, .relax]
      + (metric == nil ? [] : [.plRank]) + [.neuralSort, .softSort, .gumbelSinkhorn]
    return names.map(\.rawValue)
  }

  private var isListed: Bool { states.map { $0 <= mostStates } ?? false }

  package func make(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any GradientEstimator<PlackettLuce> {
    let samples = try specification.integer("samples", in: 1...100_000, default: 1)
    let temperature = try specification.number("temperature", in: 1e-6..<1e6, default: 0.5)
    let name = try EstimatorName.parse(specification)
    let isHard = try specification.flag("hard", default: false)
    switch name {
    case .exact:
      guard isListed else {
        throw SettingError(
          "exact lists every order and fits up to \(mostStates) of them, not those of \(itemCount) items; those that fit are \(fitting.joined(separator: ", "))"
        )
      }
      return Exact<PlackettLuce>()
    case .reinforce: return try makeReinforce(specification, using: &generator)
    case .unorderedSet:
      let count = try specification.integer("samples", in: 1...10, default: 2)
      try checkStates(count, for: specification)
      return UnorderedSet<PlackettLuce>(samples: count)
    case .sumAndSample:
      let top = try specification.integer("top", in: 1...1000, default: 1)
      try checkStates(top + 1, for: specification)
      return try makeSumAndSample(top: top, specification)
    case .rebar:
      return REBAR<PlackettLuce>(
        temperature: Scalar(temperature),
        scale: Scalar(try specification.number("scale", in: -1e6..<1e6, default: 1)),
        samples: samples)
    case .relax:
      let critic = Critic(
        inputs: itemCount * itemCount,
        units: try specification.integer(
          "units", in: 1...max(10, min(100_000, MemoryBudget.numbers / (itemCount * itemCount))),
          default: 10
        ),
        temperature: Scalar(temperature), using: &generator)
      return RELAX<PlackettLuce>(critic: critic, samples: samples)
    case .plRank:
      guard let metric else {
        throw SettingError(
          "pl-rank needs the sum over places of discount times gain: a linear cost whose matrix is a product, and no quadratic one"
        )
      }
      return MetricGradient(metric: metric, samples: samples)
    case .neuralSort:
      return RelaxedOrders.neuralSort(
        temperature: try schedule(specification, from: temperature), isHard: isHard,
        samples: samples)
    case .softSort:
      let power = try specification.integer("power", in: 1...2, default: 1)
      return RelaxedOrders.softSort(
        power == 1 ? .absolute : .squared,
        temperature: try schedule(specification, from: temperature), isHard: isHard,
        samples: samples)
    case .gumbelSinkhorn:
      return RelaxedOrders.sinkhorn(
        temperature: try schedule(specification, from: temperature), isHard: isHard,
        samples: samples)
    default: throw misfit(specification)
    }
  }
}
