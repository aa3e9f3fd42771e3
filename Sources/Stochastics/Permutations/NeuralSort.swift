public import Tensors

/// A differentiable sort: rows on the simplex that tend to the permutation matrix of the order as
/// the temperature falls.
///
/// Row i (from 1) of the published matrix is softmax_j(((n + 1 - 2i) s_j - Σ_k |s_j - s_k|) / τ).
/// In sorted order it is exp(-D(i, r) / τ) over its sum, where D(i, i) = 0 and D grows by odd
/// multiples of the gaps between neighboring scores, so the matrix need not be formed:
/// ``apply(to:)`` visits the entries that are not zero in this precision and keeps O(n) of them.
/// The gradient of a temperature is that of `scores / temperature` at temperature 1.
///
/// - Complexity: O(n log n) to make.
/// - Reference: Grover, Wang, Zweig and Ermon (2019), Stochastic optimization of sorting networks
///   via continuous relaxations.
public struct NeuralSort: Sendable {
  let sorted: SortedScores
  /// τ, positive: small against the gaps between scores it is a sort, large it averages over all
  /// items.
  public let temperature: Double

  /// Sorts descending; traps unless the scores `batch + [n]` are finite and the temperature is
  /// positive.
  public init(scores: Tensor, temperature: Double) {
    requirePositive(temperature: temperature)
    sorted = SortedScores(scores)
    self.temperature = temperature
  }

  private init(sorted: SortedScores, temperature: Double) {
    self.sorted = sorted
    self.temperature = temperature
  }

  /// The same without a gradient, for a pullback to keep.
  func detached() -> NeuralSort { NeuralSort(sorted: sorted.detached(), temperature: temperature) }

  /// A relaxed sample of the Plackett-Luce law of these log-worths: NeuralSort of the scores plus
  /// Gumbels.
  ///
  /// Its order is an exact sample at every temperature. Shape `[count] + batch + [n]`.
  ///
  /// Traps on a negative count.
  public init(
    logWorths: Tensor, temperature: Double, count: Int,
    using generator: inout some RandomNumberGenerator
  ) {
    require(count >= 0, "\(count) samples")
    let noise = Tensor.randomGumbel([count] + logWorths.shape, using: &generator)
    self.init(scores: logWorths.withoutCommonPart() + noise, temperature: temperature)
  }

  /// The item at each place, the largest score first; equal ones in their order.
  public var order: Indices { sorted.order }

  /// The matrix times a payload `batch + [n] + rest`: at each place a mean of the rows of items
  /// near it, of the same shape.
  ///
  /// Differentiable in the scores and the payload; equal scores have the gradient of the formula
  /// above with the sign of 0 as 0.
  ///
  /// - Complexity: O(n + Σ w_i d) time with w_i items of weights that are not zero in row i, O(n d)
  ///   memory, forward and backward. A gradient to be differentiated again forms the matrix.
  public func apply(to payload: Tensor) -> Tensor {
    blend(payload, rows: sorted.itemCount, cut: Self.underflow).value
  }

  /// The payload in hard order, exactly, with the gradient of ``apply(to:)`` in the scores, and of
  /// the order in the payload.
  public func applyStraightThrough(to payload: Tensor) -> Tensor {
    sorted.straightThrough(payload) {
      blend($0, rows: sorted.itemCount, cut: Self.underflow, isHard: true).value
    }
  }

  /// The first k rows of ``apply(to:)``, of shape `batch + [min(k, n)] + rest`: a differentiable
  /// choice of the k largest.
  ///
  /// - Complexity: that of the first rows alone.
  public func topRows(_ k: Int, of payload: Tensor) -> Tensor {
    require(k >= 0, "\(k) rows")
    return blend(payload, rows: min(k, sorted.itemCount), cut: Self.underflow).value
  }

  /// ``apply(to:)`` over the entries that matter: at most a share `error` of any row's weight is
  /// left out.
  ///
  /// No entry beyond D / τ = log((n - 1) / error) is kept. With the row's bound from the result,
  /// and up to rounding, every coordinate of the value is within bound · (its largest - its
  /// smallest in the payload) of the full matrix's.
  ///
  /// - Parameter error: in 0..<1; below what the precision resolves it leaves out nothing.
  /// - Returns: the value, and at most `error` for each row: `batch + [n]`, without a gradient.
  /// - Complexity: as ``apply(to:)``, with fewer items: for n equal gaps δ about √(τ log(n / error)
  ///   / δ) on each side.
  public func apply(to payload: Tensor, error: Double) -> (value: Tensor, bound: Tensor) {
    sorted.withCut(leavingOut: error) { blend(payload, rows: sorted.itemCount, cut: $0) }
  }

  /// -log of the entry of a true order in each row, `batch + [n]`, exactly and without a payload.
  ///
  /// - Parameter permutation: of each sequence the item that belongs at every place, in the shape
  ///   of the scores; traps unless each item is there once.
  /// - Complexity: O(n + Σ w_i) time, O(n) memory, forward and backward.
  public func crossEntropy(against permutation: Indices) -> Tensor {
    entropy(ranks: ranks(of: permutation), cut: Self.underflow)
  }

  /// D / τ beyond which a weight is zero in this precision.
  static let underflow: Double = MemoryLayout<Scalar>.size == 8 ? 708 : 87
}
