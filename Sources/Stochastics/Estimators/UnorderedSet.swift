import RealModule
public import Tensors

/// The unordered-set estimator: k distinct samples, weighted as if every order of drawing them had
/// been averaged.
///
/// With S drawn without replacement, the sum over s in S of p(s) R(S, s) (f(s) - b_s) grad log
/// p(s), where R(S, s) is the probability of the other members from the states without s, over that
/// of S, and b_s the same estimate of E[f] from the others in S.
///
/// - Bias: unbiased.
/// - Cost calls: `samples`, all distinct.
/// - Requires: any cost; two samples or more for the baseline, at most ten since 2^k subsets are
///   summed.
/// - State: none.
/// - Reference: Kool, van Hoof and Welling (2020), Estimating gradients for discrete random
///   variables by sampling without replacement.
public struct UnorderedSet<Distribution: DistinctSampling>: BlackBoxGradientEstimator, Stateless {
  public let samples: Int

  /// Traps unless there are one to ten samples.
  public init(samples: Int = 2) {
    require(
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
    let rest = q.logProbability(excluding: states).scalars.map { Double($0) }
    let costs = f.scalars.map { Double($0) }
    var weights = [Scalar](repeating: 0, count: samples * count)
    var signals = weights
    for row in 0..<count {
      let set = SetProbabilities(
        (0..<samples).map { logs[$0 * count + row] }, rest: rest[row])
      // From the first on, so that equal costs leave nothing; a single one has no baseline.
      let origin = samples > 1 && costs[row].isFinite ? costs[row] : 0
      let members = (0..<samples).map { costs[$0 * count + row] - origin }
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

/// Probabilities of drawing sets without replacement, sums of positive terms only, in logarithms:
/// members may be as improbable as they like.
private struct SetProbabilities {
  /// The log-probabilities of the members.
  let logs: [Double]
  /// The mass of all states that are not members.
  let rest: Double

  init(_ logs: [Double], rest: Double) {
    self.logs = logs
    self.rest = rest
  }

  /// The log-probability that the members in `mask` are the first drawn, where those in `removed`
  /// cannot be drawn.
  ///
  /// The last one drawn is summed over, from smaller sets to larger ones.
  private func logProbability(of mask: Int, without removed: Int) -> Double {
    var table = [Double](repeating: 0, count: mask + 1)
    for subset in 1..<(mask + 1) where subset & ~mask == 0 {
      table[subset] = logSumExp(
        logs.indices.filter { subset >> $0 & 1 == 1 }.map { last in
          let before = subset & ~(1 << last)
          return table[before] + logs[last] - remaining(without: before | removed)
        })
    }
    return table[mask]
  }

  private func remaining(without mask: Int) -> Double {
    logSumExp([rest] + logs.indices.filter { mask >> $0 & 1 == 0 }.map { logs[$0] })
  }

  private var all: Int { (1 << logs.count) - 1 }

  /// p(s) R(S, s).
  func weight(of s: Int) -> Double {
    Double.exp(
      logs[s] + logProbability(of: all & ~(1 << s), without: 1 << s)
        - logProbability(of: all, without: 0))
  }

  /// The estimate of the mean cost for member s from the set it is in, which does not change the
  /// mean of the gradient.
  func baseline(without s: Int, costs: [Double]) -> Double {
    let others = all & ~(1 << s)
    let whole = logProbability(of: others, without: 1 << s)
    return logs.indices.reduce(0) { sum, t in
      let ratio =
        t == s ? 0 : logProbability(of: others & ~(1 << t), without: 1 << s | 1 << t) - whole
      return sum + Double.exp(logs[t] + ratio) * costs[t]
    }
  }
}

extension GradientEstimator {
  /// Distinct samples, weighted whatever their order, with their own baseline.
  public static func unorderedSet<D>(samples: Int = 2) -> Self where Self == UnorderedSet<D> {
    UnorderedSet(samples: samples)
  }
}
