package import Stochastics
package import Tensors

/// The costs every estimator is checked on, functions of one number for each variable.
package enum Cost: String, CaseIterable, Sendable {
  case constant, linear, quadratic, product

  /// Costs [samples, batch] of values [samples, batch, variables].
  package func callAsFunction(_ values: Tensor) -> Tensor {
    switch self {
    case .constant:
      return values.sum(along: -1) * 0 + 2.5
    case .linear:
      let weights = Tensor(Array([1.0, -2.0, 0.5].prefix(values.shape.last ?? 0)))
      return (values * weights).sum(along: -1) + 1
    case .quadratic:
      return (values.sum(along: -1) * 1.5 - 0.7).squared()
    case .product:
      return values.product(along: -1) * 3 - values.sliced(along: -1, at: 0)
    }
  }
}

/// A few variables at parameters where nothing is symmetric, and a number for each state of each
/// variable.
package struct Problem<Base: EnumerableDistribution>: Sendable {
  package let draws: DrawList<Base>
  package let parameters: Tensor
  /// Values [samples, batch, variables] of a point.
  package let values: @Sendable (Base.Point) -> Tensor

  /// The distribution of parameters [rows] + those of one entry.
  package let rows: @Sendable (Tensor) -> Base

  package init(
    draws: DrawList<Base>, parameters: Tensor, values: @escaping @Sendable (Base.Point) -> Tensor,
    rows: @escaping @Sendable (Tensor) -> Base
  ) {
    (self.draws, self.parameters, self.values, self.rows) = (draws, parameters, values, rows)
  }

  /// The check of estimators on a cost, scaled and moved by parameters of its own.
  package func check(_ cost: Cost) -> EstimatorCheck<Base> {
    EstimatorCheck(
      draws, at: parameters, costParameters: [1, 0.5], tolerance: rounding,
      cost: { point, own in
        let values = values(point)
        return cost(values) * own.sliced(along: 0, at: 0)
          + values.sum(along: -1) * own.sliced(along: 0, at: 1)
      })
  }

  /// A copy of an estimator whose state has seen some costs: estimators are warmed up, frozen, then
  /// measured.
  package func warmedUp<Estimator: GradientEstimator<Prescribed<Base>>>(
    _ estimator: Estimator, given context: Tensor? = nil, costScale: Scalar = 1
  ) -> Estimator {
    var copy = estimator
    var generator = Philox(seed: 2)
    let base = draws.distribution(parameters, 16)
    for _ in 0..<20 {
      let samples = base.sample(4, using: &generator)
      _ = copy.expectation(
        over: Prescribed(base: base, samples: samples),
        given: context.map { $0.broadcast(to: [16] + $0.shape) }, using: &generator,
        of: { (point: Base.Point, _: inout Philox) -> Tensor in
          Cost.quadratic(values(point)) * costScale
        })
    }
    return copy
  }
}

/// Three Bernoulli variables.
package let bits = Problem<Bernoulli>(
  draws: .bits(3), parameters: [0.3, -0.8, 1.1], values: { $0 }, rows: { Bernoulli(logits: $0) })

/// Two categorical variables of three classes.
package let classes = Problem<Categorical>(
  draws: .variables(2, classes: 3),
  parameters: Tensor([0.3, -0.8, 1.1, -0.2, 0.9, 0.4], shape: [2, 3]),
  values: { point in
    let levels = Tensor([0.2, 1.0, -0.7, -1.2, 0.4, 0.9], shape: [2, 3])
    return (point * levels).sum(along: -1)
  }, rows: { Categorical(logits: $0) })

/// A law over parts, with scores and three numbers of a state that are drawn from a seed.
package func structured<Base: EnumerableDistribution>(
  _ draws: DrawList<Base>, parts: Int, rows: @escaping @Sendable (Tensor) -> Base
) -> Problem<Base> where Base.Point == Tensor {
  var generator = Philox(seed: 23)
  let levels = Tensor.randomNormal([parts, 3], using: &generator)
  return Problem(
    draws: draws, parameters: .randomNormal([parts], using: &generator),
    values: { point in
      stack(
        (0..<3).map { (point * levels.sliced(along: 1, at: $0)).sum(along: -1) }, along: 2)
    }, rows: rows)
}

/// A law over a structure.
package func structured<Shape: Structure>(_ structure: Shape) -> Problem<Gibbs<Shape>> {
  structured(.states(of: structure), parts: structure.partCount) {
    Gibbs(logits: $0, structure: structure)
  }
}

/// The rounding error of a difference that is exactly zero.
package let rounding = MemoryLayout<Scalar>.size == 8 ? 1e-11 : 2e-4

/// The context of a baseline network, and the network.
package enum Context {
  package static let features = Tensor([1, 0])
  package static let network: NetworkBaseline = {
    var generator = Philox(seed: 5)
    return NetworkBaseline(center: [0.2, 0.4], units: 4, using: &generator)
  }()
}
