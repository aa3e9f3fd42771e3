import Runs

/// How a comparison measures.
public struct ComparisonPlan: Sendable {
  /// Estimates of each estimator, two or more.
  public var draws: Int
  /// Calls in which an estimator learns its state.
  public var pilot: Int
  /// The seed of all estimates.
  public var seed: UInt64
  /// Whether all estimators draw from the same stream.
  public var hasCommonNumbers: Bool
  /// Whether all draws are listed and weighted by their probabilities, in place of some that are
  /// drawn.
  public var isListed: Bool

  public init(
    draws: Int = 10_000, pilot: Int = 500, seed: UInt64 = 1, hasCommonNumbers: Bool = false,
    isListed: Bool = false
  ) {
    self.draws = draws
    self.pilot = pilot
    self.seed = seed
    self.hasCommonNumbers = hasCommonNumbers
    self.isListed = isListed
  }

  /// This plan; throws unless there are two draws or more.
  package func checked() throws -> ComparisonPlan {
    guard draws >= 2 && draws <= 1_000_000_000 && pilot >= 0 else {
      throw Failure(
        .usage, "draws is '\(draws)' and pilot '\(pilot)', not whole numbers from 2 and 0")
    }
    return self
  }
}
