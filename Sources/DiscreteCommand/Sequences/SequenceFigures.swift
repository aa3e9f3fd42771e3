import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// How good the samples of one generator are, and how diverse, by everything that the data allow.
struct SequenceFigures {
  /// What is printed, in order.
  let members: [JSON.Member]
  /// nll_oracle and nll_generator; with references, 1 - BLEU-5 and self-BLEU-5.
  let point: TradeOffCurve.Point

  /// Throws where a figure is not finite, which weights that are too large lead to.
  ///
  /// - Parameter references: the test set of a text, for BLEU; `nil` for none.
  init(
    of generator: SequenceGenerator, on data: SequenceData, references: BLEU?, samples: Int,
    using noise: inout Philox
  ) throws(Failure) {
    let sample = generator.sample(samples, using: &noise)
    var members: [JSON.Member] = []
    func mean(_ key: String, _ values: [Double]) -> (mean: Double, error: Double) {
      let result = meanWithError(values)
      members.append(.init(key, JSON(result.mean)))
      return result
    }
    let fresh = generator.negativeLogLikelihood(of: data.test)
    var point = TradeOffCurve.Point(quality: 0, diversity: fresh)
    if let oracle = data.oracle {
      let parts = stride(from: 0, to: samples, by: oracle.sequencesAtOnce)
      let values = parts.flatMap { first in
        let rows = Array(first..<min(samples, first + oracle.sequencesAtOnce))
        return oracle.logProbability(sample.rows(rows)).scalars.map {
          -Double($0) / Double(oracle.length)
        }
      }
      let quality = mean("nll_oracle", values)
      point = .init(quality: quality.mean, diversity: fresh, qualityError: quality.error)
    }
    members.append(.init("nll_generator", JSON(fresh)))
    if data.texts?.unit == .characters {
      members.append(.init("bits_per_character", JSON(fresh / 0.6931471805599453)))
    }
    members.append(.init("entropy", JSON(generator.negativeLogLikelihood(of: sample))))
    if let references {
      let scores = references.scores(of: sample)
      let own = BLEU(references: sample, end: generator.end).selfScores()
      for n in 2...BLEU.longest {
        let quality = mean("bleu_\(n)", scores.map { $0[n - 1] })
        let diversity = mean("self_bleu_\(n)", own.map { $0[n - 1] })
        point = .init(
          quality: 1 - quality.mean, diversity: diversity.mean, qualityError: quality.error,
          diversityError: diversity.error)
      }
    }
    if let share = data.texts?.validShare(of: sample) {
      members.append(.init("valid", JSON(share)))
    }
    for member in members {
      guard let value = member.value.number, !value.isFinite else { continue }
      throw Failure(
        .failedCheck, "\(member.key) is \(value.isNaN ? "not a number" : "\(value)")")
    }
    self.members = members
    self.point = point
  }

  /// The names of those of an evaluation, in order.
  static let names = ["nll_oracle", "nll_generator", "bits_per_character", "entropy", "valid"]

  /// Prints those of them that there are, a line each.
  static func report(_ figures: JSON) {
    let meanings = [
      ("NLL oracle", "nats a token, of generated sequences"),
      ("NLL generator", "nats a token, of fresh data"), ("", "bits a character, the same"),
      ("entropy", "nats a token"), ("valid", "of generated sequences"),
    ]
    for (key, (name, meaning)) in zip(names, meanings) {
      guard let value = figures[key]?.number else { continue }
      print(padded(name, 17) + "\(decimal(value, 3)) \(meaning)")
    }
  }
}

/// The mean of some numbers, and its standard error; 0 of a single one.
private func meanWithError(_ values: [Double]) -> (mean: Double, error: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, values.count > 1 ? (squares / (count - 1) / count).squareRoot() : 0)
}
