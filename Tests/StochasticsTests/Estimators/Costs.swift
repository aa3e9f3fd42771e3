import DiscreteTesting
import Stochastics
import Tensors

/// The costs every estimator is checked on, functions of the bits of three variables.
enum BitCost: String, CaseIterable, Sendable {
  case constant, linear, quadratic, product

  /// [samples, batch, 3] to [samples, batch].
  func callAsFunction(_ z: Tensor) -> Tensor {
    switch self {
    case .constant:
      return z.sum(along: -1) * 0 + 2.5
    case .linear:
      return (z * Tensor([1.0, -2.0, 0.5])).sum(along: -1) + 1
    case .quadratic:
      return (z.sum(along: -1) * 1.5 - 0.7).squared()
    case .product:
      return z.product(along: -1) * 3 - z.sliced(along: -1, at: 0)
    }
  }
}

/// Three Bernoulli variables at logits where nothing is symmetric.
enum ThreeBits {
  static let logits = Tensor([0.3, -0.8, 1.1])

  static let draws = DrawList<Bernoulli>(
    stateCount: 8,
    distribution: { parameters, count in Bernoulli(logits: parameters.broadcast(to: [count, 3])) },
    samples: { places in
      let bits = places.flatMap { $0.flatMap { state in (0..<3).map { state >> $0 & 1 == 1 } } }
      return Bits(bits, shape: [places.count, places[0].count, 3])
    })

  /// The exact gradient of the expected cost.
  static func exactGradient(of cost: (Tensor) -> Tensor) -> Tensor {
    var generator = Philox(seed: 0)
    var exact = Exact<Bernoulli>()
    return gradient(at: logits) { logits in
      exact.expectation(
        over: Bernoulli(logits: logits.expandingDimensions(at: 0)), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in cost(z.tensor) }
      ).sum()
    }
  }

  /// The largest distance of the estimator's exact mean from the exact gradient.
  static func error(
    of estimator: some BlackBoxGradientEstimator<Prescribed<Bernoulli>>, samples: Int,
    given context: Tensor? = nil, cost: (Tensor) -> Tensor
  ) -> Scalar {
    var generator = Philox(seed: 1)
    let mean = draws.exactMean(
      of: estimator, samples: samples, at: logits, given: context, using: &generator
    ) { cost($0.tensor) }
    return (mean - exactGradient(of: cost)).abs().max(along: 0).item
  }
}

/// What rounding may leave of a difference that is exactly zero.
let rounding: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-4

extension BlackBoxGradientEstimator where Distribution == Prescribed<Bernoulli> {
  /// A copy whose state has seen some costs: estimators are warmed up, frozen, then measured.
  func warmedUp(samples: Int, given context: Tensor? = nil) -> Self {
    var copy = self
    var generator = Philox(seed: 2)
    let base = Bernoulli(logits: ThreeBits.logits.broadcast(to: [1, 3]))
    for _ in 0..<20 {
      let z = base.sample(samples, using: &generator)
      _ = copy.expectation(
        over: Prescribed(base: base, samples: z),
        given: context.map { $0.broadcast(to: [1] + $0.shape) }, using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in BitCost.quadratic(z.tensor) })
    }
    return copy
  }
}
