import CKernels

extension Tensor {
  /// sum exp(self) (self - other) over the last two axes, of log-probabilities, in one pass.
  ///
  /// A probability of zero silences its term, in value and gradient. `other` broadcasts to the
  /// shape of this tensor, or this to its shape.
  package func relativeEntropy(to other: Tensor) -> Tensor {
    require(
      rank >= 2 && other.rank >= 2 && shape.suffix(2) == other.shape.suffix(2),
      "relative entropy of log-probabilities \(shape) to \(other.shape)")
    guard rank >= other.rank, shape.suffix(other.rank) == other.shape[...] else {
      return plainRelativeEntropy(to: other)
    }
    let batch = Array(shape.dropLast(2))
    let n = shape[rank - 2] * shape[rank - 1]
    let (rows, otherRows) = (Shape.count(batch), Shape.count(other.shape.dropLast(2)))
    let value = Tensor(shape: batch) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(contiguous(), other.contiguous()) {
        Kernels.relativeEntropy(rows, n, $0, $1, otherRows, target)
      }
    }
    return value.recording(self, other) { context in
      if context.isDifferentiated {
        return context.cotangents { $0[0].plainRelativeEntropy(to: $0[1]) }
      }
      let (own, other) = (context.inputs[0].contiguous(), context.inputs[1].contiguous())
      let cotangent = context.cotangent.contiguous()
      return [
        context.cotangent(of: 0) {
          Tensor(shape: own.shape) { buffer in
            guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
            Tensor.reading(cotangent, own, other) {
              Kernels.relativeEntropyBackward(rows, n, $0, $1, $2, otherRows, target)
            }
          }
        },
        context.cotangent(of: 1) {
          let weights = cotangent.expandingDimensions(at: -1).expandingDimensions(at: -1)
          return -(weights * own.exp()).summed(to: other.shape)
        },
      ]
    }
  }

  /// The same out of operations that can be differentiated again.
  func plainRelativeEntropy(to other: Tensor) -> Tensor {
    let probabilities = exp()
    let ratios = select(probabilities .> 0, self - other, 0)
    return (probabilities * ratios).sum(along: -1).sum(along: -1)
  }
}
