public import Tensors

/// DisARM for categorical variables, each a tree of binary decisions.
///
/// A class is reached by decisions from the root; the decisions of two samples are antithetic, and
/// each gets the slope of ``DisARM`` in its own log-odds where at least one of the samples came by
/// it. The log-odds are functions of the class logits, through which the slopes go on.
///
/// - Bias: unbiased.
/// - Cost calls: two for each pair, in one batch.
/// - Requires: categorical variables; any cost.
/// - State: none.
/// - Reference: Dong, Mnih and Tucker (2021), Coupled gradient estimators for discrete latent
///   variables.
public struct CategoricalDisARM: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Categorical

  /// The shape of the tree.
  public enum Tree: String, Sendable, CaseIterable {
    /// One class after the other is taken or left.
    case stickBreaking = "stick-breaking"
    /// Every decision halves the classes.
    case balanced
  }

  public let tree: Tree
  public let pairs: Int

  /// Traps unless `pairs` is positive.
  public init(tree: Tree = .balanced, pairs: Int = 1) {
    require(pairs > 0, "categorical DisARM with \(pairs) pairs")
    self.tree = tree
    self.pairs = pairs
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Categorical) -> Int? { 2 * pairs }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Categorical, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Classes, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let shape = Array(q.logits.shape.dropLast())
    let uniforms = Tensor.randomUniform(
      [pairs] + shape + [q.classCount - 1], using: &generator)
    return try expectation(over: q, uniforms: uniforms, using: &generator, cost)
  }

  /// The estimate of given uniforms [pairs] + batch + [n, K - 1], one for each decision.
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Categorical, uniforms: Tensor, using generator: inout G,
    _ cost: (Classes, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    guard q.classCount > 1 else {
      let only = Indices(
        [Int](repeating: 0, count: pairs * q.logits.count),
        shape: [pairs] + q.logits.shape.dropLast())
      return try cost(Classes(only, classCount: 1), &generator).mean(along: 0)
    }
    let nodes = decisions(q.classCount)
    // A masked class is as good as one at the end of the range, and spares the derivative an
    // infinity.
    let logits = maximum(q.logits, Tensor(-1e30))
    let odds = stack(
      nodes.map { node in
        logits.sliced(along: -1, node.middle..<node.end).logSumExp(along: -1)
          - logits.sliced(along: -1, node.start..<node.middle).logSumExp(along: -1)
      }, along: logits.rank - 1)
    let pair = Bernoulli(logits: odds).antitheticPair(uniforms)
    let first = walk(pair.first, nodes, classes: q.classCount)
    let second = walk(pair.second, nodes, classes: q.classCount)
    let f = try cost(
      q.harden(concatenate([first.classes, second.classes], along: 0)), &generator)
    let difference = pair.halfDifference(of: f.detached())
    let slopes =
      difference.expandingDimensions(at: difference.rank) * pair.disagreement
      * Bernoulli(logits: odds).certainty * maximum(first.reached, second.reached)
    let value = f.mean(along: 0)
    return value.pulling(slopes.mean(along: 0), into: odds)
  }

  /// A decision between the classes start..<middle, for zero, and middle..<end, for one.
  private struct Decision {
    let start: Int
    let middle: Int
    let end: Int
  }

  /// From the root downwards.
  private func decisions(_ classes: Int) -> [Decision] {
    var pending = [0..<classes]
    var result: [Decision] = []
    while let range = pending.popLast() {
      guard range.count > 1 else { continue }
      let middle =
        tree == .balanced ? (range.lowerBound + range.upperBound) / 2 : range.lowerBound + 1
      result.append(Decision(start: range.lowerBound, middle: middle, end: range.upperBound))
      pending += [range.lowerBound..<middle, middle..<range.upperBound]
    }
    return result
  }

  /// One-hot rows of the classes that decisions lead to, and which decisions were come by.
  private func walk(
    _ bits: Tensor, _ nodes: [Decision], classes: Int
  ) -> (classes: Tensor, reached: Tensor) {
    let shape = Array(bits.shape.dropLast())
    var reach: [Range<Int>: Tensor] = [0..<classes: .ones(shape)]
    var reached: [Tensor] = []
    for (index, node) in nodes.enumerated() {
      let here = reach[node.start..<node.end] ?? .zeros(shape)
      let bit = bits.sliced(along: -1, at: index)
      reached.append(here)
      reach[node.middle..<node.end] = here * bit
      reach[node.start..<node.middle] = here * (1 - bit)
    }
    let leaves = (0..<classes).map { reach[$0..<($0 + 1)] ?? .zeros(shape) }
    return (
      stack(leaves, along: shape.count), stack(reached, along: shape.count)
    )
  }
}

extension GradientEstimator where Self == CategoricalDisARM {
  /// DisARM over a tree of binary decisions.
  public static func categoricalDisARM(
    tree: CategoricalDisARM.Tree = .balanced, pairs: Int = 1
  ) -> CategoricalDisARM {
    CategoricalDisARM(tree: tree, pairs: pairs)
  }
}
