import CKernels
import Tensors

extension NeuralSort {
  /// The first rows times a payload, and what each row's weights were divided by, `batch + [rows]`.
  func blend(_ payload: Tensor, rows: Int, cut: Double, isHard: Bool = false)
    -> (value: Tensor, totals: Tensor)
  {
    let (n, width, count) = (sorted.itemCount, sorted.width(of: payload), sorted.sequenceCount)
    let (order, temperature) = (sorted.order, temperature)
    let inverse = 1 / temperature
    let values = payload.detached().contiguous()
    let scores = sorted.scores.detached().contiguous()
    let shape = sorted.batch + [rows] + payload.shape.dropFirst(sorted.scores.rank)
    guard count > 0, rows > 0 else { return (.zeros(shape), .zeros(sorted.batch + [rows])) }
    let (soft, totals) = Tensor.writing(shape, sorted.batch + [rows]) { soft, totals in
      Tensor.reading(scores, values) { scores, values in
        Kernels.neuralSort(
          count, n, rows, width, inverse: inverse, cut: cut, scores, order.values, values, soft,
          totals)
      }
    }
    let value = isHard ? sorted.arranging(payload, first: rows) : soft
    let recorded = value.recording(sorted.scores, payload) { context in
      guard !context.isDifferentiated else {
        return NeuralSort(scores: context.inputs[0], temperature: temperature)
          .composedCotangents(
            context.cotangent, payload: context.inputs[1], rows: rows, width: width)
      }
      let cotangent = context.cotangent.contiguous()
      let (ofScores, ofPayload) = Tensor.writing(
        context.needed[0] ? scores.shape : nil, context.needed[1] ? values.shape : nil
      ) { ofScores, ofPayload in
        Tensor.reading(scores, values, soft, totals, cotangent) {
          scores, values, soft, totals, cotangent in
          Kernels.neuralSortBackward(
            count, n, rows, width, inverse: inverse, cut: cut, scores, order.values, values, soft,
            totals, cotangent, ofScores, ofPayload)
        }
      }
      return [ofScores, ofPayload]
    }
    return (recorded, totals)
  }

  /// The place in sorted order of the item that belongs at every place.
  func ranks(of permutation: Indices) -> Indices {
    let n = sorted.itemCount
    sorted.checkOrder(permutation)
    return Indices(shape: permutation.shape) { buffer in
      var places = [Int32](repeating: -1, count: n)
      for start in stride(from: 0, to: permutation.count, by: max(1, n)) {
        for i in 0..<n { places[Int(order.values[start + i])] = Int32(i) }
        for i in 0..<n { buffer[start + i] = places[Int(permutation.values[start + i])] }
      }
    }
  }

  /// -log of entry (i, ranks[i]), in sorted columns.
  func entropy(ranks: Indices, cut: Double) -> Tensor {
    let (n, count) = (sorted.itemCount, sorted.sequenceCount)
    let (order, temperature) = (sorted.order, temperature)
    let inverse = 1 / temperature
    let scores = sorted.scores.detached().contiguous()
    guard scores.count > 0 else { return .zeros(scores.shape) }
    let (loss, totals) = Tensor.writing(scores.shape, scores.shape) { loss, totals in
      scores.withBase {
        Kernels.neuralSortEntropy(
          count, n, inverse: inverse, cut: cut, $0, order.values, ranks.values, loss, totals)
      }
    }
    return loss.recording(sorted.scores) { context in
      guard !context.isDifferentiated else {
        return [
          NeuralSort(scores: context.inputs[0], temperature: temperature)
            .composedCotangent(ofEntropy: context.cotangent, ranks: ranks)
        ]
      }
      let cotangent = context.cotangent.contiguous()
      return [
        Tensor.writing(scores.shape) { slopes in
          Tensor.reading(scores, totals, cotangent) { scores, totals, cotangent in
            Kernels.neuralSortEntropyBackward(
              count, n, inverse: inverse, cut: cut, scores, order.values, ranks.values, totals,
              cotangent, slopes)
          }
        }
      ]
    }
  }
}
