import DiscreteTesting
import RealModule
import Stochastics
import Tensors
import Testing

/// A structure by name, and how many states it has by theory.
struct CountedStructure: Sendable, CustomTestStringConvertible {
  let name: String
  let count: Int
  let structure: any Structure

  init(_ name: String, _ count: Int, _ structure: any Structure) {
    (self.name, self.count, self.structure) = (name, count, structure)
  }

  var testDescription: String { name }

  /// Of each kind: one and two elements, and then some.
  static let all: [CountedStructure] =
    [(1, 1), (1, 3), (2, 3), (4, 3)].map { n, k in
      let count = (0..<n).reduce(1) { product, _ in product * k }
      return .init("chain \(n)x\(k)", count, Chain(steps: n, labels: k))
    }
    + [(1, 1), (2, 2), (3, 4), (5, 16)].map {
      .init("segmentation \($0)", $1, Segmentation(steps: $0, longest: $0))
    }
    // Compositions of five into ones and twos, and with two labels for each segment of three.
    + [
      .init("segmentation 5, longest 2", 8, Segmentation(steps: 5, longest: 2)),
      .init("segmentation 3, 2 labels", 18, Segmentation(steps: 3, longest: 3, labels: 2)),
    ]
    + zip(1..., [1, 1, 2, 5, 14, 42]).map {
      .init("tree \($0)", $1, BinaryTree(leaves: $0))
    }
    + [.init("tree 3, 2 labels", 64, BinaryTree(leaves: 3, labels: 2))]
    + zip(1..., [1, 3, 13, 63]).map {
      .init("alignment \($0)", $1, Alignment(rows: $0, columns: $0))
    }
    + zip(1..., [1, 2, 5, 14, 42]).map { .init("brackets \($0)", $1, Brackets(pairs: $0)) }
    + zip(1..., [1, 3, 12, 55]).map {
      .init("projective \($0)", $1, ProjectiveDependencies(words: $0))
    }
    + zip(1..., [1, 2, 7, 30]).map {
      .init("projective \($0), one root", $1, ProjectiveDependencies(words: $0, roots: .one))
    }
    + zip(1..., [1, 3, 16, 125]).map {
      .init("arborescence \($0)", $1, Arborescence(words: $0))
    }
    + zip(1..., [1, 2, 9, 64]).map {
      .init("arborescence \($0), one root", $1, Arborescence(words: $0, roots: .one))
    }
    + zip(1..., [1, 1, 3, 16, 125]).map {
      .init("spanning tree \($0)", $1, SpanningTree(vertices: $0))
    }
}

private func logits(_ count: Int, seed: UInt64, scale: Scalar = 1) -> Tensor {
  var generator = Philox(seed: seed)
  return .randomNormal([count], using: &generator) * Tensor(scale)
}

private let isDouble = MemoryLayout<Scalar>.size == 8

/// Each law against the list of its states.
struct GibbsExactnessTests {
  static let tolerance = isDouble ? 1e-12 : 2e-5

  /// Scores, and the probabilities of the states that are listed, in double precision.
  private func enumeration<Shape: Structure>(
    _ shape: Shape, _ scores: [Double]
  ) -> (states: [[Int]], probabilities: [Double], logSum: Double) {
    let states = shape.engine.states()
    let sums = states.map { $0.reduce(0) { $0 + scores[$1] } }
    let largest = sums.max() ?? 0
    let weights = sums.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return (states, weights.map { $0 / total }, largest + log(total))
  }

  private func exp(_ x: Double) -> Double { .exp(x) }
  private func log(_ x: Double) -> Double { .log(x) }

  @Test(
    "states are as many as theory has, distinct, and their probabilities sum to one",
    arguments: CountedStructure.all)
  func counted(_ entry: CountedStructure) {
    func check<Shape: Structure>(_ shape: Shape) {
      let law = Gibbs(logits: logits(shape.partCount, seed: 1), structure: shape)
      #expect(law.stateCount == entry.count)
      let states = law.states()
      #expect(states.shape == [entry.count, shape.partCount])
      #expect(Set(shape.engine.states().map { $0.sorted() }).count == entry.count)
      let total = law.logProbability(states).exp().sum().item
      #expect(abs(Double(total) - 1) < Self.tolerance)
    }
    check(entry.structure)
  }

  @Test(
    "normalizer, marginals, entropy, divergences and covariance are those of the list",
    arguments: CountedStructure.all)
  func moments(_ entry: CountedStructure) {
    func check<Shape: Structure>(_ shape: Shape) {
      let n = shape.partCount
      guard n > 0 else { return }
      let (own, other, vector) = (
        logits(n, seed: 2, scale: 2), logits(n, seed: 3), logits(n, seed: 4)
      )
      let law = Gibbs(logits: own, structure: shape)
      let scores = own.scalars.map { Double($0) }
      let (states, p, logSum) = enumeration(shape, scores)
      let q = enumeration(shape, other.scalars.map { Double($0) })
      let tolerance = isDouble ? 1e-12 : 2e-4
      #expect(abs(Double(law.logNormalizer.item) - logSum) < tolerance * max(1, abs(logSum)))
      var mean = [Double](repeating: 0, count: n)
      for (state, chance) in zip(states, p) { for part in state { mean[part] += chance } }
      for (a, b) in zip(law.marginals.scalars, mean) { #expect(abs(Double(a) - b) < tolerance) }
      let entropy = p.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      #expect(abs(Double(law.entropy().item) - entropy) < tolerance)
      #expect(
        abs(Double(law.klDivergenceToUniform().item) - (log(Double(entry.count)) - entropy))
          < tolerance)
      let divergence = zip(p, q.probabilities).reduce(0) { $0 + $1.0 * (log($1.0) - log($1.1)) }
      let found = law.klDivergence(to: Gibbs(logits: other, structure: shape)).item
      #expect(abs(Double(found) - divergence) < tolerance)
      // Cov v = E[z <z, v>] - E[z] <E[z], v>.
      let g = vector.scalars.map { Double($0) }
      var product = mean.map { -$0 * zip(mean, g).reduce(0) { $0 + $1.0 * $1.1 } }
      for (state, chance) in zip(states, p) {
        let along = state.reduce(0) { $0 + g[$1] }
        for part in state { product[part] += chance * along }
      }
      for (a, b) in zip(law.covariance(times: vector).scalars, product) {
        #expect(abs(Double(a) - b) < tolerance)
      }
    }
    check(entry.structure)
  }

  @Test("gradients and second derivatives are those of differences")
  func derivatives() {
    func check<Shape: Structure>(_ shape: Shape) {
      let scores = logits(shape.partCount, seed: 5)
      let other = logits(shape.partCount, seed: 6)
      let states = Gibbs(logits: scores, structure: shape).states()
      var generator = Philox(seed: 7)
      let functions: [(String, ([Tensor]) -> Tensor)] = [
        ("normalizer", { Gibbs(logits: $0[0], structure: shape).logNormalizer }),
        ("marginals", { Gibbs(logits: $0[0], structure: shape).marginals }),
        ("entropy", { Gibbs(logits: $0[0], structure: shape).entropy() }),
        ("log-probability", { Gibbs(logits: $0[0], structure: shape).logProbability(states) }),
        (
          "divergence",
          {
            Gibbs(logits: $0[0], structure: shape)
              .klDivergence(to: Gibbs(logits: $0[0] * 0.5 + other, structure: shape))
          }
        ),
      ]
      for order in 1...2 {
        for (name, function) in functions {
          let report = checkGradient(of: function, at: [scores], order: order, using: &generator)
          #expect(report.passed, "\(Shape.self), \(name), order \(order): \(report)")
        }
      }
    }
    check(Chain(steps: 3, labels: 2))
    check(Segmentation(steps: 4, longest: 3))
    check(BinaryTree(leaves: 4))
    check(Alignment(rows: 2, columns: 3))
    check(Brackets(pairs: 3))
    check(ProjectiveDependencies(words: 3))
    check(Arborescence(words: 3))
    check(Arborescence(words: 3, roots: .one))
    check(SpanningTree(vertices: 4))
  }

  @Test(
    "the mode has the largest score of all states: 10,000 laws of whole scores, with ties",
    arguments: CountedStructure.all)
  func mode(_ entry: CountedStructure) {
    func check<Shape: Structure>(_ shape: Shape) {
      var generator = Philox(seed: 8)
      let states = shape.engine.states()
      for _ in 0..<10_000 {
        let scores = (0..<shape.partCount).map { _ in (generator.uniform() * 7).rounded() - 3 }
        let mode = shape.engine.mode(of: scores)
        #expect(states.contains { $0.sorted() == mode.sorted() })
        let best = states.map { $0.reduce(0) { $0 + scores[$1] } }.max()
        #expect(mode.reduce(0) { $0 + scores[$1] } == best)
      }
    }
    check(entry.structure)
  }

  @Test("samples have the law: chi-square of 20,000 draws, false alarms below 1e-6 each")
  func sampled() {
    func check<Shape: Structure>(_ shape: Shape) {
      let check = DistributionCheck(
        at: logits(shape.partCount, seed: 9), tolerance: 100 * Self.tolerance
      ) { Gibbs(logits: $0, structure: shape) }
      #expect(check.failures(draws: 20_000, falseAlarmRate: 1e-6, seed: 10) == [], "\(Shape.self)")
    }
    check(Chain(steps: 3, labels: 3))
    check(Segmentation(steps: 5, longest: 3, labels: 2))
    check(BinaryTree(leaves: 5))
    check(BinaryTree(leaves: 3, labels: 2))
    check(Alignment(rows: 3, columns: 3))
    check(Brackets(pairs: 4))
    check(ProjectiveDependencies(words: 3))
    check(ProjectiveDependencies(words: 4, roots: .one))
    check(Arborescence(words: 3))
    check(Arborescence(words: 4, roots: .one))
    check(SpanningTree(vertices: 5))
  }

  @Test("walks that do not end are cut, and the samples have the law all the same")
  func slowWalks() {
    func check<Shape: Structure>(_ shape: Shape, _ rare: [(part: Int, score: Scalar)]) {
      var scores = [Scalar](repeating: 0, count: shape.partCount)
      for (part, score) in rare { scores[part] = score }
      let law = Gibbs(logits: Tensor(scores), structure: shape)
      let check = DistributionCheck(at: law.logits, tolerance: 100 * Self.tolerance) {
        Gibbs(logits: $0, structure: shape)
      }
      var generator = Philox(seed: 11)
      #expect(
        check.frequencyFailures(
          of: law, in: law.sample(5000, using: &generator), falseAlarmRate: 1e-6) == [],
        "\(Shape.self)")
    }
    // Three words that lead to each other e^20 times more often than to the root.
    let words = Arborescence(words: 3)
    check(words, (1...3).map { (words.part(from: 0, to: $0), -20 - Scalar($0)) })
    // Three that lead to each other more often than to the only child of the root.
    let child = Arborescence(words: 4, roots: .one)
    check(
      child,
      (2...4).flatMap {
        [
          (child.part(from: 0, to: $0), -60 - Scalar($0)),
          (child.part(from: 1, to: $0), -20 - Scalar($0)),
        ]
      })
    // Two pairs of vertices with weak lines between them.
    let pairs = SpanningTree(vertices: 4)
    check(
      pairs,
      [0, 1].flatMap { i in [2, 3].map { (pairs.part(between: i, and: $0), -20 - Scalar($0 - i)) } }
    )
  }

  @Test("estimators apply: Exact and leave-one-out over all samples have the exact gradient")
  func estimators() {
    let shape = BinaryTree(leaves: 4)
    let scores = logits(shape.partCount, seed: 16)
    let weights = logits(shape.partCount, seed: 17)
    let exact = gradient(at: scores) { logits in
      let q = Gibbs(logits: logits, structure: shape)
      let states = q.states()
      return (q.logProbability(states).exp() * Cost.quadratic(states.tensor * weights)).sum()
    }
    var (estimator, generator) = (Exact<Gibbs<BinaryTree>>(), Philox(seed: 0))
    let found = gradient(at: scores) { logits in
      estimator.expectation(
        over: Gibbs(logits: logits, structure: shape), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in Cost.quadratic(z * weights) })
    }
    for (a, b) in zip(exact.scalars, found.scalars) {
      #expect(abs(Double(a - b)) < 100 * Self.tolerance)
    }
  }

  @Test("what no law has is refused")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = Gibbs(logits: Tensor([0, .nan]), structure: SpanningTree(vertices: 2))
    }
    await #expect(processExitsWith: .failure) {
      _ = Gibbs(logits: Tensor([-.infinity]), structure: SpanningTree(vertices: 2))
    }
    await #expect(processExitsWith: .failure) { _ = Chain(steps: 0, labels: 2) }
    await #expect(processExitsWith: .failure) {
      _ = BinaryTree(leaves: 2).places(of: BinaryTree(leaves: 3))
    }
  }
}
