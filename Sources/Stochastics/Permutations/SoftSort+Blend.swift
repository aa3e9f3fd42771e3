import CKernels
public import Tensors

extension SoftSort {
  /// The matrix times a payload, and what each row's weights were divided by, of the shape of the
  /// scores.
  func blend(
    _ payload: Tensor, cut: Double, isHard: Bool = false
  ) -> (value: Tensor, totals: Tensor) {
    let width = sorted.width(of: payload)
    guard sorted.scores.count > 0 else { return (payload, .ones(sorted.scores.shape)) }
    let values = payload.detached().contiguous()
    let scores = sorted.scores.detached().contiguous()
    let (soft, totals) = forward(scores, values, width: width, cut: cut)
    let value = isHard ? sorted.arranging(payload, first: sorted.itemCount) : soft
    let plain = SoftSort(sorted: sorted.detached(), temperature: temperature, power: power)
    let recorded = value.recording(sorted.scores, payload) { context in
      guard !context.isDifferentiated else {
        return plain.with(scores: context.inputs[0])
          .composedCotangents(context.cotangent, payload: context.inputs[1], width: width)
      }
      let (ofScores, ofPayload) = plain.backward(
        scores, values, width: width, cut: cut, soft: soft, totals: totals,
        cotangent: context.cotangent.contiguous())
      return [ofScores, ofPayload]
    }
    return (recorded, totals)
  }

  /// -log of the entry of a true order in each row, `batch + [n]`, exactly and without a payload.
  ///
  /// - Parameter permutation: of each sequence the item that belongs at every place, in the shape
  ///   of the scores; traps unless each item is there once.
  /// - Complexity: O(n) memory, forward and backward; O(n) time for p = 1, O(n + Σ w_i) for p = 2.
  public func crossEntropy(against permutation: Indices) -> Tensor {
    sorted.checkOrder(permutation)
    let misplaced = sorted.descending - sorted.scores.takingAlong(permutation, axis: -1)
    return length(misplaced) * Scalar(1 / temperature) + logTotals
  }

  /// log Σ_j exp(-|s_(i) - s_j|^p / τ) of each row.
  private var logTotals: Tensor {
    let scores = sorted.scores.detached().contiguous()
    guard scores.count > 0 else { return scores }
    let none = Tensor.zeros(scores.shape)
    let totals = forward(scores, none, width: 1, cut: NeuralSort.underflow).totals
    let plain = SoftSort(sorted: sorted.detached(), temperature: temperature, power: power)
    return totals.log().recording(sorted.scores) { context in
      guard !context.isDifferentiated else {
        let logits = plain.with(scores: context.inputs[0]).logits
        let slopes = logits.softmax(along: -1) * context.cotangent.expandingDimensions(at: -1)
        return [plain.with(scores: context.inputs[0]).scoreCotangent(ofLogits: slopes)]
      }
      // A logit's gradient is weight · (<g, v> - <g, y>): with v = 0, g = 1, y = -c it is
      // weight · c.
      return [
        plain.backward(
          scores, none, width: 1, cut: NeuralSort.underflow, soft: -context.cotangent,
          totals: totals, cotangent: .ones(scores.shape)
        ).ofScores
      ]
    }
  }

  // MARK: Kernels

  private func forward(
    _ scores: Tensor, _ values: Tensor, width: Int, cut: Double
  ) -> (soft: Tensor, totals: Tensor) {
    let (n, count, inverse) = (sorted.itemCount, sorted.sequenceCount, 1 / temperature)
    let order = order.values
    return Tensor.writing(values.shape, scores.shape) { soft, totals in
      Tensor.reading(scores, values) { scores, values in
        switch power {
        case .absolute:
          Kernels.softSort(
            count, n, width, inverse: inverse, scores, order, values, soft, totals)
        case .squared:
          Kernels.softSortSquared(
            count, n, width, inverse: inverse, cut: cut, scores, order, values, soft, totals)
        }
      }
    }
  }

  private func backward(
    _ scores: Tensor, _ values: Tensor, width: Int, cut: Double, soft: Tensor, totals: Tensor,
    cotangent: Tensor
  ) -> (ofScores: Tensor, ofPayload: Tensor) {
    let (n, count, inverse) = (sorted.itemCount, sorted.sequenceCount, 1 / temperature)
    let order = order.values
    return Tensor.writing(scores.shape, values.shape) { ofScores, ofPayload in
      Tensor.reading(scores, values, soft.contiguous(), totals, cotangent) {
        scores, values, soft, totals, cotangent in
        switch power {
        case .absolute:
          Kernels.softSortBackward(
            count, n, width, inverse: inverse, scores, order, values, soft, totals, cotangent,
            ofScores, ofPayload)
        case .squared:
          Kernels.softSortSquaredBackward(
            count, n, width, inverse: inverse, cut: cut, scores, order, values, soft, totals,
            cotangent, ofScores, ofPayload)
        }
      }
    }
  }

  // MARK: Gradients that are differentiated in their turn

  private func composedCotangents(_ cotangent: Tensor, payload: Tensor, width: Int) -> [Tensor?] {
    let weights = matrix
    let given = cotangent.reshaped(sorted.scores.shape + [width])
    let rows = payload.reshaped(sorted.scores.shape + [width])
    let weighted = weights * given.matmul(rows.transposed())
    let slopes = weighted - weights * weighted.sum(along: -1, keepingDimensions: true)
    return [
      scoreCotangent(ofLogits: slopes),
      weights.transposed().matmul(given).reshaped(payload.shape),
    ]
  }

  /// The gradient of the scores from that of the logits: an item is a column, and through its place
  /// a row.
  private func scoreCotangent(ofLogits slopes: Tensor) -> Tensor {
    let distances =
      sorted.descending.expandingDimensions(at: -1) - sorted.scores.expandingDimensions(at: -2)
    let derivatives = power == .absolute ? distances.detached().sign() : distances * 2
    let signed = slopes * derivatives * Scalar(1 / temperature)
    let ofPlaces = signed.sum(along: -1).addingAlong(order, axis: -1, size: sorted.itemCount)
    return signed.sum(along: -2) - ofPlaces
  }
}
