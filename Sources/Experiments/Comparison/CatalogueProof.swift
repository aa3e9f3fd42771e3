public import Formats
public import Learning
import Runs
import Stochastics
import Tensors

/// The catalogue against enumeration: every estimator with a name, on a small problem of every law
/// that it is for.
///
/// Means of many estimates are compared with the exact gradient in units of their standard errors.
public enum CatalogueProof {
  /// The finding on one estimator over one law.
  public struct Verdict: Sendable, Codable {
    public let estimator: String
    public let law: String
    /// The estimator's own claim: unbiased, biased, or unbiased for a multi-sample bound.
    public let promise: String
    /// The largest distance from the exact gradient in standard errors, `nil` where that says
    /// nothing.
    public let z: Double?
    public let draws: Int
    /// Whether there is an exact gradient to compare with.
    public let isMeasured: Bool
    /// Whether nothing speaks against the promise.
    ///
    /// An estimator that says it is biased promises nothing.
    public let isKept: Bool

    init(_ row: ComparisonRow, on law: Law) {
      estimator = row.label
      self.law = law.name
      promise = row.objective == "bound" ? "unbiased for its bound" : row.bias.rawValue
      z = row.z
      draws = row.measurement.draws
      isMeasured = row.exact != nil
      isKept = row.bias == .biased || row.remark == nil
    }

    /// The finding in words.
    public var sentence: String {
      guard isMeasured else { return "\(promise); the law has no exact gradient to compare with" }
      guard let z else { return "\(promise); off the exact gradient without a standard error" }
      let distance = "\(decimal(z, 1)) standard errors from the exact gradient"
      guard promise == Bias.biased.rawValue else {
        return isKept ? "\(promise); \(distance)" : "says \(promise), but is \(distance)"
      }
      return z > ComparisonRow.largestZ
        ? "biased; \(distance)" : "biased; not seen at \(distance)"
    }

    /// The same for programs.
    public var json: JSON {
      [
        "subject": JSON(estimator), "law": JSON(law), "is_mutant": .bool(false),
        "promise": JSON(promise), "z": z.map { JSON($0) } ?? .null, "draws": JSON(draws),
        "passed": .bool(isKept),
      ]
    }
  }

  /// Estimates of each estimator.
  public static let draws = 4000

  /// Measures one estimator, given with or without options, or all with names; each verdict is
  /// reported as soon as it is there.
  ///
  /// Throws where a name is unknown or its options fit no law.
  ///
  /// - Parameter ranks: the processes that share out the estimators.
  public static func run(
    _ asked: String? = nil, over ranks: RankGroup = .alone, report: (Verdict) throws -> Void
  ) throws {
    let specification = try asked.map { try Specification($0) }
    let entry = try specification.map { try EstimatorCatalogue.entry($0) }
    let pieces = Law.all.filter { entry?.isFor($0.example) ?? true }.flatMap { law in
      let comparison = law.proofProblem.comparison(ComparisonPlan(draws: draws))
      return (asked.map { [$0] } ?? comparison.all).enumerated().map {
        (law: law, comparison: comparison, index: $0, text: $1)
      }
    }
    var (count, refusal) = (0, nil as String?)
    try ranks.map(
      pieces.count,
      report: { (outcome: Outcome) in
        refusal = outcome.refusal ?? refusal
        guard let verdict = outcome.verdict else { return }
        count += 1
        try report(verdict)
      },
      { place in
        let piece = pieces[place]
        do throws(SettingError) {
          let row = try piece.comparison.row(piece.text, index: piece.index)
          return Outcome(verdict: Verdict(row, on: piece.law))
        } catch {
          // Options of one that was asked for may fit one law and not another.
          guard asked != nil else { throw error }
          return Outcome(refusal: error.description)
        }
      })
    if count == 0, let refusal { throw SettingError(refusal) }
  }

  private struct Outcome: Codable {
    var verdict: Verdict?
    var refusal: String?
  }
}

extension Law {
  /// Three bits, three variables of three classes, three items or a structure of a few parts, with
  /// a cost that no estimator finds easy; over orders one that is made of a ranking metric, which
  /// all of them can take.
  var proofProblem: ComparisonProblem {
    let (example, extent) = (exampleShape, extent?.example ?? [])
    let size = features(example, extent)
    let scalars = size.reduce(1, *)
    var cost = PolynomialCost(size: scalars)
    var metric: RankingMetric?
    if size.count == 2, size[1] == example[example.count - 1], !(law is any VectorDistribution.Type)
    {
      let (discounts, gains): ([Scalar], [Scalar]) = ([1, 0.6, 0.5], [3, 0.5, -1])
      cost.linear = Tensor(
        (0..<size[0]).flatMap { place in gains.map { discounts[place] * $0 } })
      metric = size[0] == size[1] ? RankingMetric(cost.linear.reshaped(size)) : nil
    } else {
      cost.linear = Tensor((0..<scalars).map { Scalar($0 % 5) * 0.3 - 0.5 })
      cost.quadratic = Tensor(
        (0..<scalars * scalars).map { Scalar($0 * 7 % 11) * 0.1 - 0.45 }, shape: [scalars, scalars])
    }
    let count = example.reduce(1, *)
    return ComparisonProblem(
      law: self,
      parameters: Tensor((0..<count).map { Scalar($0 * 5 % 7) * 0.25 - 0.6 }, shape: example),
      extent: extent, metric: metric, cost: cost.callAsFunction)
  }
}
