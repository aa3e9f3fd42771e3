public import Tensors

/// A relaxed sort whose rows look at distances of scores: softmax_j(-|s_(i) - s_j| / τ).
///
/// In sorted order the weights of a row fall off by exp(-gap / τ) from place to place on either side, so that two running sums sort a payload
/// exactly in linear time.
/// Prillo and Eisenschlos (2020), SoftSort: A continuous relaxation for the argsort operator.
public struct SoftSort: Sendable {
  /// Of shape `batch + [n]`.
  public let scores: Tensor
  public let temperature: Scalar
  private let order: Indices

  /// Traps unless the scores are finite and the temperature is positive.
  ///
  /// - Complexity: O(n log n).
  public init(scores: Tensor, temperature: Scalar) {
    precondition(scores.rank > 0, "scores of shape \(scores.shape), [..., n] is needed")
    precondition(scores.allFinite, "a score is not finite")
    precondition(temperature > 0, "temperature \(temperature) is not positive")
    self.scores = scores
    self.temperature = temperature
    order = scores.detached().descendingOrder()
  }

  /// The payload's rows `batch + [n, d]` in relaxed descending order of score, differentiable to any order.
  ///
  /// - Complexity: O(n d) time and memory.
  public func apply(to payload: Tensor) -> Tensor {
    let (n, d) = (scores.shape[scores.rank - 1], payload.shape[payload.rank - 1])
    precondition(
      payload.shape == scores.shape + [d], "a payload \(payload.shape) for scores \(scores.shape)")
    if n == 0 { return payload }
    let problems = scores.shape.dropLast().reduce(1, *)
    let places = Indices(order.values.map { Int($0) }, shape: [problems, n])
    let sorted = scores.reshaped([problems, n]).takingAlong(places, axis: 1)
    let rows = payload.reshaped([problems, n, d]).permutingRows(by: places)
    // The payload and a column of ones for the normaliser go through the same sums.
    let wide = concatenate([rows, .ones([problems, n, 1])], along: -1)
    let gaps = sorted.sliced(along: 1, 0..<(n - 1)) - sorted.sliced(along: 1, 1..<n)
    let decay = (-gaps / temperature).exp()
    func spread(_ before: Int) -> Tensor {
      decay.padded(along: 1, before: before, to: n).expandingDimensions(at: -1)
        .broadcast(to: wide.shape)
    }
    let above = wide.recurrence(decay: spread(1), along: 1, reversed: false)
    let below = wide.recurrence(decay: spread(0), along: 1, reversed: true)
    let sums = above + below - wide
    return (sums.sliced(along: -1, 0..<d) / sums.sliced(along: -1, d..<(d + 1)))
      .reshaped(payload.shape)
  }

  /// The relaxed permutation matrix, `batch + [n, n]`, its rows summing to one.
  ///
  /// - Complexity: O(n²).
  public var matrix: Tensor {
    let n = scores.shape[scores.rank - 1]
    let leading = Array(scores.shape.dropLast())
    let problems = leading.reduce(1, *)
    let places = Indices(order.values.map { Int($0) }, shape: [problems, n])
    let sorted = scores.reshaped([problems, n]).takingAlong(places, axis: 1)
      .reshaped(leading + [n, 1])
    return (-(sorted - scores.reshaped(leading + [1, n])).abs() / temperature).softmax(along: -1)
  }
}
