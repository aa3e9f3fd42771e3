import Stochastics
import Tensors

/// The faults of mutants of VIMCO, one each.
package enum BoundFault: String, CaseIterable, Sendable {
  case subtractedSum = "leaves a weight out by subtracting it from the sum"
  case ownWeightLeftIn = "leaves its own weight in the substitute"
  case meanOfLogs = "averages log-weights instead of weights"
  case missingPath = "detaches the log-weights"
  case trackedSignal = "multiplies the score by a tracked signal"
  case summedInsteadOfAveraged = "forgets to divide by the number of samples"

  var breaks: Set<String> {
    switch self {
    case .subtractedSum: ["digits"]
    case .ownWeightLeftIn: ["gradient"]
    case .missingPath: ["gradient", "direct term"]
    case .trackedSignal: ["direct term", "gradient"]
    case .meanOfLogs: ["value", "gradient", "direct term"]
    case .summedInsteadOfAveraged: ["value"]
    }
  }
}

/// VIMCO of two samples of two bits with a fault or without, with every pair of states summed out,
/// and its digits at weights far apart.
package struct BoundMutant {
  let fault: BoundFault?

  package init(_ fault: BoundFault?) { self.fault = fault }

  /// The bound of log-weights [K] + batch, with the gradient through them and through the scores.
  private func bound(_ weights: Tensor, scores: Tensor) -> Tensor {
    let count = Scalar(weights.shape[0])
    let own = fault == .missingPath ? weights.detached() : weights
    let value: Tensor
    switch fault {
    case .meanOfLogs: value = own.mean(along: 0)
    case .summedInsteadOfAveraged: value = own.logSumExp(along: 0)
    default: value = own.logSumExp(along: 0) - Tensor(count).log()
    }
    let signals = value.detached() - leaveOneOut(weights.detached())
    if fault == .trackedSignal {
      let product = ((signals + value - value.detached()) * scores).sum(along: 0)
      return value + product - product.detached()
    }
    let product = (signals * scores).sum(along: 0)
    return value + product - product.detached()
  }

  /// The library's estimate of every pair of states.
  private func sound(
    _ q: Bernoulli, _ z: Bits, _ logWeights: (Bits) -> Tensor
  ) -> Tensor {
    var (estimator, generator) = (VIMCO<Prescribed<Bernoulli>>(samples: 2), Philox(seed: 0))
    return estimator.bound(
      over: Prescribed(base: q, samples: z), given: nil, using: &generator
    ) { z, _ in logWeights(z) }
  }

  private func leaveOneOut(_ weights: Tensor) -> Tensor {
    let count = weights.shape[0]
    switch fault {
    case .subtractedSum:
      // log(e^total - e^own), and the weight's own place taken by the mean of the others.
      let total = weights.logSumExp(along: 0)
      let others = total + (minimum(weights - total, Tensor(-Scalar.ulpOfOne))).log1mExp()
      return others - Tensor(Scalar(count - 1)).log()
    default:
      return stack(
        (0..<count).map { left in
          let kept = (0..<count).filter { $0 != left || fault == .ownWeightLeftIn }
          let others = concatenate(kept.map { weights.sliced(along: 0, $0..<($0 + 1)) }, along: 0)
          return others.logSumExp(along: 0) - Tensor(Scalar(kept.count)).log()
        })
    }
  }

  package func finding() -> Finding {
    let draws = DrawList.bits(2)
    let logits: Tensor = [0.4, -0.7]
    let places = draws.places(samples: 2)
    let z = draws.samples(places)
    let own = Tensor(Scalar(0.7))
    func logWeights(_ z: Bits, _ q: Bernoulli, _ own: Tensor) -> Tensor {
      Cost.quadratic(z.tensor) * own - z.tensor.sliced(along: -1, at: 0) - q.logProbability(z)
    }
    let (variable, ownVariable) = (logits.variable(), own.variable())
    let q = draws.distribution(variable, places[0].count)
    let masses = q.logProbability(z).detached().sum(along: 0).exp()
    let total =
      (fault == nil
        ? sound(q, z) { logWeights($0, q, ownVariable) }
        : bound(logWeights(z, q, ownVariable), scores: q.logProbability(z)))
    let weighted = (total * masses).sum()
    let slopes = gradients(of: weighted, withRespectTo: [variable, ownVariable])
    let (exactVariable, exactOwn) = (logits.variable(), own.variable())
    var (oracle, generator) = (ExactBound<Bernoulli>(samples: 2), Philox(seed: 0))
    let exactLaw = draws.distribution(exactVariable, 1)
    let exact = oracle.bound(over: exactLaw, given: nil, using: &generator) { z, _ in
      logWeights(z, exactLaw, exactOwn)
    }.sum()
    let exactSlopes = gradients(of: exact, withRespectTo: [exactVariable, exactOwn])
    var broken: Set<String> = []
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-9 : 5e-4
    if distance(weighted.detached(), exact.detached()) > tolerance { broken.insert("value") }
    if distance(slopes[0], exactSlopes[0]) > tolerance { broken.insert("gradient") }
    if distance(slopes[1], exactSlopes[1]) > tolerance { broken.insert("direct term") }
    if fault == nil || fault == .subtractedSum {
      // Where one weight dominates, what is left out without it is the next, less log 3.
      let weights: Tensor = [-95, -195, -340, -218]
      let left =
        (fault == nil
        ? VIMCO<Bernoulli>(samples: 4, mean: .arithmetic).leaveOneOutBounds(weights)
        : leaveOneOut(weights)).scalars[0]
      let expected = -195 - 1.0986122886681098
      if !(abs(Double(left) - expected) < 1e-3) { broken.insert("digits") }
    }
    return Finding(
      "VIMCO that \(fault?.rawValue ?? "is sound")", broken: broken, expected: fault?.breaks ?? [])
  }
}
