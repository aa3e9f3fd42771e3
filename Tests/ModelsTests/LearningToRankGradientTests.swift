import DiscreteTesting
import Formats
import Foundation
import Learning
import Models
import Tensors
import TestSupport
import Testing

/// Real graded documents, where a developer keeps them beside the package.
private let beside = realDataFolder + "/ltr-lightgbm"

struct LearningToRankGradientTests {
  @Test("NDCG by hand: grades 0, 2, 1 in that order")
  func discountedGain() throws {
    // Found: 0 + 3 / log2(3) + 1 / 2; best: 3 + 1 / log2(3).
    let log3 = 1.584962500721156
    let found = DiscountedGain.normalized(scores: [3, 2, 1], grades: [0, 2, 1], cutoff: 3)
    #expect(abs(try #require(found) - (3 / log3 + 0.5) / (3 + 1 / log3)) < 1e-12)
    #expect(DiscountedGain.normalized(scores: [3, 2, 1], grades: [0, 2, 1], cutoff: 1) == 0)
    #expect(DiscountedGain.normalized(scores: [1, 3, 2], grades: [0, 2, 1], cutoff: 9) == 1)
    #expect(DiscountedGain.normalized(scores: [1, 2], grades: [0, 0], cutoff: 2) == nil)
  }

  @Test("NDCG of equal scores is the mean over their orders, wherever the documents stand")
  func tiedGain() throws {
    #expect(DiscountedGain.normalized(scores: [1, 1], grades: [0, 1], cutoff: 1) == 0.5)
    for grades in [[10.0, 0, 0, 1, 5], [0, 0, 1, 5, 10], [10, 5, 1, 0, 0]] {
      let found = DiscountedGain.normalized(
        scores: [Double](repeating: 7, count: 5), grades: grades, cutoff: 5)
      #expect(abs(try #require(found) - 0.5964) < 5e-5)
    }
    // Every order of the tied ones, by hand.
    let (scores, grades) = ([2.0, 1, 2, 3, 1, 1], [1.0, 4, 0, 2, 3, 0])
    for cutoff in 1...6 {
      var (sum, count) = (0.0, 0)
      for order in RankingFitTests.permutations(of: 6)
      where zip(order, order.dropFirst()).allSatisfy({ scores[$0] >= scores[$1] }) {
        let distinct = scores.indices.map { item in -Double(order.firstIndex(of: item)!) }
        sum += try #require(
          DiscountedGain.normalized(scores: distinct, grades: grades, cutoff: cutoff))
        count += 1
      }
      #expect(count == 12)
      let found = DiscountedGain.normalized(scores: scores, grades: grades, cutoff: cutoff)
      #expect(abs(try #require(found) - sum / Double(count)) < 1e-12)
    }
  }

  /// One document a line, features as a function of line and number from 1.
  private static func documents(_ feature: (Int, Int) -> Float) throws -> JudgedDocuments {
    try withTemporaryFolder { folder in
      let text = (0..<12).map { row in
        "\(row % 3) qid:\(row / 4)" + (1...3).map { " \($0):\(feature(row, $0))" }.joined() + "\n"
      }
      try atomicWrite(Array(text.joined().utf8), to: "\(folder)/d.txt")
      return try JudgedDocuments(svmlight: "\(folder)/d.txt")
    }
  }

  private static func scores(_ documents: JudgedDocuments) -> [Double] {
    var generator = Philox(seed: 5)
    let scorer = DocumentScorer(standardizing: documents, hidden: [4], using: &generator)
    return scorer(Tensor(of: documents)).scalars.map { Double($0) }
  }

  @Test("Scores do not depend on the units of the features, nor on where these begin")
  func units() throws {
    func feature(_ row: Int, _ number: Int) -> Float {
      number == 2 ? 3 : Float(row * number * 7 % 11)
    }
    let documents = try Self.documents(feature)
    let found = Self.scores(documents)
    #expect(Set(found).count > 6)
    for factor: Float in [0x1p-60, 0x1p-30, 0x1p66, 0x1p100] {
      #expect(Self.scores(try Self.documents { feature($0, $1) * factor }) == found)
    }
    // Sixteen millions and some, of which a float has the units yet.
    let shifted = Self.scores(try Self.documents { feature($0, $1) + 0x1p23 })
    #expect(zip(shifted, found).allSatisfy { abs($0 - $1) < 1e-5 })
    var generator = Philox(seed: 5)
    let scorer = DocumentScorer(standardizing: documents, hidden: [], using: &generator)
    #expect(scorer.constantFeatures == [2])
  }

  @Test("the gradient of ListMLE is that of finite differences")
  func listMLE() {
    var generator = Philox(seed: 1)
    let scores = Tensor.randomNormal([6], using: &generator)
    let report = checkGradient(
      of: { inputs in
        // The same order of equal grades at every call.
        var noise = Philox(seed: 2)
        return RankingLoss.listMLE(
          inputs[0], grades: [[1, 0], [2, 2, 0, 4]], using: &noise
        ).sum()
      }, at: [scores], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test(
    "the losses of a batch are those of its queries one by one",
    arguments: [RankingLoss.listMLE, .plackettLuceRank(samples: 3, cutoff: 2)])
  func batch(loss: RankingLoss) {
    let grades: [[Double]] = [[1, 0], [3], [2, 2, 0, 4], [0, 0, 0]]
    var generator = Philox(seed: 5)
    let scores = Tensor.randomNormal([10], using: &generator)
    var (one, all) = (Philox(seed: 6), Philox(seed: 6))
    let together = loss(scores, grades: grades, using: &all)
    #expect(together.shape == [4])
    var first = 0
    for (value, grades) in zip(together.scalars, grades) {
      let own = scores.sliced(along: 0, first..<(first + grades.count))
      let alone = loss(own, grades: [grades], using: &one).scalars[0]
      #expect(abs(value - alone) < 1e-5)
      first += grades.count
    }
  }

  @Test("ListMLE is minus the log of a product of choices, whatever the order of equal grades")
  func listMLEValue() {
    var generator = Philox(seed: 7)
    let weights: [Double] = [1.5, 0.5, 2, 1, 1, 1]
    let scores = Tensor(weights.map { Scalar(log($0)) })
    let losses = RankingLoss.listMLE(
      scores, grades: [[0, 1, 2], [3, 3, 3]], using: &generator
    ).scalars
    #expect(abs(Double(losses[0]) + log(2.0 / 4 * 0.5 / 2)) < 1e-5)
    #expect(abs(Double(losses[1]) - log(6.0)) < 1e-5)
  }

  @Test("the gradient of PL-Rank has that of the expected gain as its mean: 20,000 orders, 1e-6")
  func plRank() {
    let (scores, grades) = (Tensor([0.4, -0.3, 0.9, 0]), [1.0, 0, 2, 1])
    var generator = Philox(seed: 3)
    let loss = RankingLoss.plackettLuceRank(samples: 1, cutoff: 3)
    var moments = [(sum: Double, squares: Double)](repeating: (0, 0), count: 4)
    let draws = 20_000
    for _ in 0..<draws {
      let slope = gradient(at: scores) { loss($0, grades: [grades], using: &generator).sum() }
      for (index, value) in slope.scalars.enumerated() {
        moments[index].sum += Double(value)
        moments[index].squares += Double(value) * Double(value)
      }
    }
    // All 24 orders, by their probabilities as products of choices.
    let exact = gradient(at: scores) { scores in
      var total: Tensor = 0
      for a in 0..<4 {
        for b in 0..<4 where b != a {
          for c in 0..<4 where c != a && c != b {
            let weights = scores.exp()
            func weight(_ item: Int) -> Tensor { weights.sliced(along: 0, at: item) }
            let all = weights.sum()
            let probability =
              weight(a) / all * weight(b) / (all - weight(a))
              * weight(c) / (all - weight(a) - weight(b))
            let gain = [a, b, c].enumerated().reduce(0.0) {
              $0 + DiscountedGain.gain(of: grades[$1.element])
                * DiscountedGain.discount(at: $1.offset)
            }
            total = total - probability * Scalar(gain)
          }
        }
      }
      return total
    }
    for (moment, exact) in zip(moments, exact.scalars) {
      let mean = moment.sum / Double(draws)
      let error = ((moment.squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
      #expect(abs(mean - Double(exact)) < 5.3 * error)
    }
  }

  @Test(
    "real queries are ranked better than they come, as is their test set",
    .enabled(if: try fileExists(beside), "the real data are not beside the package"),
    arguments: [RankingLoss.listMLE, .plackettLuceRank(samples: 20, cutoff: 5)])
  func realData(loss: RankingLoss) throws {
    let training = try JudgedDocuments(
      svmlight: beside + "/rank.train", groups: beside + "/rank.train.query")
    let test = try JudgedDocuments(
      svmlight: beside + "/rank.test", groups: beside + "/rank.test.query",
      featureNumbers: training.featureNumbers)
    #expect(training.queries.count == 201 && training.grades.count == 3005)
    #expect(test.queries.count == 50 && test.grades.count == 768)
    var generator = Philox(seed: 4)
    var trainer = Trainer(
      DocumentScorer(standardizing: training, hidden: [], using: &generator), optimizer: Adam(),
      learningRate: 1e-3)
    func quality(_ scorer: DocumentScorer) -> Double {
      let scores = scorer(Tensor(of: test)).scalars.map { Double($0) }
      return DiscountedGain.normalized(scores: scores, of: test, cutoff: 10).mean ?? 0
    }
    let before = quality(trainer.model)
    let features = Tensor(of: training)
    for _ in 0..<5 {
      for query in training.queries {
        _ = try trainer.descend { scorer in
          loss(
            scorer(features.sliced(along: 0, query)), grades: [Array(training.grades[query])],
            using: &generator
          ).sum()
        }
      }
    }
    #expect(quality(trainer.model) > before + 0.08)
  }
}
