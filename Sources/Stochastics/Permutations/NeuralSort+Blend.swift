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
    var blended: Tensor = 0
    let totals = Tensor(shape: sorted.batch + [rows]) { totals in
      blended = Tensor(shape: shape) { target in
        scores.withBase { scores in
          values.withBase { values in
            order.withPointer { order in
              guard let y = target.baseAddress, let z = totals.baseAddress else { return }
              Kernels.neuralSort(
                count, n, rows, width, inverse: inverse, cut: cut, scores, order, values, y, z)
            }
          }
        }
      }
    }
    let soft = blended
    let value = isHard ? sorted.arranging(payload, first: rows) : soft
    let recorded = value.recording(sorted.scores, payload) { context in
      guard !context.isDifferentiated else {
        return NeuralSort(scores: context.inputs[0], temperature: temperature)
          .composedCotangents(
            context.cotangent, payload: context.inputs[1], rows: rows, width: width)
      }
      let cotangent = context.cotangent.contiguous()
      func run(
        _ ofScores: UnsafeMutablePointer<Scalar>?, _ ofPayload: UnsafeMutablePointer<Scalar>?
      ) {
        scores.withBase { scores in
          values.withBase { values in
            soft.withBase { soft in
              totals.withBase { totals in
                cotangent.withBase { cotangent in
                  order.withPointer { order in
                    Kernels.neuralSortBackward(
                      count, n, rows, width, inverse: inverse, cut: cut, scores, order, values,
                      soft, totals, cotangent, ofScores, ofPayload)
                  }
                }
              }
            }
          }
        }
      }
      var ofPayload: Tensor?
      guard context.needed[0] else {
        return [nil, Tensor(shape: values.shape) { run(nil, $0.baseAddress) }]
      }
      let ofScores = Tensor(shape: scores.shape) { slopes in
        guard context.needed[1] else { return run(slopes.baseAddress, nil) }
        ofPayload = Tensor(shape: values.shape) { run(slopes.baseAddress, $0.baseAddress) }
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
    var loss: Tensor = 0
    let totals = Tensor(shape: scores.shape) { totals in
      loss = Tensor(shape: scores.shape) { target in
        scores.withBase { scores in
          order.withPointer { order in
            ranks.withPointer { ranks in
              guard let y = target.baseAddress, let z = totals.baseAddress else { return }
              Kernels.neuralSortEntropy(
                count, n, inverse: inverse, cut: cut, scores, order, ranks, y, z)
            }
          }
        }
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
        Tensor(shape: scores.shape) { target in
          scores.withBase { scores in
            totals.withBase { totals in
              cotangent.withBase { cotangent in
                order.withPointer { order in
                  ranks.withPointer { ranks in
                    guard let slopes = target.baseAddress else { return }
                    Kernels.neuralSortEntropyBackward(
                      count, n, inverse: inverse, cut: cut, scores, order, ranks, totals,
                      cotangent, slopes)
                  }
                }
              }
            }
          }
        }
      ]
    }
  }
}
