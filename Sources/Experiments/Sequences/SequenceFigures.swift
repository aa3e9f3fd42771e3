import Datasets
public import Formats
import Learning
public import Models
import Runs
import Stochastics
import Tensors

/// How good the samples of one generator are, and how diverse, by everything that the data allow.
public struct SequenceFigures: Sendable, Codable {
  /// All of them by name, in the order in which they are shown.
  public let members: [JSON.Member]
  /// nll_oracle and nll_generator; with references, 1 - BLEU-5 and self-BLEU-5.
  public let point: TradeOffCurve.Point

  /// Measures a generator.
  ///
  /// - Parameters:
  ///   - references: the test set of a text, for BLEU; `nil` for none.
  ///   - samples: number of sequences to generate.
  ///   - pause: called between parts of some tenths of a second; what it throws comes out.
  init(
    of generator: SequenceGenerator, on data: SequenceData, references: BLEU? = nil, samples: Int,
    using noise: inout Philox, pause: () throws -> Void = {}
  ) throws {
    let sample = try generator.sample(samples, using: &noise, pause: pause)
    var members: [JSON.Member] = []
    func mean(_ key: String, _ values: [Double]) -> MeanInterval {
      let result = MeanInterval(values)
      members.append(.init(key, JSON(result.mean)))
      return result
    }
    let fresh = try generator.negativeLogLikelihood(of: data.test, pause: pause)
    var point = TradeOffCurve.Point(quality: 0, diversity: fresh)
    if let oracle = data.oracle {
      let values = try oracle.logProbabilities(ofEach: sample, pause: pause)
      let quality = mean("nll_oracle", values.map { -$0 / Double(oracle.length) })
      point = .init(quality: quality.mean, diversity: fresh, qualityError: quality.standardError)
    }
    members.append(.init("nll_generator", JSON(fresh)))
    if data.texts?.unit == .characters {
      members.append(.init("bits_per_character", JSON(fresh / .logOfTwo)))
    }
    members.append(
      .init("entropy", JSON(try generator.negativeLogLikelihood(of: sample, pause: pause))))
    if let references {
      let scores = references.scores(of: sample)
      let own = BLEU(references: sample, end: generator.end).selfScores()
      for n in 2...BLEU.longest {
        let quality = mean("bleu_\(n)", scores.map { $0[n - 1] })
        let diversity = mean("self_bleu_\(n)", own.map { $0[n - 1] })
        point = .init(
          quality: 1 - quality.mean, diversity: diversity.mean, qualityError: quality.standardError,
          diversityError: diversity.standardError)
      }
    }
    if let share = data.texts?.validShare(of: sample) {
      members.append(.init("valid", JSON(share)))
    }
    self.members = members
    self.point = point
  }

  /// Throws where a figure is not finite, which weights that are too large lead to.
  ///
  /// - Parameter sentence: what is to be said, made from the words about that figure.
  func checkFinite(_ sentence: (String) -> String) throws(Failure) {
    for member in members {
      guard let value = member.value.number, !value.isFinite else { continue }
      throw Failure(
        .failedCheck,
        sentence("\(member.key) is \(spelled(value))"))
    }
  }
}

// Between ranks the members are the text of an object.
extension SequenceFigures {
  private enum CodingKeys: CodingKey { case members, point }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let text = try values.decode(String.self, forKey: .members)
    guard case .object(let members) = try JSON(parsing: text.utf8) else {
      throw DecodingError.dataCorruptedError(
        forKey: .members, in: values, debugDescription: "not an object")
    }
    self.members = members
    point = try values.decode(TradeOffCurve.Point.self, forKey: .point)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(JSON.object(members).description, forKey: .members)
    try values.encode(point, forKey: .point)
  }
}
