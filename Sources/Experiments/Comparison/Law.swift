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

  public let name: String
  /// The name of the variables of this law, in the plural.
  public let kind: String
  let parameters: Parameters
  let extent: LawExtent?
  /// Estimates made at once.
  let rows: Int
  /// Joint states up to which all are listed for every estimate, so that they fit into memory
  /// beside each other.
  let mostStates: Int
  /// Joint states up to which the exact gradient is summed, once.
  let mostSummedStates: Int
  /// The shape of the features of one event.
  let features: @Sendable (_ parameters: [Int], _ extent: [Int]) -> [Int]
  /// The shape of the parameters of a small law.
  let exampleShape: [Int]
  let law: any SampledDistribution.Type
  /// The structure of the numbers of the extent whose Gibbs law this is; `nil` for other laws.
  let structure: (@Sendable (_ extent: [Int]) -> any Structure)?
  let comparison: @Sendable (ComparisonProblem, ComparisonPlan) -> any EstimatorComparison
  /// Calls of the cost for one estimate over `example`; `nil` where that depends on the draw.
  let evaluations: @Sendable (EstimatorEntry.Made) -> Int?
  private let site: @Sendable (ComparisonProblem) -> EstimatorSite

  /// - Parameters:
  ///   - structure: the structure whose Gibbs law it is, if any.
  ///   - make: the distribution of parameters `batch + event`, with the numbers of its extent.
  init<Distribution: SampledDistribution>(
    _ name: String, of kind: String, _ parameters: Parameters = .vector,
    extent: LawExtent? = nil, rows: Int = 250, mostStates: Int = 1 << 16,
    mostSummedStates: Int = 1 << 16,
    features: @escaping @Sendable (_ parameters: [Int], _ extent: [Int]) -> [Int] = { shape, _ in
      shape
    },
    structure: (@Sendable (_ extent: [Int]) -> any Structure)? = nil,
    make: @escaping @Sendable (Tensor, _ extent: [Int]) -> Distribution
  ) where Distribution.Point: FeaturedPoint {
    self.name = name
    self.kind = kind
    self.parameters = parameters
    self.extent = extent
    self.rows = rows
    self.mostStates = mostStates
    self.mostSummedStates = mostSummedStates
    self.features = features
    self.structure = structure
    law = Distribution.self
    let example = extent?.example ?? []
    let shape = extent?.parameters.map { [$0(example)] } ?? parameters.exampleShape
    exampleShape = shape
    evaluations = { made in
      (made as? any GradientEstimator<Distribution>)?
        .evaluations(over: make(.zeros(shape), example))
    }
    let compare: @Sendable (ComparisonProblem, ComparisonPlan) -> Comparison<Distribution> = {
      problem, plan in Comparison(problem, plan) { make($0, problem.extent) }
    }
    comparison = compare
    site = { compare($0, ComparisonPlan()).site }
  }

  /// Every distribution with a name.
  public static let all: [Law] =
    [
      Law("bernoulli", of: "bernoulli variables") { logits, _ in Bernoulli(logits: logits) },
      Law("categorical", of: "categorical variables", .matrix) { logits, _ in
        Categorical(logits: logits)
      },
      // All orders of seven items are listed at once, those of eight once.
      Law(
        "plackett-luce", of: "plackett-luce orders", rows: 25, mostStates: 5040,
        mostSummedStates: 40_320, features: { shape, _ in shape + shape }
      ) { scores, _ in PlackettLuce(logScores: scores) },
      Law("k-subset", of: "k-subsets", extent: .count("size")) { logits, size in
        KSubset(logits: logits, size: size[0])
      },
      Law(
        "top-plackett-luce", of: "top-plackett-luce lists", extent: .count("places"), rows: 25,
        mostStates: 5040, mostSummedStates: 40_320, features: { shape, places in places + shape }
      ) { scores, places in TopPlackettLuce(logScores: scores, places: places[0]) },
      Law("gumbel-matching", of: "gumbel matchings", .square, rows: 25) { scores, _ in
        GumbelMatching(scores: scores)
      },
    ] + structures

  /// The name with the member of a problem that it takes beside the others, as help shows it.
  public var usage: String { extent.map { "\(name) with \($0.usage)" } ?? name }

  /// The entry of a name; throws where it is unknown.
  static func named(_ name: String) throws(SettingError) -> Law {
    guard let law = all.first(where: { $0.name == name }) else {
      throw SettingError(unknown("distribution", name, among: all.map(\.name)))
    }
    return law
  }

  /// A small law of this name, with all that can be known of a cost.
  var example: EstimatorSite {
    let extent = extent?.example ?? []
    let features = features(exampleShape, extent)
    return site(
      ComparisonProblem(
        law: self, parameters: .zeros(exampleShape), extent: extent,
        metric: RankingMetric(.zeros([3, 3])),
        cost: { PolynomialCost(size: features.reduce(1, *))($0) }))
  }
}
