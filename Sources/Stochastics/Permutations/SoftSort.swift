public import Tensors

/// A differentiable sort by distance: row i weighs items by how near their scores are to the i-th largest.
///
/// Row i is softmax_j(-|s_(i) - s_j|^p / τ) with s_(i) the i-th largest score. For p = 1 the weights are products of decays between neighbours, and
/// the matrix times a payload is two recurrences from the two ends: exact, nothing truncated, in linear time after the sort.
///
/// - Complexity: O(n log n) to make.
/// - Reference: Prillo and Eisenschlos (2020), SoftSort: a continuous relaxation for the argsort operator.
public struct SoftSort: Sendable {
  /// The power p of the distance.
  public enum Power: Sendable, Hashable {
    /// |s_(i) - s_j|, in O(n) time.
    case absolute
    /// (s_(i) - s_j)², which forms the matrix.
    case squared
  }

  let sorted: SortedScores
  /// τ, positive.
  public let temperature: Double
  /// Of the distance.
  public let power: Power

  /// Sorts descending; traps unless the scores `batch + [n]` are finite and the temperature is positive.
  public init(scores: Tensor, temperature: Double, power: Power = .absolute) {
    precondition(
      temperature > 0 && temperature.isFinite, "temperature \(temperature) is not positive")
    sorted = SortedScores(scores)
    self.temperature = temperature
    self.power = power
  }

  /// The item at each place, the largest score first; equal ones in their order.
  public var order: Indices { sorted.order }

  /// The matrix times a payload `batch + [n] + rest`, of the same shape, differentiable in scores and payload.
  ///
  /// Where scores are equal the gradient is that of one of their orders.
  ///
  /// - Complexity: O(n d) time and memory for p = 1, forward and backward; O(n² d) for p = 2, and for a gradient that is differentiated again.
  public func apply(to payload: Tensor) -> Tensor { blend(payload, isHard: false) }

  /// The payload in hard order, exactly, with the gradient of ``apply(to:)``.
  public func applyStraightThrough(to payload: Tensor) -> Tensor { blend(payload, isHard: true) }

  /// The matrix itself, `batch + [n, n]`: rows are places, columns are items, each row on the simplex.
  ///
  /// - Complexity: O(n²) time and memory.
  public var matrix: Tensor {
    let distances =
      sorted.descending.expandingDimensions(at: -1) - sorted.scores.expandingDimensions(at: -2)
    let lengths = power == .absolute ? distances.abs() : distances.squared()
    return (lengths * Scalar(-1 / temperature)).softmax(along: -1)
  }

  private func blend(_ payload: Tensor, isHard: Bool) -> Tensor {
    let width = sorted.width(of: payload)
    guard payload.count > 0 else { return payload }
    guard power == .absolute else {
      let rows = payload.reshaped(sorted.scores.shape + [width])
      let soft = matrix.matmul(rows).reshaped(payload.shape)
      guard isHard else { return soft }
      let hard = sorted.arranging(payload, first: sorted.itemCount)
      return hard.passingGradient(to: soft)
    }
    let (n, count) = (sorted.itemCount, sorted.sequenceCount)
    let (order, temperature) = (sorted.order, temperature)
    let values = payload.detached().contiguous()
    let scores = sorted.scores.detached().contiguous()
    var blended: Tensor = 0
    let totals = Tensor(shape: scores.shape) { totals in
      blended = Tensor(shape: payload.shape) { target in
        scores.withBase { scores in
          values.withBase { values in
            order.withPointer { order in
              guard let y = target.baseAddress, let z = totals.baseAddress else { return }
              Kernels.softSort(
                count, n, width, inverse: 1 / temperature, scores, order, values, y, z)
            }
          }
        }
      }
    }
    let soft = blended
    let value = isHard ? sorted.arranging(payload, first: n) : soft
    return value.recording(sorted.scores, payload) { context in
      guard !context.isDifferentiated else {
        return SoftSort(scores: context.inputs[0], temperature: temperature)
          .composedCotangents(context.cotangent, payload: context.inputs[1], width: width)
      }
      let cotangent = context.cotangent.contiguous()
      var ofPayload: Tensor = 0
      let ofScores = Tensor(shape: scores.shape) { slopes in
        ofPayload = Tensor(shape: values.shape) { target in
          scores.withBase { scores in
            values.withBase { values in
              soft.withBase { soft in
                totals.withBase { totals in
                  cotangent.withBase { cotangent in
                    order.withPointer { order in
                      guard let ds = slopes.baseAddress, let dv = target.baseAddress else { return }
                      Kernels.softSortBackward(
                        count, n, width, inverse: 1 / temperature, scores, order, values, soft,
                        totals, cotangent, ds, dv)
                    }
                  }
                }
              }
            }
          }
        }
      }
      return [ofScores, ofPayload]
    }
  }

  /// The cotangents of scores and payload for p = 1 in operations that can be differentiated in their turn.
  private func composedCotangents(_ cotangent: Tensor, payload: Tensor, width: Int) -> [Tensor?] {
    let weights = matrix
    let given = cotangent.reshaped(sorted.scores.shape + [width])
    let rows = payload.reshaped(sorted.scores.shape + [width])
    let weighted = weights * given.matmul(rows.transposed())
    let slopes = weighted - weights * weighted.sum(along: -1, keepingDimensions: true)
    let plain = sorted.detached()
    let distances =
      plain.descending.expandingDimensions(at: -1) - plain.scores.expandingDimensions(at: -2)
    let signed = slopes * distances.sign() * Scalar(1 / temperature)
    let ofItems = signed.sum(along: -2)
    let ofPlaces = signed.sum(along: -1).addingAlong(order, axis: -1, size: sorted.itemCount)
    return [
      ofItems - ofPlaces, weights.transposed().matmul(given).reshaped(payload.shape),
    ]
  }
}
