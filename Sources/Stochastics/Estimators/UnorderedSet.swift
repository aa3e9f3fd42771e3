public import Tensors

/// The unordered-set estimator: k distinct samples, weighted as if every order of drawing them had been averaged.
///
/// With S drawn without replacement, the sum over s in S of p(s) R(S, s) (f(s) - b_s) grad log p(s), where R(S, s) is the probability of
/// the other members from the states without s, over that of S, and b_s the same estimate of E[f] from the others in S.
///
/// - Bias: unbiased.
/// - Cost calls: `samples`, all distinct.
/// - Requires: any cost; two samples or more for the baseline, at most ten since 2^k subsets are summed.
/// - State: none.
/// - Reference: Kool, van Hoof and Welling (2020), Estimating gradients for discrete random variables by sampling without replacement.
public struct UnorderedSet<Distribution: DistinctSampling>: BlackBoxGradientEstimator, Stateless {
  public let samples: Int

  public init(samples: Int = 2) {
    precondition(
      samples > 0 && samples <= 10, "an unordered set of \(samples), expected one to ten")
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.sampleDistinct(samples, using: &generator)
    return try expectation(over: q, states: states, using: &generator, cost)
  }

  /// The estimate of a given set of states.
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, states: Distribution.Sample, using generator: inout G,
    _ cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let f = try cost(states, &generator)
    let scores = q.logProbability(states)
    let count = q.batch.reduce(1, *)
    let logs = scores.scalars.map { Double($0) }
    let costs = f.scalars.map { Double($0) }
    var weights = [Scalar](repeating: 0, count: samples * count)
    var signals = weights
    for row in 0..<count {
      let set = SetProbabilities((0..<samples).map { exponential(logs[$0 * count + row]) })
      let members = (0..<samples).map { costs[$0 * count + row] }
      for s in 0..<samples {
        let weight = set.weight(of: s)
        let baseline = samples > 1 ? set.baseline(without: s, costs: members) : 0
        weights[s * count + row] = Scalar(weight)
        signals[s * count + row] = Scalar(weight * (members[s] - baseline))
      }
    }
    let values = f * Tensor(weights, shape: f.shape)
    return values.scored(by: scores, weight: Tensor(signals, shape: f.shape)).sum(along: 0)
  }
}

/// Probabilities of drawing sets without replacement, sums of positive terms only.
private struct SetProbabilities {
  /// Of the members.
  let p: [Double]
  /// Of all states that are no members.
  let rest: Double

  init(_ p: [Double]) {
    self.p = p
    rest = max(0, 1 - p.reduce(0, +))
  }

  /// The probability that the members in `mask` are the first drawn, where those in `removed` cannot be drawn.
  ///
  /// The last one drawn is summed over, from smaller sets to larger ones.
  private func probability(of mask: Int, without removed: Int) -> Double {
    var table = [Double](repeating: 0, count: mask + 1)
    table[0] = 1
    for subset in 1..<(mask + 1) where subset & ~mask == 0 {
      for last in p.indices where subset >> last & 1 == 1 {
        let before = subset & ~(1 << last)
        table[subset] += table[before] * p[last] / remaining(without: before | removed)
      }
    }
    return table[mask]
  }

  private func remaining(without mask: Int) -> Double {
    p.indices.reduce(rest) { mask >> $1 & 1 == 1 ? $0 : $0 + p[$1] }
  }

  private var all: Int { (1 << p.count) - 1 }

  /// p(s) R(S, s).
  func weight(of s: Int) -> Double {
    p[s] * probability(of: all & ~(1 << s), without: 1 << s) / probability(of: all, without: 0)
  }

  /// The estimate of the mean cost for member s from the set it is in, which does not change the mean of the gradient.
  func baseline(without s: Int, costs: [Double]) -> Double {
    let others = all & ~(1 << s)
    let whole = probability(of: others, without: 1 << s)
    return p.indices.reduce(0) { sum, t in
      let ratio =
        t == s ? 1 : probability(of: others & ~(1 << t), without: 1 << s | 1 << t) / whole
      return sum + p[t] * ratio * costs[t]
    }
  }
}

extension GradientEstimator {
  /// Distinct samples, weighted whatever their order, with their own baseline.
  public static func unorderedSet<D>(samples: Int = 2) -> Self where Self == UnorderedSet<D> {
    UnorderedSet(samples: samples)
  }
}
