import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// Ways of following a reward, beside the exact gradient over all sequences of three tokens and
/// length four.
struct SequenceGradientTests {
  /// A reward of sequences [..., length] that no sum over tokens gives.
  static func reward(_ sequences: Classes) -> Tensor {
    let length = sequences.shape.last ?? 1
    return Tensor(
      (0..<sequences.indices.count / length).map { row in
        let tokens = sequences.indices.values[row * length..<(row + 1) * length]
        let runs = zip(tokens, tokens.dropFirst()).filter { $0 == $1 }.count
        return 2 + Scalar(tokens.reduce(0, +)) * 0.2 - Scalar(runs * runs) * 0.3
      }, shape: Array(sequences.shape.dropLast()))
  }

  static func flat(_ gradient: SequenceGenerator) -> [Double] {
    gradient.namedParameters().flatMap { $0.tensor.scalars.map { Double($0) } }
  }

  /// The gradient of the expected cost, which is the negative reward.
  static func exact(_ q: SequenceGenerator) -> [Double] {
    var q = q
    let states = q.states()
    let rewards = reward(states)
    return flat(
      valueWithGradient(at: &q) { -($0.logProbability(states).exp() * rewards).sum() }.gradient)
  }

  /// The largest |z| over all parameters of 400 estimates of 200 samples each, and the root of the
  /// summed variances of one.
  ///
  /// By Student's law with 399 degrees of freedom |z| > 5 at one of a hundred parameters has
  /// probability 1e-4.
  private static func score(
    of gradient: some SequenceGradient, factors: [Scalar] = [1, 1, 1, 1],
    for q: SequenceGenerator = smallGenerator()
  ) -> (z: Double, deviation: Double) {
    let (calls, rows) = (400, 200)
    let exact = exact(q)
    var generator = Philox(seed: 71)
    var moments = Moments(coordinates: exact.count)
    for _ in 0..<calls {
      var (point, estimator) = (q, gradient)
      let sample = q.sample(rows, using: &generator)
      let whole = reward(sample)
      let values = whole.expandingDimensions(at: 1) * Tensor(factors, shape: [1, 4])
      let slope = valueWithGradient(at: &point) {
        estimator.cost(
          of: $0, at: sample, reward: RewardToGo(values, total: whole), using: &generator)
      }.gradient
      moments.add(flat(slope))
    }
    let scores = moments.zScores(against: exact, rounding: 1e-5).map(abs)
    return (scores.max() ?? .infinity, moments.variance.reduce(0, +).squareRoot())
  }

  private static func relax(scale: Scalar) -> StepwiseRELAX {
    var generator = Philox(seed: 72)
    var relax = StepwiseRELAX(vocabulary: 3, stateSize: 3, using: &generator)
    relax.relax.critic.scale = Tensor(scale)
    return relax
  }

  @Test(
    "stepwise RELAX has the exact gradient as its mean, whatever its critic",
    arguments: [0, 2] as [Scalar])
  func relaxIsUnbiased(scale: Scalar) {
    #expect(Self.score(of: Self.relax(scale: scale)).z < 5)
  }

  /// Its token 0 ends a sequence.
  private static var ending: SequenceGenerator {
    let q = smallGenerator()
    return SequenceGenerator(
      embedding: q.embedding, recurrence: q.recurrence, output: q.output, length: 4, end: 0)
  }

  @Test("it has it too where sequences end, whose points stay ended")
  func ends() {
    #expect(Self.score(of: Self.relax(scale: 2), for: Self.ending).z < 5)
    var generator = Philox(seed: 76)
    let points = Self.ending.relaxed(500, temperature: 0.8, using: &generator)
    #expect(points.scalars.allSatisfy { $0 == 0 || $0 == 1 })
    let tokens = points.argmax(along: 2).values
    var ended = 0
    for place in tokens.indices where place % 4 > 0 && tokens[place - 1] == 0 {
      #expect(tokens[place] == 0)
      ended += 1
    }
    #expect(ended > 50)
  }

  @Test("the same test finds a reward that is discounted")
  func power() {
    #expect(Self.score(of: Self.relax(scale: 2), factors: [0.7, 0.8, 0.9, 1]).z > 5)
  }

  @Test("a baseline network of the state leaves the mean as it is")
  func networkIsUnbiased() {
    var generator = Philox(seed: 73)
    let network = NetworkBaseline(center: .zeros([3]), units: 5, using: &generator)
    #expect(Self.score(of: PolicyGradient(baseline: network)).z < 5)
  }

  @Test("critic and baseline network learn to lower the variance")
  func learns() throws {
    let q = smallGenerator()
    func trained<Gradient: SequenceGradient>(_ gradient: Gradient) throws -> Double {
      var trainer = Trainer(gradient, optimizer: Adam(), learningRate: 0.02)
      var generator = Philox(seed: 74)
      for _ in 0..<400 {
        let sample = q.sample(50, using: &generator)
        let whole = Self.reward(sample)
        let reward = RewardToGo(
          whole.expandingDimensions(at: 1).broadcast(to: [50, 4]), total: whole)
        _ = try trainer.descend { gradient in
          // The estimator's own loss rides on its result; the generator is tracked but stays.
          var tracked = q
          tracked.forEachParameter { tensor, _ in tensor = tensor.variable() }
          return gradient.cost(of: tracked, at: sample, reward: reward, using: &generator)
        }
      }
      return Self.score(of: trainer.model).deviation
    }
    let plain = Self.score(of: PolicyGradient(baseline: .none)).deviation
    var generator = Philox(seed: 75)
    let network = NetworkBaseline(center: .zeros([3]), units: 8, using: &generator)
    let learned = try trained(PolicyGradient(baseline: network))
    let relaxed = try trained(StepwiseRELAX(vocabulary: 3, stateSize: 3, using: &generator))
    #expect(learned < 0.8 * plain, "\(learned) of \(plain)")
    #expect(relaxed < 0.8 * plain, "\(relaxed) of \(plain)")
  }

  @Test("roll-outs of any token, and a state that is the prefix alone")
  func states() {
    let q = smallGenerator()
    let sequences = Classes(Indices([0, 1, 2, 0, 0, 1, 1, 2], shape: [2, 4]), classCount: 3)
    let states = q.states(before: sequences).features
    #expect(states.shape == [2, 4, 3])
    func state(_ row: Int, _ step: Int) -> [Scalar] {
      states.sliced(along: 0, at: row).sliced(along: 0, at: step).scalars
    }
    for step in 0..<3 { #expect(state(0, step) == state(1, step)) }
    #expect(state(0, 3) != state(1, 3))
  }
}
