package import Stochastics
package import Tensors

/// The faults of mutants, one each.
package enum ScoreFault: String, CaseIterable, Sendable {
  case wrongSign = "descends the score"
  case missingScore = "has no score term"
  case missingDirectTerm = "detaches the cost"
  case trackedSignal = "multiplies the score by a tracked cost"
  case scoreOfAnotherSample = "scores another sample than the cost's"
  case scoreOfAnotherDraw = "scores a draw of its own"
  case weightedAndSampled = "weights a sample by its probability once more"
  case summedSamples = "sums samples instead of averaging them"
  case costOfMode = "calls the cost at the most probable state"
  case signalAsValue = "returns the learning signal as the value"
  case ownSampleBaseline = "has a baseline that averages its own sample in"
  case ownSampleLeftIn = "leaves one out of the count but not of the sum"
  case rescaledTwice = "corrects leave-one-out for K - 1 twice"
  case advancedBeforeRead = "advances its baseline before reading it"
  case scaledByOwnBatch = "normalizes by the deviation of its own costs"
  case undifferentiatedExpectation = "leaves out the gradient of E[h]"
  case flippedExpectation = "adds E[h] where it is to be subtracted"
  case unnormalizedEnumeration = "enumerates with weights that do not sum to one"
  case scaledPassenger = "adds its baseline's loss to the objective"
  case leakingContext = "trains what computed the context"

  /// The promises that must be seen broken.
  package var breaks: Set<EstimatorCheck<Bernoulli>.Promise> {
    switch self {
    case .wrongSign, .missingScore, .scoreOfAnotherSample, .ownSampleBaseline, .ownSampleLeftIn,
      .rescaledTwice, .scaledByOwnBatch, .undifferentiatedExpectation:
      [.gradient, .isolation]
    case .missingDirectTerm, .trackedSignal: [.directTerm]
    case .weightedAndSampled, .summedSamples, .unnormalizedEnumeration, .costOfMode:
      [.value, .gradient, .isolation, .directTerm]
    case .signalAsValue: [.value]
    case .advancedBeforeRead: [.isolation]
    case .flippedExpectation: [.value, .gradient, .isolation]
    case .scaledPassenger: [.passenger]
    case .leakingContext: [.context]
    case .scoreOfAnotherDraw: [.draws]
    }
  }
}

/// A function of samples whose expectation is known, for control variates.
package struct Variate<Base: EnumerableDistribution>: Sendable {
  package let value: @Sendable (Base.Sample) -> Tensor
  package let expectation: @Sendable (Base) -> Tensor
}

/// REINFORCE, its baselines, a control variate or enumeration with a single fault; without one,
/// sound.
package struct ScoreMutant<Base: EnumerableDistribution>: BlackBoxGradientEstimator {
  package typealias Distribution = Prescribed<Base>

  static var samples: Int { 3 }

  package let fault: ScoreFault?
  package let variate: Variate<Base>
  /// The running mean of costs.
  package var center = Tensor(1.5)
  /// A linear baseline of the context, trained.
  package var slope = Tensor([0.5, -0.3])

  package init(_ fault: ScoreFault?, variate: Variate<Base>) {
    self.fault = fault
    self.variate = variate
  }

  package var bias: Bias { .unbiased }

  package func evaluations(over q: Distribution) -> Int? { Self.samples }

  package mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Base.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    if fault == .unnormalizedEnumeration {
      let states = q.base.states()
      let weights = q.logProbability(states) + 0.5
      return try (weights.exp() * cost(states, &generator)).sum(along: 0)
    }
    let z = q.sample(Self.samples, using: &generator)
    let f =
      try fault == .costOfMode ? costAtMode(of: q, using: &generator, cost) : cost(z, &generator)
    let prediction = prediction(given: context)
    let signal = signal(f.detached(), at: z) - prediction.detached()
    advance(with: f.detached())
    let correction = correction(of: z, under: q)
    let scored =
      fault == .scoreOfAnotherDraw ? q.sample(Self.samples, using: &generator) : z
    var result = estimate(f, signal: signal, logProbability: q.logProbability(scored)) + correction
    result = fault == .summedSamples ? result.sum(along: 0) : result.mean(along: 0)
    let loss = (f.detached() - prediction).squared().mean()
    return fault == .scaledPassenger ? result + loss - loss.detached() : result.carrying(loss)
  }

  /// a (h - E[h]) with a = 0.4, the score of h being left to the signal.
  private func correction(of z: Base.Sample, under q: Distribution) -> Tensor {
    let expectation = variate.expectation(q.base)
    switch fault {
    case .undifferentiatedExpectation:
      return (variate.value(z) - expectation.detached()) * 0.4
    case .flippedExpectation: return (variate.value(z) + expectation) * 0.4
    default: return (variate.value(z) - expectation) * 0.4
    }
  }

  /// The cost, with the gradient of the score.
  private func estimate(_ f: Tensor, signal: Tensor, logProbability: Tensor) -> Tensor {
    switch fault {
    case .missingScore: return f
    case .missingDirectTerm: return f.detached().scored(by: logProbability, weight: signal)
    case .wrongSign: return f.scored(by: logProbability, weight: -signal)
    case .trackedSignal:
      // Zero in value, and the product rule does the rest.
      let product = (signal + f - f.detached()) * logProbability
      return f + product - product.detached()
    case .scoreOfAnotherSample:
      let shifted = concatenate(
        [
          logProbability.sliced(along: 0, 1..<Self.samples),
          logProbability.sliced(along: 0, 0..<1),
        ], along: 0)
      return f.scored(by: shifted, weight: signal)
    case .weightedAndSampled:
      return (f * logProbability.detached().exp()).scored(
        by: logProbability, weight: signal * logProbability.detached().exp())
    case .signalAsValue:
      return (f + signal - f.detached()).scored(by: logProbability, weight: signal)
    default: return f.scored(by: logProbability, weight: signal)
    }
  }

  /// The factor of the score: the costs, less a baseline, plus a h.
  private mutating func signal(_ costs: Tensor, at z: Base.Sample) -> Tensor {
    let k = Scalar(Self.samples)
    let total = costs.sum(along: 0, keepingDimensions: true)
    let centered: Tensor
    switch fault {
    case .ownSampleBaseline: centered = costs - total / k
    case .ownSampleLeftIn: centered = costs - total / (k - 1)
    case .rescaledTwice: centered = (costs - total / k) * (k / (k - 1)) * (k / (k - 1))
    case .advancedBeforeRead:
      centered = costs - (center * 0.5 + costs.mean() * 0.5)
    case .scaledByOwnBatch:
      let deviation = (costs - costs.mean()).squared().mean().sqrt()
      centered = (costs - center) / maximum(1, deviation)
    default: centered = costs - center
    }
    return centered + variate.value(z).detached() * 0.4
  }

  private mutating func advance(with costs: Tensor) {
    center = center * 0.5 + costs.mean() * 0.5
  }

  private func prediction(given context: Tensor?) -> Tensor {
    guard let context else { return 0 }
    let seen = fault == .leakingContext ? context : context.detached()
    return (seen * slope).sum(along: -1)
  }

  private func costAtMode<G: RandomNumberGenerator, E: Error>(
    of q: Distribution, using generator: inout G,
    _ cost: (Base.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.base.states()
    let best = q.logProbability(states).argmax(along: 0)
    let costs = try cost(states, &generator)
    let chosen = best.oneHot(classes: costs.shape[0]).transposed()
    return (costs * chosen).sum(along: 0, keepingDimensions: true)
      .broadcast(to: [Self.samples] + q.batch)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("centre", &center, .tracked)
    visitor.visit("slope", &slope)
  }
}
