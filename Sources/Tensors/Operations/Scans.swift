import CKernels

extension Tensor {
  /// Running sums along an axis, from the end if `reversed`.
  public func cumulativeSum(along axis: Int, reversed: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis) { Kernels.cumulativeSum($0, $1, $2, reversed, $3, $4) }
      .recording(self) { [$0.cotangent.cumulativeSum(along: axis, reversed: !reversed)] }
  }

  /// Running log(sum(exp(x))) along an axis, from the end if `reversed`, without overflow.
  public func cumulativeLogSumExp(along axis: Int, reversed: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis) { Kernels.cumulativeLogSumExp($0, $1, $2, reversed, $3, $4) }
      .recording(self) { context in
        // The cotangent of x_i is the sum of c_k exp(x_i - y_k) over every k that has seen i. With
        // s_i the sum of c_k exp(y_i - y_k) it is s_i exp(x_i - y_i), and
        // s_i = c_i + exp(y_i - y_{i+1}) s_{i+1}: no exponent is ever positive.
        let (x, y) = (context.inputs[0], context.output)
        let size = x.shape[axis]
        let finite = select(y .> Tensor(-Scalar.infinity), y, 0)
        let (head, tail) = (0..<Swift.max(size - 1, 0), Swift.min(size, 1)..<size)
        let decay =
          (y.sliced(along: axis, reversed ? tail : head)
          - finite.sliced(along: axis, reversed ? head : tail)).exp()
          .padded(along: axis, before: reversed ? tail.lowerBound : 0, to: size)
        let sums = context.cotangent.recurrence(decay: decay, along: axis, reversed: !reversed)
        return [sums * (x - finite).exp()]
      }
  }

  /// s_j = x_j + decay_j s_{j-1} along an axis; with s_{j+1} if `reversed`.
  package func recurrence(decay: Tensor, along axis: Int, reversed: Bool) -> Tensor {
    require(decay.shape == shape, "decays of shape \(decay.shape) for \(shape)")
    let value = decay.withPointer { decay in
      alongAxis(axis) { outer, size, inner, source, target in
        guard let decay = decay.baseAddress else { return }
        let step = reversed ? -inner : inner
        for block in 0..<outer {
          let first = (block * size + (reversed ? size - 1 : 0)) * inner
          for column in first..<(first + inner) { target[column] = source[column] }
          for row in 1..<size {
            for place in (first + row * step)..<(first + row * step + inner) {
              target[place] = source[place] + decay[place] * target[place - step]
            }
          }
        }
      }
    }
    return value.recording(self, decay) { context in
      // The recurrence runs back along the axis, and the decay of a place belongs to the step into
      // it.
      let back = context.inputs[1].shifted(along: axis, forwards: reversed)
      let cotangent = context.cotangent.recurrence(decay: back, along: axis, reversed: !reversed)
      return [
        cotangent,
        context.cotangent(of: 1) {
          cotangent * context.output.shifted(along: axis, forwards: !reversed)
        },
      ]
    }
  }

  /// Every scalar one place further, or nearer, along an axis; a zero comes in at the open end.
  private func shifted(along axis: Int, forwards: Bool) -> Tensor {
    let size = shape[axis]
    if size == 0 { return self }
    return forwards
      ? sliced(along: axis, 0..<(size - 1)).padded(along: axis, before: 1, to: size)
      : sliced(along: axis, 1..<size).padded(along: axis, before: 0, to: size)
  }
}
