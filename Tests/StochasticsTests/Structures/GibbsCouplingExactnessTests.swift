import DiscreteTesting
import Stochastics
import Tensors
import TestSupport
import Testing

/// The noise of the choices by which a structure is drawn.
struct GibbsCouplingExactnessTests {
  static let isDouble = MemoryLayout<Scalar>.size == 8

  private func law<Shape: Structure>(_ structure: Shape, batch: [Int] = []) -> Gibbs<Shape> {
    var generator = Philox(seed: 71)
    return Gibbs(
      logits: .randomNormal(batch + [structure.partCount], using: &generator), structure: structure)
  }

  private func expectCoupling<Shape: Structure>(_ structure: Shape)
  where Shape.Engine == DerivationGraph {
    let law = law(structure, batch: [2])
    var generator = Philox(seed: 73)
    let free = law.perturbation(law.noise(100, using: &generator))
    let states = law.harden(free)
    let again = law.conditional(on: states, noise: law.conditionalNoise(of: free, given: states))
    #expect(((again - free).squared().scalars.max() ?? .infinity) < (Self.isDouble ? 1e-12 : 1e-3))
    let fresh = law.conditional(on: states, noise: law.noise(100, using: &generator))
    #expect(law.harden(fresh).tensor.scalars == states.tensor.scalars)
    #expect((fresh - free).squared().mean().item > 0.1)
    let cold = law.relax(free, temperature: 1e-5)
    #expect((cold - states.tensor).squared().mean().item < 1e-2)
    // Without noise and at a temperature of one the softmax of each node is its law.
    let log = law.perturbation(.zeros(like: free.sliced(along: 0, 0..<1)))
    let expected = law.relax(log, temperature: 1).sliced(along: 0, at: 0)
    let error = (expected - law.marginals).abs().scalars.max() ?? .infinity
    #expect(error < (Self.isDouble ? 1e-12 : 1e-5), "\(structure): \(error)")
  }

  @Test("perturbations of a state have that state, are those of their noise, and relax to it")
  func coupling() {
    expectCoupling(Chain(steps: 4, labels: 3))
    expectCoupling(BinaryTree(leaves: 5))
    expectCoupling(Segmentation(steps: 5, longest: 3))
    expectCoupling(Alignment(rows: 3, columns: 2))
    expectCoupling(Brackets(pairs: 3))
    expectCoupling(ProjectiveDependencies(words: 3))
    expectCoupling(BinaryTree(leaves: 1))
  }

  /// 20,000 draws of each law; false alarms 1e-6 each.
  @Test("the states of perturbations have the Gibbs law")
  func hardened() {
    func failures<Shape: Structure>(_ structure: Shape) -> [String]
    where Shape.Engine == DerivationGraph {
      let law = law(structure)
      var generator = Philox(seed: 79)
      let states = law.states().tensor
      let drawn = law.harden(law.perturbation(law.noise(20_000, using: &generator)))
      // A state is told by the one with which it shares all of its parts.
      let sizes = states.sum(along: -1)
      let shared = drawn.tensor.matmul(states.transposed())
      let misses =
        (shared - sizes).squared()
        + (drawn.tensor.sum(along: -1, keepingDimensions: true) - sizes).squared()
      let counts = misses.scalars.enumerated().reduce(
        into: [Double](repeating: 0, count: states.shape[0])
      ) { if $1.element == 0 { $0[$1.offset % states.shape[0]] += 1 } }
      let chances = law.logProbability(law.states()).exp().scalars
      #expect(counts.reduce(0, +) == 20_000)
      return zip(counts, chances).enumerated().compactMap { place, pair in
        let p = Double(pair.1)
        let z = (pair.0 - 20_000 * p) / (20_000 * p * (1 - p)).squareRoot()
        return abs(z) < 6 ? nil : "state \(place): \(z)"
      }
    }
    #expect(failures(Chain(steps: 3, labels: 2)) == [])
    #expect(failures(BinaryTree(leaves: 4)) == [])
    #expect(failures(Alignment(rows: 2, columns: 2)) == [])
  }

  /// 20,000 pairs; the means and squares of all keys within 5.5 standard errors, 1e-6 together.
  @Test("perturbations given the states of others have the law of perturbations")
  func conditionalLaw() {
    let law = law(BinaryTree(leaves: 4))
    var generator = Philox(seed: 83)
    let count = 20_000
    let given = law.conditional(
      on: law.sample(count, using: &generator), noise: law.noise(count, using: &generator))
    let log = law.perturbation(.zeros(like: given.sliced(along: 0, 0..<1)))
    // exp(-z) times the probability is exponential: its mean and its deviation are one.
    let times = (log - given).exp()
    let (mean, square) = (times.mean(along: 0).scalars, times.squared().mean(along: 0).scalars)
    for (mean, square) in zip(mean, square) {
      #expect(abs(Double(mean) - 1) < 5.5 / Double(count).squareRoot())
      #expect(abs(Double(square) - 2) < 5.5 * (20 / Double(count)).squareRoot())
    }
  }

  @Test("relaxed points and conditional keys agree with finite differences, first and second")
  func differences() {
    let structure = BinaryTree(leaves: 4)
    let base = law(structure)
    var generator = Philox(seed: 89)
    let noise = base.noise(2, using: &generator)
    let states = base.sample(2, using: &generator)
    let weights = Tensor.randomNormal([structure.partCount], using: &generator)
    for order in [1, 2] {
      let relaxed = checkGradient(
        of: { parameters in
          let law = Gibbs(logits: parameters[0], structure: structure)
          return (law.relax(law.perturbation(noise), temperature: parameters[1].exp()) * weights)
            .sum()
        }, at: [base.logits, Tensor(-0.3)], order: order, using: &generator)
      #expect(relaxed.passed, "\(relaxed)")
      let given = checkGradient(
        of: { parameters in
          let law = Gibbs(logits: parameters[0], structure: structure)
          return law.conditional(on: states, noise: noise).sin().sum()
        }, at: [base.logits], order: order, using: &generator)
      #expect(given.passed, "\(given)")
    }
  }

  @Test("a forbidden part is in no state, and has no noise")
  func forbidden() {
    var scores = [Scalar](repeating: 0, count: 8)
    scores[1] = -.infinity
    let law = Gibbs(logits: Tensor(scores), structure: Chain(steps: 2, labels: 2))
    var generator = Philox(seed: 97)
    let free = law.perturbation(law.noise(200, using: &generator))
    let states = law.harden(free)
    #expect(states.tensor.sliced(along: -1, at: 1).sum().item == 0)
    #expect(law.conditionalNoise(of: free, given: states).allFinite)
  }

  @Test("entries with structures of their own are refused")
  func refusal() async {
    await #expect(processExitsWith: .failure) {
      let law = Gibbs(
        logits: .zeros([2, 8]), structure: Chain(steps: 2, labels: 2),
        members: [Chain(steps: 1, labels: 2), Chain(steps: 2, labels: 2)])
      var generator = Philox(seed: 1)
      _ = law.noise(1, using: &generator)
    }
  }
}
