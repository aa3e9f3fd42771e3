package import Stochastics
package import Tensors

/// The faults of mutants of MuProp on a law whose mean and covariance are known, one each.
package enum MomentFault: String, CaseIterable, Sendable {
  case missingCovariance = "leaves out the gradient of the expansion"
  case independentParts = "takes the parts for independent bits"
  case slopeAtSample = "expands at its own sample"
  case doubledExpansion = "subtracts the expansion twice and corrects for it once"
  case flippedCovariance = "subtracts the gradient of the expansion"

  var breaks: Set<String> { ["gradient", "isolation"] }
}

/// MuProp written a second time, with a fault or without.
package struct MomentMutant<Base: EnumerableDistribution & MomentDistribution>: GradientEstimator,
  Stateless
{
  package typealias Distribution = Prescribed<Base>

  package let fault: MomentFault?

  package init(_ fault: MomentFault?) { self.fault = fault }

  package var bias: Bias { .unbiased }

  package func evaluations(over q: Distribution) -> Int? { 2 }

  package mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = Base.point(q.sample(1, using: &generator))
    let mean = q.meanPoint.detached().expandingDimensions(at: 0)
    let f = try cost(z, &generator)
    let center = (fault == .slopeAtSample ? z : mean).variable()
    let level = try cost(center, &generator)
    let slope = gradients(of: level, withRespectTo: [center])[0]
    let offset = (z - mean) * (fault == .doubledExpansion ? 2 : 1)
    let expansion = level.detached() + Distribution.dot(slope, offset)
    let signal = f.detached() - expansion
    let weights = signal.reshaped(signal.shape + [Int](repeating: 1, count: Base.eventRank))
    let path: Tensor
    switch fault {
    case .missingCovariance: path = .zeros(like: q.naturalParameters)
    case .independentParts:
      let p = q.meanPoint.detached()
      path = p * (1 - p) * slope.sliced(along: 0, at: 0)
    case .flippedCovariance: path = -q.covariance(times: slope.sliced(along: 0, at: 0))
    default: path = q.covariance(times: slope.sliced(along: 0, at: 0))
    }
    let slopes = (weights * (z - mean)).mean(along: 0) + path
    return f.mean(along: 0).pulling(slopes.detached(), into: q.naturalParameters)
  }

  /// The promises broken on any cost.
  static func finding(
    _ fault: MomentFault?, on problem: Problem<Base>, named name: String
  ) -> Finding {
    let broken = Cost.allCases.flatMap { cost in
      problem.check(cost).failures(of: MomentMutant(fault)).map(\.promise.rawValue)
    }
    return Finding(
      "MuProp on \(name) that \(fault?.rawValue ?? "is sound")", broken: Set(broken),
      expected: fault?.breaks ?? [])
  }
}
