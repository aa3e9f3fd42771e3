import Stochastics
import Tensors

/// The faults of mutants of REBAR, one each; the last three keep the mean and spoil the
/// variance.
package enum CoupledFault: String, CaseIterable, Sendable {
  case flippedConditional = "draws z~ on the wrong side of the threshold"
  case stoppedPath = "takes the derivative of z~ for one"
  case unscaledPath = "leaves the scale out of the gradients along the paths"
  case uncorrectedSignal = "subtracts no relaxed cost from the signal"
  case droppedConditionalPath = "drops the gradient through z~"
  case differentiatedProduct = "descends the square of the score's product, not the variance"
  case independentSample = "draws b apart from z"
  case mirroredNoise = "relaxes the mirrored noise"
  case uncoupledNoise = "draws z~ with fresh noise where it is to be z"

  var breaks: Set<String> {
    switch self {
    case .differentiatedProduct: [NoisePromise.variance]
    case .independentSample, .mirroredNoise, .uncoupledNoise: [NoisePromise.noise]
    default: [NoisePromise.mean, NoisePromise.noise]
    }
  }
}

/// REBAR of one bit written a second time, in probability space and with every derivative by hand,
/// with a fault or without.
///
/// It integrates over the noise of z and over that of z~, so that means, second moments and their
/// derivatives are exact.
package struct CoupledMutant {
  let fault: CoupledFault?

  package init(_ fault: CoupledFault?) { self.fault = fault }

  private static let logit: Scalar = 0.4
  private static let own: [Tensor] = [Tensor(Scalar(-0.6)), Tensor(Scalar(0.8))]
  private static let cuts: [Double] = [Double(Tensor(-logit).sigmoid().item)]
  private static let noise = NoiseRows.product(
    .quadrature([cuts], nodes: 30), .quadrature([cuts], nodes: 30))

  private static func cost(_ z: Tensor) -> Tensor { (z * 1.5 - 0.7).squared() }

  private static func slope(_ z: Tensor) -> Tensor { (z * 1.5 - 0.7) * 3 }

  /// The estimates of all noise, and what is descended, tracked in the log-temperature and the
  /// scale.
  private func estimates(_ own: [Tensor]) -> (gradient: Tensor, descended: Tensor) {
    let theta = Self.logit
    let (temperature, scale) = (own[0].exp(), own[1])
    let rows = Self.noise.weights.count
    let (u, w) = (Self.noise.a.reshaped([rows]), Self.noise.b.reshaped([rows]))
    let p = Tensor(theta).sigmoid().item
    let z = (u.logit() + theta)
    // b apart from z takes the other noise for its own.
    let b = (fault == .independentSample ? w.logit() + theta : z).step()
    // The noise v with which z~ is b's: u itself, moved into (0, 1), or fresh.
    let isFresh = fault == .uncoupledNoise || fault == .mirroredNoise
    let coupled = b * (u - (1 - p)) / p + (1 - b) * u / (1 - p)
    let v = isFresh ? w : fault == .independentSample ? u : coupled
    let side = fault == .flippedConditional ? 1 - b : b
    // u~ = (1 - p) + p v for ones and (1 - p) v for zeros; d p / d theta = p (1 - p).
    let given = side * (v * p + (1 - p)) + (1 - side) * v * (1 - p)
    let slopeOfGiven = (side * (v - 1) - (1 - side) * v) * (p * (1 - p))
    let conditional = given.logit() + theta
    let path = fault == .stoppedPath ? 1 : slopeOfGiven / (given * (1 - given)) + 1
    let free = fault == .mirroredNoise ? (1 - u).logit() + theta : z
    func relaxed(_ x: Tensor) -> (cost: Tensor, slope: Tensor) {
      let r = (x / temperature).sigmoid()
      return (Self.cost(r) * scale, Self.slope(r) * r * (1 - r) / temperature)
    }
    let (atFree, atGiven) = (relaxed(free), relaxed(conditional))
    let score = b - p
    let signal = Self.cost(b) - (fault == .uncorrectedSignal ? Tensor(0) : atGiven.cost)
    let paths = atFree.slope - (fault == .droppedConditionalPath ? Tensor(0) : atGiven.slope * path)
    let gradient = signal * score + paths * (fault == .unscaledPath ? Tensor(1) : scale)
    let logProbability = b * Tensor(p).log() + (1 - b) * Tensor(1 - p).log()
    return (
      gradient,
      fault == .differentiatedProduct ? (signal * logProbability).squared() : gradient.squared()
    )
  }

  private static var exact: Tensor {
    let p = Tensor(logit).sigmoid()
    return p * (1 - p) * (cost(1) - cost(0))
  }

  /// The library's estimates of the same noise.
  private static var library: Tensor {
    let rows = noise.weights.count
    var (estimator, generator) = (
      REBAR<Bernoulli>(temperature: Double(own[0].exp().item), scale: own[1].item), Philox(seed: 0)
    )
    return gradient(at: .full(logit, [rows, 1])) { logits in
      estimator.expectation(
        over: Bernoulli(logits: logits),
        noise: noise.a.logit().expandingDimensions(at: 0), conditionalNoise: nil, using: &generator
      ) { (z: Tensor, _: inout Philox) -> Tensor in cost(z).sum(along: -1) }
    }.reshaped([rows])
  }

  package func finding() -> Finding {
    let weights = Self.noise.weights
    let (gradient, _) = estimates(Self.own)
    var broken: Set<String> = []
    if distance((gradient * weights).sum(), Self.exact) > quadratureTolerance {
      broken.insert(NoisePromise.mean)
    }
    if distance(gradient, Self.library) > quadratureTolerance { broken.insert(NoisePromise.noise) }
    let variables = Self.own.map { $0.variable() }
    let descended = gradients(
      of: (estimates(variables).descended * weights).sum(), withRespectTo: variables)
    // What is to be descended is the second moment: the mean does not depend on the parameters.
    for index in 0..<2 {
      let step: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-4 : 1e-2
      func variance(_ offset: Scalar) -> Tensor {
        var own = Self.own
        own[index] = own[index] + offset
        return (estimates(own).gradient.squared() * weights).sum()
      }
      let expected = (variance(step) - variance(-step)) / (2 * step)
      if distance(descended[index], expected) > 2 * quadratureTolerance {
        broken.insert(NoisePromise.variance)
      }
    }
    return Finding(
      "REBAR that \(fault?.rawValue ?? "is sound")", broken: broken, expected: fault?.breaks ?? [])
  }
}
