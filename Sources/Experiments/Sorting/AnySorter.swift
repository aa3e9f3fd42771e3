import Models
import Stochastics
import Tensors

/// A sorter, whatever its scorer and its objective are.
protocol AnySorter: Parameterized, Sendable {
  mutating func loss(
    of items: Tensor, order: Indices, using generator: inout some RandomNumberGenerator
  ) -> Tensor

  /// Scores `[sequences, n, outputs]` of items `[sequences, n] + item`.
  func scores(of items: Tensor) -> Tensor

  /// The hard order of each sequence, `[sequences, n]`.
  func order(scores: Tensor) -> Orders
}

extension AnySorter {
  func order(of items: Tensor) -> Orders { order(scores: scores(of: items)) }
}

extension Sorter: AnySorter {
  func scores(of items: Tensor) -> Tensor { scorer(items.detached()) }
  func order(scores: Tensor) -> Orders { objective.order(scores: scores) }
}
