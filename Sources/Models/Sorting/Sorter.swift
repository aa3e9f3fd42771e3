public import Stochastics
public import Tensors

/// Learns to sort from items and their orders alone.
public struct Sorter<Scorer: ItemScorer, Objective: SortingObjective>: Parameterized, Sendable {
  public var scorer: Scorer
  public var objective: Objective

  /// The scorer gives as many scores as the objective takes.
  public init(scorer: Scorer, objective: Objective) {
    self.scorer = scorer
    self.objective = objective
  }

  /// A loss for each sequence of items `[sequences, n] + item`, of shape `[sequences]`.
  ///
  /// Where a score is not finite some loss is not either.
  ///
  /// - Parameter order: the item that belongs at each place, `[sequences, n]`.
  public mutating func loss(
    of items: Tensor, order: Indices, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let scores = scorer(items)
    guard scores.allFinite else { return scores.sum(along: [1, 2]) }
    return objective.loss(scores: scores, items: items, order: order, using: &generator)
  }

  /// The order it gives to each sequence, `[sequences, n]`: the best scores, without noise.
  public func order(of items: Tensor) -> Orders {
    objective.order(scores: scorer(items.detached()))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    scorer.visitParameters(&visitor)
    visitor.visit("objective", &objective)
  }
}

/// How often orders are right.
public struct SortingAccuracy: Sendable, Hashable {
  /// Sequences.
  public private(set) var sequences = 0
  private var places = 0
  private var wholes = 0
  private var rights = 0

  public init() {}

  /// Counts orders of the same shape.
  public mutating func add(_ found: Orders, against truth: Indices) {
    require(
      found.shape == truth.shape, "orders of shape \(found.shape) against \(truth.shape)")
    let n = found.placeCount
    for start in stride(from: 0, to: truth.count, by: n) {
      let right = (start..<start + n).filter { found.indices.values[$0] == truth.values[$0] }.count
      sequences += 1
      places += n
      rights += right
      wholes += right == n ? 1 : 0
    }
  }

  /// The share of sequences that are sorted whole.
  public var exact: Double { Double(wholes) / Double(max(1, sequences)) }

  /// The share of places that have the right item.
  public var elementwise: Double { Double(rights) / Double(max(1, places)) }
}
