import DiscreteTesting
import Models
import Stochastics
import Tensors
import Testing

/// A law whose log-probability is that of other logits than its choices, or its samples are.
private struct Wrong: ChoiceLaw {
  let choosing: Bernoulli
  let scoring: Bernoulli
  let drawing: Bernoulli

  static func point(_ sample: Bits) -> Tensor { Bernoulli.point(sample) }
  var batch: [Int] { choosing.batch }
  var choiceCount: Int { choosing.choiceCount }
  func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    drawing.sample(count, using: &generator)
  }
  func logProbability(_ sample: Bits) -> Tensor { scoring.logProbability(sample) }
  func choices(samples: Int) -> IndependentChoices { choosing.choices(samples: samples) }
  func choices(of sample: Bits) -> [Int32] { choosing.choices(of: sample) }
  func sample(_ samples: Int, of choices: [Int32]) -> Bits { choosing.sample(samples, of: choices) }
}

extension Wrong: EnumerableDistribution {
  var stateCount: Int? { scoring.stateCount }
  func states() -> Bits { scoring.states() }
}

struct CodeCheckTests {
  /// 1,000 samples of each law and 4.5 standard errors: a false-alarm rate of 1e-5 for each.
  @Test func lawsPass() {
    var noise = Philox(seed: 51)
    func passes(_ law: some ChoiceLaw) {
      let failures = CodeCheck(law).failures(seed: 52)
      #expect(failures.isEmpty, "\(failures)")
    }
    passes(Bernoulli(logits: .randomNormal([2, 5], using: &noise)))
    passes(Categorical(logits: .randomNormal([3, 4], using: &noise)))
    passes(PlackettLuce(logScores: .randomNormal([5], using: &noise)))
    passes(TopPlackettLuce(logScores: .randomNormal([2, 6], using: &noise), places: 2))
    passes(KSubset(logits: .randomNormal([7], using: &noise), size: 3))
    passes(HiddenMarkovModel(states: 3, vocabulary: 4, length: 4, using: &noise))
    passes(
      SequenceGenerator(
        vocabulary: 4, length: 4, embeddingSize: 3, units: 4, end: 1, deviation: 1, using: &noise))
  }

  @Test func whatDoesNotBelongTogetherIsFound() {
    let (one, other) = (Bernoulli(logits: [1, -1, 0.5]), Bernoulli(logits: [1, -1, 0.9]))
    for law in [
      Wrong(choosing: other, scoring: one, drawing: one),
      Wrong(choosing: one, scoring: other, drawing: one),
    ] {
      #expect(CodeCheck(law).failures(seed: 53).count == 1)
    }
    let far = Bernoulli(logits: [1, -1, 3])
    #expect(
      CodeCheck(Wrong(choosing: one, scoring: one, drawing: far)).failures(seed: 53).count == 1)
  }
}
