import Stochastics
import Tensors
import Testing

/// Identities that hold exactly, up to rounding, by listing all states.
@Suite struct DistributionExactnessTests {
  static let tolerance: Scalar = Numerics.isDouble ? 1e-12 : 2e-5
  static let bits = Tensor([0.3, -1.1, 0.8, 25, -0.4, 0], shape: [2, 3])
  static let otherBits = Tensor([-0.9, 0.4, 1.7])
  static let classes = Tensor(
    [0.3, -1.1, 0.8, 2, -.infinity, 0, 1.2, -0.7, 0.5, -20, 0.1, 0.9], shape: [2, 2, 3])
  static let otherClasses = Tensor([0, 0.4, -0.2, 1, -1, 0.6], shape: [2, 3])

  @Test("Probabilities sum to one")
  func total() {
    let b = Bernoulli(logits: Self.bits)
    let c = Categorical(logits: Self.classes)
    for logProbability in [b.logProbability(b.states()), c.logProbability(c.states())] {
      for total in logProbability.exp().sum(along: 0).scalars {
        #expect(abs(total - 1) <= Self.tolerance)
      }
    }
    let wide = Bernoulli(logits: Tensor((0..<16).map { Scalar($0) / 4 - 2 }))
    #expect(abs(wide.logProbability(wide.states()).exp().sum().item - 1) <= Self.tolerance)
  }

  @Test("Entropy and divergence are their definitions")
  func definitions() {
    let (b, b2) = (Bernoulli(logits: Self.bits), Bernoulli(logits: Self.otherBits))
    let (c, c2) = (Categorical(logits: Self.classes), Categorical(logits: Self.otherClasses))
    Self.check(
      b.entropy(), b.klDivergence(to: b2), b.logProbability(b.states()),
      b2.logProbability(b.states()))
    Self.check(
      c.entropy(), c.klDivergence(to: c2), c.logProbability(c.states()),
      c2.logProbability(c.states()))
  }

  static func check(_ entropy: Tensor, _ divergence: Tensor, _ own: Tensor, _ other: Tensor) {
    let p = own.exp()
    func mean(_ values: Tensor) -> Tensor { (p * select(p, values, 0)).sum(along: 0) }
    for error in (entropy + mean(own)).scalars { #expect(abs(error) <= tolerance) }
    for error in (divergence - mean(own - other)).scalars { #expect(abs(error) <= tolerance) }
  }

  @Test("Steps add up to the whole")
  func steps() {
    let b = Bernoulli(logits: Self.bits)
    let c = Categorical(logits: Self.otherClasses)
    for error in [
      b.logProbability(b.states()) - b.logProbabilities(b.states()).sum(along: -1),
      c.logProbability(c.states()) - c.logProbabilities(c.states()).sum(along: -1),
    ] {
      #expect(error.abs().max(along: 0).sum().item <= 10 * Self.tolerance)
    }
  }

  @Test("Two classes are a bit")
  func twoClasses() {
    let b = Bernoulli(logits: Self.otherBits)
    let pairs = stack([.zeros([3]), Self.otherBits], along: -1)
    let c = Categorical(logits: pairs)
    let error = b.logProbability(b.states()) - c.logProbability(c.states())
    #expect(error.abs().sum().item <= 10 * Self.tolerance)
    #expect(abs(b.entropy().item - c.entropy().item) <= Self.tolerance)
  }
}
