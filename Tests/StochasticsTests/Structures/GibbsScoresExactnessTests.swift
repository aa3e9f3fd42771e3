import DiscreteTesting
import RealModule
import Stochastics
import Tensors
import Testing

/// Laws over structures of scores that are shifted, far apart or forbidden, against lists of
/// states.
struct GibbsScoresExactnessTests {
  private static let isDouble = MemoryLayout<Scalar>.size == 8
  private static let tolerance = isDouble ? 1e-11 : 2e-5

  /// One of each kind, of some size.
  private static let structures = CountedStructure.all.filter {
    [
      "chain 4x3", "segmentation 5", "segmentation 3, 2 labels", "tree 5", "tree 3, 2 labels",
      "alignment 4", "brackets 4", "projective 4", "projective 4, one root", "arborescence 4",
      "arborescence 4, one root", "spanning tree 5",
    ].contains($0.name)
  }

  private func scores(_ count: Int, seed: UInt64, scale: Double = 1) -> Tensor {
    var generator = Philox(seed: seed)
    return .randomNormal([count], using: &generator) * Tensor(Scalar(scale))
  }

  /// What a list of states says of scores.
  private struct Listed {
    var (logSum, entropy) = (0.0, 0.0)
    var (chances, logChances): ([Double], [Double])
    var mean: [Double]

    init(_ structure: some Structure, _ scores: Tensor) {
      let numbers = scores.scalars.map { Double($0) }
      let states = structure.engine.states()
      let sums = states.map { $0.reduce(0) { $0 + numbers[$1] } }
      let largest = sums.max() ?? 0
      let total = sums.reduce(0) { $0 + .exp($1 - largest) }
      logSum = largest + .log(total)
      chances = sums.map { .exp($0 - largest) / total }
      logChances = sums.map { $0 - largest - .log(total) }
      entropy = chances.reduce(0) { $1 > 0 ? $0 - $1 * .log($1) : $0 }
      mean = [Double](repeating: 0, count: numbers.count)
      for (state, chance) in zip(states, chances) { for part in state { mean[part] += chance } }
    }
  }

  private func expectEqual(
    _ found: Tensor, _ expected: [Double], _ tolerance: Double, _ what: String
  ) {
    #expect(found.count == expected.count)
    for (place, pair) in zip(found.scalars, expected).enumerated() {
      let error = abs(Double(pair.0) - pair.1)
      #expect(error < tolerance, "\(what) \(place): \(error)")
    }
  }

  @Test("a number added to all scores adds its multiple to A and changes nothing else")
  func shift() {
    func check<Shape: Structure>(_ structure: Shape, partsOfState: Int) {
      let own = scores(structure.partCount, seed: 21)
      let (law, shifted) = (
        Gibbs(logits: own, structure: structure), Gibbs(logits: own + 4, structure: structure)
      )
      let gain = Double(shifted.logNormalizer.item) - Double(law.logNormalizer.item)
      #expect(abs(gain - 4 * Double(partsOfState)) < 10 * Self.tolerance, "\(structure)")
      expectEqual(
        shifted.marginals, law.marginals.scalars.map { Double($0) }, Self.tolerance, "marginal")
      #expect(abs(Double(shifted.entropy().item - law.entropy().item)) < Self.tolerance)
      #expect(abs(Double(shifted.klDivergence(to: law).item)) < 10 * Self.tolerance)
    }
    check(Chain(steps: 4, labels: 3), partsOfState: 7)
    check(BinaryTree(leaves: 5), partsOfState: 9)
    check(BinaryTree(leaves: 3, labels: 2), partsOfState: 5)
    check(Brackets(pairs: 4), partsOfState: 8)
    check(ProjectiveDependencies(words: 4), partsOfState: 4)
    check(ProjectiveDependencies(words: 4, roots: .one), partsOfState: 4)
    check(Arborescence(words: 4), partsOfState: 4)
    check(Arborescence(words: 4, roots: .one), partsOfState: 4)
    check(SpanningTree(vertices: 5), partsOfState: 4)
  }

  @Test(
    "scores of any size: A to the last digit, entropy, divergence and slopes",
    arguments: [1, 1e2, 1e4, 8e5])
  func far(scale: Double) {
    func check<Shape: Structure>(_ structure: Shape) {
      let n = structure.partCount
      let own = scores(n, seed: 22, scale: scale)
      let other = own + scores(n, seed: 23)
      let (p, q) = (Listed(structure, own), Listed(structure, other))
      let law = Gibbs(logits: own, structure: structure)
      // Both sums are in double precision; then there is one rounding.
      let digit = max(1, abs(p.logSum)) * Double(Scalar.ulpOfOne)
      #expect(abs(Double(law.logNormalizer.item) - p.logSum) < 8 * digit, "\(structure)")
      expectEqual(law.marginals, p.mean, 1e-6, "\(structure), marginal")
      #expect(abs(Double(law.entropy().item) - p.entropy) < 1e-6, "\(structure)")
      let logs = law.logProbability(law.states())
      #expect(logs.scalars.allSatisfy { $0 <= 0 })
      expectEqual(logs.exp(), p.chances, 1e-6, "\(structure), state")
      let divergence = zip(p.chances, zip(p.logChances, q.logChances)).reduce(0) {
        $0 + $1.0 * ($1.1.0 - $1.1.1)
      }
      let found = law.klDivergence(to: Gibbs(logits: other, structure: structure)).item
      #expect(abs(Double(found) - divergence) < 1e-5 * max(1, divergence), "\(structure)")
      let slopes = gradient(at: own) { logits in
        let law = Gibbs(logits: logits, structure: structure)
        return law.entropy() + (law.marginals * other).sum() / Scalar(scale) + law.logNormalizer
      }
      #expect(slopes.allFinite, "\(structure)")
    }
    for entry in Self.structures { check(entry.structure) }
  }

  @Test(
    "every third part forbidden, in three ways: the law of the states that are left",
    arguments: structures)
  func forbidden(_ entry: CountedStructure) {
    func check<Shape: Structure>(_ structure: Shape, _ offset: Int) {
      var numbers = scores(structure.partCount, seed: 24).scalars
      for part in stride(from: offset, to: numbers.count, by: 3) { numbers[part] = -.infinity }
      let logits = Tensor(numbers)
      guard
        structure.engine.chart(of: numbers.map { Double($0) }, rows: 1).logNormalizers[0]
          > -.infinity
      else {
        let states = structure.engine.states()
        #expect(states.allSatisfy { $0.contains { numbers[$0] == -.infinity } })
        return
      }
      let p = Listed(structure, logits)
      let variable = logits.variable()
      let law = Gibbs(logits: variable, structure: structure)
      #expect(abs(Double(law.logNormalizer.item) - p.logSum) < 10 * Self.tolerance)
      #expect(abs(Double(law.entropy().item) - p.entropy) < Self.tolerance)
      expectEqual(law.marginals, p.mean, Self.tolerance, "marginal")
      expectEqual(
        law.logProbability(law.states()).exp(), p.chances, Self.tolerance, "state")
      let mode = Set(structure.engine.mode(of: numbers.map { Double($0) }))
      #expect(mode.allSatisfy { numbers[$0] > -.infinity })
      var generator = Philox(seed: 25)
      let drawn = law.sample(100, using: &generator).tensor.sum(along: 0).scalars
      let weights = scores(numbers.count, seed: 26)
      let first = gradients(
        of: law.logNormalizer + law.entropy() + (law.marginals * weights).sum(),
        withRespectTo: [variable], differentiable: true)[0]
      let second = gradients(
        of: (first * weights + first * first).sum(), withRespectTo: [variable])[0]
      #expect(first.allFinite && second.allFinite)
      for part in numbers.indices where p.mean[part] == 0 {
        #expect(drawn[part] == 0)
        // Parts that the others forbid may have a rounding error.
        let largest = numbers[part] == -.infinity ? 0 : Self.tolerance
        for values in [law.marginals, first, second] {
          #expect(abs(Double(values.scalars[part])) <= largest)
        }
      }
    }
    for offset in 0..<3 { check(entry.structure, offset) }
  }

  @Test("scores that forbid everything leave no state", arguments: CountedStructure.all)
  func impossible(_ entry: CountedStructure) {
    func check(_ structure: some Structure) {
      let n = structure.partCount
      let sum = structure.engine.chart(of: [Double](repeating: -.infinity, count: n), rows: 1)
        .logNormalizers[0]
      // A lone vertex is a tree without lines, and the first cell of an alignment has no step.
      let hasParts = structure.engine.states().allSatisfy { !$0.isEmpty }
      #expect(sum == (hasParts ? -.infinity : 0))
    }
    check(entry.structure)
  }

  @Test("the slopes of the covariance, and those of the slopes, are those of differences")
  func higherDerivatives() {
    func check<Shape: Structure>(_ structure: Shape) {
      let n = structure.partCount
      var generator = Philox(seed: 27)
      for order in 1...2 {
        let covariance = checkGradient(
          of: { Gibbs(logits: $0[0], structure: structure).covariance(times: $0[1]) },
          at: [scores(n, seed: 28), scores(n, seed: 29)], order: order, using: &generator)
        #expect(covariance.passed, "\(structure), order \(order): \(covariance)")
        let divergence = checkGradient(
          of: { Gibbs(logits: $0[0], structure: structure).klDivergenceToUniform() },
          at: [scores(n, seed: 30)], order: order, using: &generator)
        #expect(divergence.passed, "\(structure), order \(order): \(divergence)")
      }
    }
    check(Chain(steps: 3, labels: 2))
    check(Segmentation(steps: 3, longest: 2, labels: 2))
    check(BinaryTree(leaves: 4))
    check(BinaryTree(leaves: 3, labels: 2))
    check(Alignment(rows: 2, columns: 3))
    check(Brackets(pairs: 3))
    check(ProjectiveDependencies(words: 3))
    check(ProjectiveDependencies(words: 3, roots: .one))
    check(Arborescence(words: 3))
    check(Arborescence(words: 3, roots: .one))
    check(SpanningTree(vertices: 4))
  }

  @Test("more states than are listed are counted")
  func counts() {
    #expect((7...9).map { BinaryTree(leaves: $0).engine.stateCount } == [132, 429, 1430])
    #expect((5...6).map { Alignment(rows: $0, columns: $0).engine.stateCount } == [321, 1683])
    #expect(Alignment(rows: 2, columns: 4).engine.stateCount == 7)
    #expect(ProjectiveDependencies(words: 5).engine.stateCount == 273)
    #expect(ProjectiveDependencies(words: 5, roots: .one).engine.stateCount == 143)
    #expect(SpanningTree(vertices: 6).engine.stateCount == 1296)
    #expect(Arborescence(words: 5).engine.stateCount == 1296)
    #expect(Arborescence(words: 5, roots: .one).engine.stateCount == 625)
    #expect(Segmentation(steps: 30, longest: 30).engine.stateCount == 1 << 29)
    #expect(Chain(steps: 62, labels: 2).engine.stateCount == 1 << 62)
    #expect(Chain(steps: 63, labels: 2).engine.stateCount == nil)
    #expect(BinaryTree(leaves: 60).engine.stateCount == nil)
    #expect(SpanningTree(vertices: 30).engine.stateCount == nil)
  }
}
