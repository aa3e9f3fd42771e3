import Stochastics
import Tensors

/// The faults of mutants of the unordered-set estimator, one each.
package enum DistinctFault: String, CaseIterable, Sendable {
  case equalWeights = "weighs its members equally"
  case forgottenRest = "takes its members for all states"
  case singleOrder = "counts one order of drawing alone"
  case ownWeights = "has the estimate itself for a baseline"

  var breaks: Set<String> { [NoisePromise.mean, NoisePromise.noise] }
}

/// The unordered-set estimator written a second time, by the orders in which a set can be drawn,
/// with a fault or without.
///
/// Every ordered draw of three of the five binary trees over four leaves is listed.
package struct DistinctMutant {
  let fault: DistinctFault?

  package init(_ fault: DistinctFault?) { self.fault = fault }

  private static let samples = 3
  private static let problem = structured(BinaryTree(leaves: 4))
  private static let draws = problem.draws

  /// The probability of each state.
  private static let p: [Double] = {
    let q = draws.distribution(problem.parameters, draws.stateCount)
    return q.logProbability(draws.samples([Array(0..<draws.stateCount)])).exp()
      .scalars.map { Double($0) }
  }()

  /// Every ordered draw, as places of states.
  private static let orders: [[Int]] = (0..<samples).reduce([[]]) { orders, _ in
    orders.flatMap { order in
      p.indices.filter { !order.contains($0) }.map { order + [$0] }
    }
  }

  private static func cost(_ point: Tensor) -> Tensor { Cost.quadratic(problem.values(point)) }

  /// The probability that the members are drawn before all states that are neither in the set nor
  /// removed.
  private func chance(of members: [Int], of set: [Int], without removed: [Int]) -> Double {
    if members.isEmpty { return 1 }
    let pool = fault == .forgottenRest ? set : Array(Self.p.indices)
    let left = pool.filter { !removed.contains($0) }.reduce(0) { $0 + Self.p[$1] }
    let firsts = fault == .singleOrder ? members.prefix(1) : members[...]
    return firsts.reduce(0) { sum, first in
      sum + Self.p[first] / left
        * chance(of: members.filter { $0 != first }, of: set, without: removed + [first])
    }
  }

  private func weight(of s: Int, in set: [Int]) -> Double {
    fault == .equalWeights
      ? 1 / Double(set.count)
      : Self.p[s] * chance(of: set.filter { $0 != s }, of: set, without: [s])
        / chance(of: set, of: set, without: [])
  }

  private func baseline(of s: Int, in set: [Int], _ costs: [Double]) -> Double {
    if fault == .ownWeights { return set.reduce(0) { $0 + weight(of: $1, in: set) * costs[$1] } }
    let others = set.filter { $0 != s }
    let among = chance(of: others, of: set, without: [s])
    return set.reduce(0) { sum, t in
      let rest = others.filter { $0 != t }
      let ratio = t == s ? 1 : chance(of: rest, of: set, without: [s, t]) / among
      return sum + Self.p[t] * ratio * costs[t]
    }
  }

  package func finding() -> Finding {
    let (orders, parts) = (Self.orders, Self.problem.parameters.count)
    let q = Self.draws.distribution(Self.problem.parameters, 1)
    let states = q.states()
    let costs = Self.cost(Gibbs<BinaryTree>.point(states)).scalars.map { Double($0) }
    let scores = (states.tensor - q.marginals).reshaped([Self.p.count, parts])
    // The weight of each state in each draw, zero for those that are not drawn.
    let weights = orders.flatMap { order -> [Scalar] in
      var row = [Scalar](repeating: 0, count: Self.p.count)
      for state in order {
        row[state] = Scalar(
          weight(of: state, in: order) * (costs[state] - baseline(of: state, in: order, costs)))
      }
      return row
    }
    let own = Tensor(weights, shape: [orders.count, Self.p.count]).matmul(scores)
    let chances = orders.map { order in
      order.indices.reduce(1) { product, place in
        product * Self.p[order[place]]
          / (1 - order[..<place].reduce(0) { $0 + Self.p[$1] })
      }
    }
    let mean = Tensor(chances.map { Scalar($0) }, shape: [1, orders.count]).matmul(own)
    let exact = Tensor(
      zip(Self.p, costs).map { Scalar($0 * $1) }, shape: [1, Self.p.count]
    ).matmul(scores)
    var broken: Set<String> = []
    if distance(mean, exact) > quadratureTolerance { broken.insert(NoisePromise.mean) }
    if distance(own, Self.library()) > quadratureTolerance { broken.insert(NoisePromise.noise) }
    return Finding(
      "unordered set over trees that \(fault?.rawValue ?? "is sound")", broken: broken,
      expected: fault?.breaks ?? [])
  }

  /// The library's gradient of each draw, `[draws, parts]`.
  private static func library() -> Tensor {
    let states = draws.samples((0..<samples).map { place in orders.map { $0[place] } })
    var generator = Philox(seed: 0)
    let rows = Tensor.zeros([orders.count] + problem.parameters.shape) + problem.parameters
    let variable = rows.variable()
    let values = UnorderedSet<Gibbs<BinaryTree>>(samples: samples).expectation(
      over: problem.rows(variable), states: states, using: &generator
    ) { z, _ in cost(Gibbs<BinaryTree>.point(z)) }
    return gradients(of: values.sum(), withRespectTo: [variable])[0]
  }
}
