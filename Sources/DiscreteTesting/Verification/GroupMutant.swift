import Stochastics
import Tensors

/// The faults of mutants of GRPO and its kin, one each.
package enum GroupFault: String, CaseIterable, Sendable {
  case climbing = "mean-centering that climbs the cost"
  case ownSampleLeftOut = "mean-centering that leaves its own sample out of the mean"
  case uncentered = "GRPO that divides and does not center"
  case variance = "GRPO that divides by the variance"
  case deviationOverCount = "GRPO that divides its squares by K where it is to be K - 1"
  case deviationOfBatch = "GRPO that divides by the deviation of all questions"
  case ownQuestions = "REINFORCE++ that takes each question for itself"

  /// The estimator that it is to be.
  var kind: GroupMutant.Kind {
    switch self {
    case .climbing, .ownSampleLeftOut: .meanCentered
    case .uncentered, .variance, .deviationOverCount, .deviationOfBatch: .grpo
    case .ownQuestions: .reinforcePlusPlus
    }
  }

  var breaks: Set<String> {
    switch self {
    case .climbing, .ownSampleLeftOut: [NoisePromise.mean, NoisePromise.noise]
    case .uncentered: [NoisePromise.noise, NoisePromise.shift, NoisePromise.scale]
    case .variance: [NoisePromise.noise, NoisePromise.scale]
    case .deviationOverCount, .deviationOfBatch, .ownQuestions: [NoisePromise.noise]
    }
  }
}

/// GRPO, mean-centering and REINFORCE++ written a second time: groups of three samples for two
/// questions of one bit, every draw listed.
///
/// Mean-centering has two thirds of the gradient in the mean; the others are biased and promise
/// that costs may be moved and scaled.
package struct GroupMutant {
  package enum Kind: String, CaseIterable, Sendable {
    case meanCentered = "mean-centering"
    case grpo = "GRPO"
    case reinforcePlusPlus = "REINFORCE++"

    var advantage: GroupAdvantage {
      switch self {
      case .meanCentered: GroupAdvantage(scale: .none)
      case .grpo: GroupAdvantage()
      case .reinforcePlusPlus: GroupAdvantage(scale: .populationDeviation, keptAxes: 1)
      }
    }
  }

  let kind: Kind
  let fault: GroupFault?

  package init(_ fault: GroupFault) { (kind, self.fault) = (fault.kind, fault) }

  /// Without a fault.
  package init(sound kind: Kind) { (self.kind, fault) = (kind, nil) }

  private static let samples = 3
  private static let logits = Tensor([0.4, -0.9], shape: [2, 1])
  /// Every draw of the samples of two questions, [samples, 64, 2, 1].
  private static let draws: Bits = {
    let draws = DrawList.bits(2)
    let z = draws.samples(draws.places(samples: samples))
    return z.reshaped(z.shape + [1])
  }()

  /// Costs of bits [..., 2, 1], of another kind for each question.
  private static func cost(_ z: Tensor) -> Tensor {
    let bits = z.reshaped(z.shape.dropLast())
    return bits * Tensor([1.5, -4]) + Tensor([0.3, 1])
  }

  package func finding() -> Finding {
    let base = Bernoulli(logits: Self.logits.broadcast(to: [Self.draws.shape[1], 2, 1]))
    let costs = Self.cost(Self.draws.tensor)
    let estimates = gradient(costs)
    var broken: Set<String> = []
    func expect(_ promise: String, _ a: Tensor, _ b: Tensor) {
      if distance(a, b) > tolerance { broken.insert(promise) }
    }
    expect(NoisePromise.noise, estimates, library(over: base))
    if kind == .meanCentered {
      let weights = base.logProbability(Self.draws).sum(along: 0).sum(along: 1).exp()
      let mean = (estimates * weights.expandingDimensions(at: 1)).sum(along: 0)
      let p = Self.logits.sigmoid().reshaped([2])
      expect(NoisePromise.mean, mean, p * (1 - p) * Tensor([1.5, -4]) * Scalar(2.0 / 3))
    } else {
      expect(NoisePromise.shift, gradient(costs + 7), estimates)
      expect(NoisePromise.scale, gradient(costs * 4), estimates)
    }
    return Finding(
      fault?.rawValue ?? "\(kind.rawValue) that is sound", broken: broken,
      expected: fault?.breaks ?? [])
  }

  private var tolerance: Double { MemoryLayout<Scalar>.size == 8 ? 1e-5 : 1e-3 }

  /// Estimates [64, 2] of costs [samples, 64, 2].
  private func gradient(_ costs: Tensor) -> Tensor {
    let score = Self.draws.tensor.reshaped(costs.shape) - Self.logits.sigmoid().reshaped([2])
    return (advantages(of: costs) * score).mean(along: 0)
  }

  private func advantages(of costs: Tensor) -> Tensor {
    let k = Scalar(Self.samples)
    // The mean over samples, and over questions where they are one group.
    func mean(_ values: Tensor, ofBatch: Bool) -> Tensor {
      let own = values.mean(along: 0, keepingDimensions: true)
      return ofBatch ? own.mean(along: 2, keepingDimensions: true) : own
    }
    let isOfBatch = kind == .reinforcePlusPlus && fault != .ownQuestions
    // Equal costs have no advantage, to the last bit: differences to one of them are zero.
    let first = costs.sliced(along: 0, 0..<1)
    let differences = costs - (isOfBatch ? first.sliced(along: 2, 0..<1) : first)
    let centered = differences - mean(differences, ofBatch: isOfBatch)
    let squares = mean(centered.squared(), ofBatch: isOfBatch || fault == .deviationOfBatch)
    switch (kind, fault) {
    case (_, .climbing): return -centered
    case (_, .ownSampleLeftOut): return centered * (k / (k - 1))
    case (.meanCentered, _): return centered
    case (.reinforcePlusPlus, _), (_, .deviationOverCount):
      return centered / (squares.sqrt() + 1e-6)
    case (_, .uncentered): return costs / ((squares * (k / (k - 1))).sqrt() + 1e-6)
    case (_, .variance): return centered / (squares * (k / (k - 1)) + 1e-6)
    default: return centered / ((squares * (k / (k - 1))).sqrt() + 1e-6)
    }
  }

  /// The library's estimates of the same draws.
  private func library(over base: Bernoulli) -> Tensor {
    var (estimator, generator) = (
      GRPO<Prescribed<Bernoulli>>(samples: Self.samples, advantage: kind.advantage),
      Philox(seed: 0)
    )
    return Tensors.gradient(at: base.logits) { logits in
      estimator.expectation(
        over: Prescribed(base: Bernoulli(logits: logits), samples: Self.draws), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in Self.cost(z.tensor) })
    }.reshaped([base.logits.shape[0], 2])
  }
}
