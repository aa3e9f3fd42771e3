public import Tensors

extension NeuralSort {
  /// A temperature at which a share of the neighbors blends.
  ///
  /// The weight of a neighbor at a gap δ is exp(-δ / τ) times an item's own. At this temperature a
  /// share of the gaps lies below τ; the others are closer to sorted. Where all gaps exceed τ many
  /// times the gradient is near zero.
  ///
  /// - Parameters:
  ///   - scores: finite, `batch + [n]`; the gaps of all sequences count, equal scores do not.
  ///   - share: in 0...1.
  /// - Returns: a quantile of the gaps, 1 where all scores are equal.
  /// - Complexity: O(n log n).
  public static func temperature(for scores: Tensor, blending share: Double = 0.5) -> Double {
    SortedScores(scores.detached()).gapQuantile(share) ?? 1
  }
}

extension SoftSort {
  /// A temperature at which a share of the neighbors blends: as
  /// ``NeuralSort/temperature(for:blending:)``, of the gaps to the power p.
  public static func temperature(
    for scores: Tensor, blending share: Double = 0.5, power: Power = .absolute
  ) -> Double {
    let gap = NeuralSort.temperature(for: scores, blending: share)
    // The square of a tiny gap is not a positive number.
    return power == .absolute ? gap : max(gap * gap, .leastNormalMagnitude)
  }
}
