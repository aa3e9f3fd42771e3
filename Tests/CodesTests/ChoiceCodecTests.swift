import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

@testable import Codes

struct ChoiceCodecTests {
  /// Writes and reads 25 samples of each of 1,000 laws, and compares the length with what they are
  /// worth: 64 bits of the state, and what rounding of frequencies costs.
  static func check<Law: ChoiceLaw>(
    _ make: (inout Philox) -> Law, same: (Law.Sample, Law.Sample) -> Bool
  ) throws {
    var noise = Philox(seed: 11)
    for _ in 0..<1000 {
      let law = make(&noise)
      let sample = law.sample(25, using: &noise)
      let codec = ChoiceCodec(law, samples: 25, precision: 24)
      var message = ANS(lanes: 3)
      try codec.push(sample, onto: &message)
      let nats = law.logProbability(sample).scalars.reduce(0.0) { $0 - Double($1) }
      let ideal = nats / 0.6931471805599453
      #expect(Double(message.bitCount) < ideal * 1.0005 + 3 * 64 + 1)
      #expect(Double(message.bitCount) > ideal * 0.9995 + 3 * 31 - 1)
      #expect(same(try codec.pop(from: &message), sample))
      #expect(message == ANS(lanes: 3))
    }
  }

  @Test func bits() throws {
    try Self.check(
      { noise in
        let logits = Tensor.randomNormal([2, 7], using: &noise) * 4
        return Bernoulli(logits: logits)
      }, same: { $0.values == $1.values && $0.shape == $1.shape })
  }

  @Test func classesOfWhichSomeAreMasked() throws {
    try Self.check(
      { noise in
        let logits = Tensor.randomNormal([2, 3, 5], using: &noise) * 3
        let mask = Tensor.randomUniform([2, 3, 5], using: &noise) .< 0.3
        let open = Indices([0], shape: [1]).oneHot(classes: 5)
        return Categorical(
          logits: select(mask * (1 - open), Tensor(-Scalar.infinity), logits))
      }, same: ==)
  }

  @Test func ordersAndTheirFirstPlaces() throws {
    try Self.check(
      { noise in
        PlackettLuce(logScores: .randomNormal([2, 6], using: &noise) * 3)
      }, same: ==)
    try Self.check(
      { noise in
        TopPlackettLuce(logScores: .randomNormal([6], using: &noise) * 3, places: 3)
      }, same: ==)
  }

  @Test func subsets() throws {
    try Self.check(
      { noise in
        let size = Int.random(in: 0...8, using: &noise)
        return KSubset(logits: .randomNormal([3, 8], using: &noise) * 4, size: size)
      }, same: { $0.values == $1.values && $0.shape == $1.shape })
  }

  @Test func sequences() throws {
    try Self.check(
      { noise in
        let end = Bool.random(using: &noise) ? 0 : nil
        return SequenceGenerator(
          vocabulary: 6, length: 5, embeddingSize: 3, units: 4, end: end, deviation: 1,
          using: &noise)
      }, same: ==)
    try Self.check(
      { noise in
        HiddenMarkovModel(states: 3, vocabulary: 4, length: 6, using: &noise)
      }, same: ==)
  }

  @Test func whatIsImpossibleIsRefused() {
    let law = Categorical(logits: Tensor([0, -.infinity], shape: [1, 2]))
    var message = ANS()
    #expect(throws: CodeError.self) {
      try ChoiceCodec(law).push(
        Classes(Indices([1], shape: [1, 1]), classCount: 2), onto: &message)
    }
  }

  @Test func rowsThatFillUpAreNotWritten() throws {
    var noise = Philox(seed: 12)
    let law = Bernoulli(logits: .randomNormal([4, 90], using: &noise))
    let sample = law.sample(1, using: &noise)
    var (part, all) = (ANS(), ANS())
    try ChoiceCodec(law, rows: 1).push(sample, onto: &part)
    try ChoiceCodec(law).push(sample, onto: &all)
    #expect(part.bitCount < all.bitCount)
    let read = try ChoiceCodec(law, rows: 1).pop(from: &part)
    #expect(read.values.prefix(90) == sample.values.prefix(90))
  }
}
