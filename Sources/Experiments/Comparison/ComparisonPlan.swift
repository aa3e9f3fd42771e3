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

  public init(
    draws: Int = 10_000, pilot: Int = 500, seed: UInt64 = 1, hasCommonNumbers: Bool = false
  ) {
    self.draws = draws
    self.pilot = pilot
    self.seed = seed
    self.hasCommonNumbers = hasCommonNumbers
  }
}
