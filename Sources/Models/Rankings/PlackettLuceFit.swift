public import Formats
import Tensors

/// Worths of items of greatest likelihood, from rankings.
///
/// Rankings that leave items out are read as `Rankings.unnamed` says. Everything is in `Double`.
public struct PlackettLuceFit: Sendable, Equatable {
  /// The assumption about ties.
  public enum Model: String, Sendable, CaseIterable {
    /// There are none; a tie of all that a ranking leaves over is not a statement about them.
    case plackettLuce = "plackett-luce"
    /// A tie of k items has its own prevalence.
    case davidsonLuce = "davidson-luce"
  }

  /// How the maximum is found; all find the same.
  public enum Solver: String, Sendable, CaseIterable {
    case minorizeMaximize = "mm"
    case iterativeSpectral = "ilsr"
    case newton
  }

  /// How much more likely a tie of that size is than a single item, all worths being equal to one.
  public struct Tie: Sendable, Equatable {
    public let size: Int
    public let prevalence: Double

    public init(size: Int, prevalence: Double) {
      self.size = size
      self.prevalence = prevalence
    }
  }

  public let model: Model
  public let solver: Solver
  /// Names of the items.
  public let items: [String]
  /// Per item, summing to zero.
  public let logWorths: [Double]
  /// Standard errors of `logWorths`, which sum to zero.
  public let standardErrors: [Double]
  /// The covariance of `logWorths`, row after row; `nil` where the fit was made from parts without
  /// it.
  public let covariance: [Double]?
  /// The sizes of ties that occur, under the model with ties.
  public let ties: [Tie]
  /// The log-likelihood of the rankings, without the prior.
  public let logLikelihood: Double
  /// Number of rankings.
  public let rankings: Int
  /// How rankings that do not name every item were read.
  public let unnamed: Rankings.Unnamed
  /// The effort of the solver: passes over the data, spectral problems, or Newton's steps.
  public let iterations: Int

  /// A fit from its parts, as a file has them.
  ///
  /// Traps unless worths, errors and covariances are those of the items.
  public init(
    model: Model, solver: Solver, items: [String], logWorths: [Double], standardErrors: [Double],
    covariance: [Double]? = nil, ties: [Tie], logLikelihood: Double, rankings: Int,
    unnamed: Rankings.Unnamed = .last, iterations: Int
  ) {
    require(
      logWorths.count == items.count && standardErrors.count == items.count,
      "\(logWorths.count) log-worths, \(standardErrors.count) errors of \(items.count) items")
    require(
      covariance.map { $0.count == items.count * items.count } ?? true,
      "\(covariance?.count ?? 0) covariances of \(items.count) items")
    self.model = model
    self.solver = solver
    self.items = items
    self.logWorths = logWorths
    self.standardErrors = standardErrors
    self.covariance = covariance
    self.ties = ties
    self.logLikelihood = logLikelihood
    self.rankings = rankings
    self.unnamed = unnamed
    self.iterations = iterations
  }

  /// Fits rankings of at least one item; traps for ties with another solver than Newton's, or a
  /// negative prior.
  ///
  /// - Parameters:
  ///   - prior: the weight of pseudo-rankings that place a ghost item before every item, and as
  ///     many that place it after. With 0 the
  ///     data alone decide, and have to connect all items.
  ///
  /// Throws `RankingFitError` when there is no such maximum. Memory and time O(items^2) for the
  /// connections, time O(items^3) for the covariance, O(items) per distinct ranking and pass.
  public init(
    _ rankings: Rankings, model: Model = .plackettLuce, solver: Solver = .newton,
    prior: Double = 0
  ) throws(RankingFitError) {
    require(solver == .newton || model == .plackettLuce, "\(solver) has no ties")
    require(prior >= 0 && prior.isFinite, "a prior of weight \(prior)")
    require(!rankings.items.isEmpty, "rankings of nothing")
    let strict = model == .plackettLuce
    let sets = try ChoiceSets(rankings, strict: strict)
    if prior == 0, let extremes = ComparisonGraph(rankings, strict: strict).extremes() {
      throw .notConnected(
        items: extremes.items.map { rankings.items[$0] }, place: extremes.place)
    }
    let n = rankings.items.count
    let solution: Solution
    if n == 1 && prior == 0 {
      solution = Solution(parameters: [0], covariance: [0], logLikelihood: 0, iterations: 0)
    } else if strict {
      solution = try Self.strict(sets, solver: solver, prior: prior)
    } else {
      solution = try Self.tied(sets, rankings, prior: prior)
    }
    let sizes = strict ? [] : sets.ties.indices.filter { $0 > 1 && sets.ties[$0] > 0 }
    self.init(
      model: model, solver: solver, items: rankings.items,
      logWorths: RankingSolution.centered(Array(solution.parameters.prefix(n))),
      standardErrors: (0..<n).map { solution.covariance[$0 * n + $0].squareRoot() },
      covariance: solution.covariance,
      ties: zip(sizes, solution.parameters.suffix(sizes.count)).map {
        Tie(size: $0, prevalence: Dual.exponential(of: $1, slope: 0).value)
      },
      logLikelihood: solution.logLikelihood, rankings: rankings.count,
      unnamed: rankings.unnamed, iterations: solution.iterations)
  }

  private struct Solution {
    let parameters: [Double]
    let covariance: [Double]
    let logLikelihood: Double
    let iterations: Int
  }

  private static func strict(
    _ sets: ChoiceSets, solver: Solver, prior: Double
  ) throws(RankingFitError) -> Solution {
    let objective = PlackettLuceObjective(sets: prior > 0 ? sets.withGhost(weight: prior) : sets)
    let found: (parameters: [Double], iterations: Int)
    switch solver {
    case .minorizeMaximize: found = try MinorizeMaximize(objective: objective).solve()
    case .iterativeSpectral: found = try IterativeSpectralRanking(objective: objective).solve()
    case .newton:
      let start = [Double](repeating: 0, count: objective.items)
      found = try NewtonMaximizer(objective: objective).solve(from: start)
    }
    let logWorths = Array(found.parameters.prefix(sets.items))
    guard let value = PlackettLuceObjective(sets: sets).pass(at: logWorths)?.value else {
      throw .tooFarApart
    }
    return Solution(
      parameters: logWorths,
      covariance: try WorthErrors(objective, at: found.parameters).covariance(items: sets.items),
      logLikelihood: value, iterations: found.iterations)
  }

  private static func tied(
    _ sets: ChoiceSets, _ rankings: Rankings, prior: Double
  ) throws(RankingFitError) -> Solution {
    var ghost: PlackettLuceObjective?
    if prior > 0 {
      let nothing = try ChoiceSets(Rankings(items: rankings.items, entries: []), strict: true)
      ghost = PlackettLuceObjective(sets: nothing.withGhost(weight: prior))
    }
    let objective = try DavidsonLuceObjective(sets, prior: ghost)
    let found = try NewtonMaximizer(objective: objective).solve(from: objective.start)
    var parameters = found.parameters
    // The ghost stands between the items and the ties.
    if ghost != nil { parameters.remove(at: sets.items) }
    // The connections of items do not tell whether prevalences of ties have bounds.
    let errors = try WorthErrors(objective, at: found.parameters)
    guard !errors.isFlat(objective) else { throw .flat }
    let data = try DavidsonLuceObjective(sets, prior: nil)
    guard let value = data.evaluate(at: parameters)?.value else { throw .tooFarApart }
    return Solution(
      parameters: parameters,
      covariance: errors.covariance(items: sets.items),
      logLikelihood: value, iterations: found.iterations)
  }
}
