extension Tensor {
  /// NeuralSort of payloads under scores that are sorted already, in gap form and without the matrix.
  ///
  /// Row i is the mean of payloads with weights exp(-D(i, r) / temperature), where D(i, r) sums the gaps between the places with factors
  /// 1, 3, 5, ... away from the diagonal: what is published, less the row's maximum, which stands at r = i.
  ///
  /// - Parameters:
  ///   - payload: `[problems, n, d]`, rows in the order of the scores.
  ///   - threshold: weights below exp(-threshold) are left out.
  /// - Returns: `[problems, n, d]`; its gradient is first order.
  package func neuralSorted(
    _ payload: Tensor, temperature: Scalar, threshold: Scalar
  ) -> Tensor {
    let (problems, n, d) = (shape[0], shape[1], payload.shape[2])
    let inverse = 1 / temperature
    let fixed = detached()
    let gaps =
      n > 1
      ? (fixed.sliced(along: 1, 0..<(n - 1)) - fixed.sliced(along: 1, 1..<n)).contiguous()
      : Tensor.zeros([problems, 0])
    let columns = payload.detached().transposed().contiguous()
    var totals: Tensor = 0
    let rows = Tensor(shape: [problems, d, n]) { target in
      totals = Tensor(shape: [problems, n]) { total in
        gaps.withPointer { gaps in
          columns.withPointer { v in
            guard let y = target.baseAddress, let z = total.baseAddress, let v = v.baseAddress
            else { return }
            // Without gaps nothing is read from there.
            Kernels.neuralSort(
              problems, n, d, inverse, threshold, gaps.baseAddress ?? v, v, y, z)
          }
        }
      }
    }
    let sums = totals
    return rows.transposed().contiguous().recording(self, payload) { context in
      precondition(!context.isDifferentiated, "NeuralSort without its matrix has one derivative")
      let g = context.cotangent.transposed().contiguous()
      let inner = (g * rows).sum(along: 1).contiguous()
      var (a, c): (Tensor, Tensor) = (0, 0)
      let slopes = Tensor(shape: [problems, d, n]) { dv in
        a = Tensor(shape: [problems, n]) { a in
          c = Tensor(shape: [problems, n]) { c in
            gaps.withPointer { gaps in
              columns.withPointer { v in
                sums.withPointer { total in
                  g.withPointer { g in
                    inner.withPointer { inner in
                      guard let v = v.baseAddress, let total = total.baseAddress,
                        let g = g.baseAddress, let inner = inner.baseAddress,
                        let dv = dv.baseAddress, let a = a.baseAddress, let c = c.baseAddress
                      else { return }
                      Kernels.neuralSortBackward(
                        problems, n, d, inverse, threshold, gaps.baseAddress ?? v, v, total, g,
                        inner, dv, a, c)
                    }
                  }
                }
              }
            }
          }
        }
      }
      let before = a.cumulativeSum(along: 1) - a
      return [(a - c * 2 + before * 2) * inverse, slopes.transposed().contiguous()]
    }
  }

  /// The places of each row of the last axis in descending order; equal ones keep their order.
  package func descendingOrder() -> Indices {
    let n = shape[rank - 1]
    return Indices(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      contiguous().withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.descending(count / n, n, n, source, target)
      }
    }
  }
}
