/// Why rankings determine no worths, in one sentence.
public enum RankingFitError: Error, Sendable, Equatable {
  /// Some items are always before the others, or always behind them, so that their worths have no
  /// bound.
  case notConnected(items: [String], place: Extreme)
  /// A tie, under a model without ties.
  case tie(items: [String], line: Int)
  /// Ties of this many items are never, or always, what is chosen.
  case tiesUndetermined
  /// The likelihood hardly changes along some direction.
  case flat
  /// The worths or the prevalences of ties differ by more than arithmetic can follow, as a rule
  /// because there is no maximum.
  case tooFarApart
  /// The solver gave up.
  case notConverged(iterations: Int)
  /// More than can be stored, which the text says.
  case tooLarge(String)

  /// Where items stand that are not connected to the others.
  public enum Extreme: Sendable { case first, last }

  /// Fits keep a matrix over pairs of items.
  static let mostItems = 5_000
}

extension RankingFitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notConnected(let items, let place):
      let verb = items.count == 1 ? "is" : "are"
      let trouble = place == .first ? "behind" : "before"
      return
        "\(Self.list(items)) \(verb) never \(trouble) any other item, so the worths have no maximum of likelihood"
    case .tie(let items, let line):
      return "line \(line): \(Self.list(items)) are tied, the model has no ties"
    case .tiesUndetermined:
      return
        "what is chosen is always tied or never, so the prevalence of ties has no maximum of likelihood"
    case .flat:
      return
        "some worths, or prevalences of ties, can grow without changing the likelihood, which has no maximum"
    case .tooFarApart:
      return
        "the worths, or the prevalences of ties, grow apart beyond what numbers of 64 bits can follow"
    case .notConverged(let iterations):
      return "no maximum of likelihood after \(iterations) iterations"
    case .tooLarge(let found):
      return found
    }
  }

  private static func list(_ items: [String]) -> String {
    let shown = items.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return items.count > 5 ? "\(shown) and \(items.count - 5) others" : shown
  }
}
