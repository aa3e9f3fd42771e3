public import Learning
public import Runs
public import Stochastics

/// One estimator of a comparison, ready to be measured.
public enum ComparisonTrial {
  /// By draws, in parts that do not need each other.
  case drawn(GradientTrial, finish: (GradientMeasurement) -> ComparisonRow)
  /// By a list of all draws, which was made at once.
  case listed(ComparisonRow)

  /// Draws some of the `GradientTrial.parts(of:)` the draws; none where all are listed.
  public func samples(_ parts: Range<Int>) -> [GradientSample] {
    switch self {
    case .drawn(let trial, _): parts.map(trial.sample)
    case .listed: []
    }
  }

  /// The row that parts give, in their order.
  public func row(_ samples: [GradientSample]) -> ComparisonRow {
    switch self {
    case .drawn(_, let finish): finish(GradientMeasurement(samples))
    case .listed(let row): row
    }
  }
}

extension EstimatorComparison {
  /// Measures one estimator; throws where it does not fit.
  public func row(_ text: String, index: Int = 0) throws(SettingError) -> ComparisonRow {
    let trial = try trial(text, index: index)
    return trial.row(trial.samples(0..<GradientTrial.parts(of: plan.draws)))
  }

  /// Measures estimators by their specifications, such as `reinforce:samples=4`; throws where one
  /// does not fit.
  public func rows(_ estimators: [String]) throws(SettingError) -> [ComparisonRow] {
    var rows: [ComparisonRow] = []
    for (index, text) in estimators.enumerated() { rows.append(try row(text, index: index)) }
    return rows
  }

  /// Measures estimators on ranks, with the rows of one process.
  ///
  /// Ranks share out the estimators and, where these are fewer than the ranks, the draws of each.
  ///
  /// - Parameters:
  ///   - begin: called before this rank draws, with the place of the estimator.
  ///   - report: called with each estimator's row, or with why it does not fit, in their order, as
  ///     early as it is there.
  public func rows(
    _ estimators: [String], over ranks: RankGroup, begin: (Int) -> Void,
    report: (Result<ComparisonRow, SettingError>) throws -> Void
  ) throws {
    let parts = GradientTrial.parts(of: plan.draws)
    let pieces = min(parts, (ranks.count + estimators.count - 1) / max(1, estimators.count))
    var samples: [GradientSample] = []
    var place = 0
    try ranks.map(
      estimators.count * pieces,
      report: { (drawn: DrawnPiece) in
        samples += drawn.samples
        place += 1
        guard place.isMultiple(of: pieces) else { return }
        if let row = drawn.row {
          try report(.success(samples.isEmpty ? row : row.with(GradientMeasurement(samples))))
        } else {
          try report(.failure(SettingError(drawn.refusal ?? "")))
        }
        samples = []
      },
      { place in
        let (index, piece) = place.quotientAndRemainder(dividingBy: pieces)
        begin(index)
        do throws(SettingError) {
          let trial = try trial(estimators[index], index: index)
          let own = trial.samples(piece * parts / pieces..<(piece + 1) * parts / pieces)
          return DrawnPiece(row: trial.row(own), samples: own)
        } catch {
          return DrawnPiece(refusal: error.description)
        }
      })
  }
}

/// What one rank drew of one estimator.
private struct DrawnPiece: Codable {
  /// The row of these draws alone.
  var row: ComparisonRow?
  var samples: [GradientSample] = []
  var refusal: String?
}
