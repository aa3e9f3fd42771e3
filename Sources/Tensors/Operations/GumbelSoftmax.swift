import CKernels

extension Tensor {
  /// softmax((self + Gumbels) / temperature) along the last axis, `[count]` and this shape, in one
  /// pass over memory.
  ///
  /// - Parameters:
  ///   - isHard: whether the value is the one-hot row of the largest, exactly, with the gradient of
  ///     the softmax.
  ///   - key: what the Gumbels depend on, the same as those of `randomGumbel` of that word.
  package func gumbelSoftmax(
    _ count: Int, temperature: Scalar, isHard: Bool, key: UInt64
  ) -> Tensor {
    let n = shape[rank - 1]
    let logits = detached().contiguous()
    let rows = count * logits.count / Swift.max(1, n)
    let inverse = 1 / temperature
    var soft: Tensor = 0
    let shape = [count] + logits.shape
    func run(_ hard: UnsafeMutablePointer<Scalar>?) -> Tensor {
      Tensor(shape: shape) { buffer in
        guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
        logits.withPointer { source in
          guard let source = source.baseAddress else { return }
          Kernels.gumbelSoftmax(
            key, rows, n, inverse, source, logits.count / n, target, hard)
        }
      }
    }
    var value: Tensor
    if isHard {
      value = Tensor(shape: shape) { buffer in soft = run(buffer.baseAddress) }
    } else {
      soft = run(nil)
      value = soft
    }
    let relaxed = soft
    return value.recording(self) { context in
      let cotangent = context.cotangent
      let slopes: Tensor
      if context.isDifferentiated {
        let y = ((context.inputs[0] + logits.noise(count, key: key)) * inverse).softmax(along: -1)
        let weighted = cotangent * y
        slopes = (weighted - y * weighted.sum(along: -1, keepingDimensions: true)) * inverse
      } else {
        slopes = Tensor(shape: shape) { buffer in
          guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
          relaxed.withPointer { y in
            cotangent.contiguous().withPointer { c in
              guard let y = y.baseAddress, let c = c.baseAddress else { return }
              Kernels.gumbelSoftmaxBackward(rows, n, inverse, y, c, target)
            }
          }
        }
      }
      return [
        count == 1 ? slopes.reshaped(Array(shape.dropFirst())) : slopes.sum(along: 0)
      ]
    }
  }

  /// The Gumbels of a word.
  private func noise(_ count: Int, key: UInt64) -> Tensor {
    Tensor(shape: [count] + shape) { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
      Kernels.gumbel(key, 0, buffer.count, base)
    }
  }
}
