import Runs
import Stochastics
import Tensors

/// A distribution with a name: what `"distribution"` says in a problem of `compare`.
///
/// One entry of ``all`` is all that the problems and the messages know of it.
public struct Law: Sendable {
  /// How its parameters are written.
  enum Parameters: Sendable {
    case vector, matrix, square

    /// The parameters of a small law.
    var exampleShape: [Int] { self == .vector ? [3] : [3, 3] }
  }

  static let exampleCount = 2

  public let name: String
  /// The name of the variables of this law, in the plural.
  public let kind: String
  let parameters: Parameters
  /// The member of a problem that says how many items are chosen or placed, where there is one.
  let count: String?
  /// Estimates made at once.
  let rows: Int
  /// Joint states up to which all are listed for every estimate, so that they fit into memory
  /// beside each other.
  let mostStates: Int
  /// Joint states up to which the exact gradient is summed, once.
  let mostSummedStates: Int
  /// The shape of the features of one event.
  let features: @Sendable (_ parameters: [Int], _ count: Int) -> [Int]
  let law: any SampledDistribution.Type
  let comparison: @Sendable (ComparisonProblem, ComparisonPlan) -> any EstimatorComparison
  /// Calls of the cost for one estimate over `example`; `nil` where that depends on the draw.
  let evaluations: @Sendable (EstimatorEntry.Made) -> Int?
  private let site: @Sendable (ComparisonProblem) -> EstimatorSite

  /// - Parameter make: the distribution of parameters `batch + event`, with the count of the
  ///   problem.
  init<Distribution: SampledDistribution>(
    _ name: String, of kind: String, _ parameters: Parameters = .vector, count: String? = nil,
    rows: Int = 250, mostStates: Int = 1 << 16, mostSummedStates: Int = 1 << 16,
    features: @escaping @Sendable (_ parameters: [Int], _ count: Int) -> [Int] = { shape, _ in
      shape
    },
    make: @escaping @Sendable (Tensor, _ count: Int) -> Distribution
  ) where Distribution.Point: FeaturedPoint {
    self.name = name
    self.kind = kind
    self.parameters = parameters
    self.count = count
    self.rows = rows
    self.mostStates = mostStates
    self.mostSummedStates = mostSummedStates
    self.features = features
    law = Distribution.self
    let shape = parameters.exampleShape
    evaluations = { made in
      (made as? any GradientEstimator<Distribution>)?
        .evaluations(over: make(.zeros(shape), Law.exampleCount))
    }
    let compare: @Sendable (ComparisonProblem, ComparisonPlan) -> Comparison<Distribution> = {
      problem, plan in Comparison(problem, plan) { make($0, problem.count) }
    }
    comparison = compare
    site = { compare($0, ComparisonPlan()).site }
  }

  /// Every distribution with a name.
  public static let all: [Law] = [
    Law("bernoulli", of: "bernoulli variables") { logits, _ in Bernoulli(logits: logits) },
    Law("categorical", of: "categorical variables", .matrix) { logits, _ in
      Categorical(logits: logits)
    },
    // All orders of seven items are listed at once, those of eight once.
    Law(
      "plackett-luce", of: "plackett-luce orders", rows: 25, mostStates: 5040,
      mostSummedStates: 40_320, features: { shape, _ in shape + shape }
    ) { scores, _ in PlackettLuce(logScores: scores) },
    Law("k-subset", of: "k-subsets", count: "size") { logits, size in
      KSubset(logits: logits, size: size)
    },
    Law(
      "top-plackett-luce", of: "top-plackett-luce lists", count: "places", rows: 25,
      mostStates: 5040, mostSummedStates: 40_320, features: { shape, places in [places] + shape }
    ) { scores, places in TopPlackettLuce(logScores: scores, places: places) },
    Law("gumbel-matching", of: "gumbel matchings", .square, rows: 25) { scores, _ in
      GumbelMatching(scores: scores)
    },
  ]

  /// The name with the member of a problem that it takes beside the others, as help shows it.
  public var usage: String { count.map { "\(name) with \($0)" } ?? name }

  /// The entry of a name; throws where it is unknown.
  static func named(_ name: String) throws(SettingError) -> Law {
    guard let law = all.first(where: { $0.name == name }) else {
      throw SettingError(unknown("distribution", name, among: all.map(\.name)))
    }
    return law
  }

  /// A small law of this name, with all that can be known of a cost.
  var example: EstimatorSite {
    let shape = parameters.exampleShape
    let features = features(shape, Law.exampleCount)
    return site(
      ComparisonProblem(
        law: self, parameters: .zeros(shape), count: Law.exampleCount,
        metric: RankingMetric(.zeros([3, 3])),
        cost: { PolynomialCost(size: features.reduce(1, *))($0) }))
  }
}
