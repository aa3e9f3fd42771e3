import Stochastics
import Tensors

/// Estimators over Plackett-Luce orders.
struct OrderEstimators: EstimatorMaker {
  let itemCount: Int
  let states: Int?
  let mostStates: Int

  var centre: Tensor? { nil }
  var kind: String { "plackett-luce orders" }

  var fitting: [String] {
    let names: [EstimatorName] = [
      .reinforce, .unorderedSet, .sumAndSample, .rebar, .relax, .neuralSort,
    ]
    return ((isListed ? [.exact] : []) + names).map(\.rawValue)
  }

  private var isListed: Bool { states.map { $0 <= mostStates } ?? false }

  func make(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any GradientEstimator<PlackettLuce> {
    let samples = try specification.integer("samples", in: 1...100_000, default: 1)
    let temperature = try specification.number("temperature", in: 1e-6..<1e6, default: 0.5)
    switch try EstimatorName.parse(specification) {
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
        units: try specification.integer("units", in: 1...100_000, default: 10),
        temperature: Scalar(temperature), using: &generator)
      return RELAX<PlackettLuce>(critic: critic, samples: samples)
    case .neuralSort:
      return GumbelSoftmax<PlackettLuce>(
        temperature: try schedule(specification, from: temperature),
        isHard: try specification.flag("hard", default: false), samples: samples)
    default: throw misfit(specification)
    }
  }
}
