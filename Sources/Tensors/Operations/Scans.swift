extension Tensor {
  /// Running sums along an axis, from the end if `reversed`.
  public func cumulativeSum(along axis: Int, reversed: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis) { Kernels.cumulativeSum($0, $1, $2, reversed, $3, $4) }
      .recording([self]) { [$0.cotangent.cumulativeSum(along: axis, reversed: !reversed)] }
  }

  /// Running log(sum(exp(x))) along an axis, from the end if `reversed`, without overflow.
  public func cumulativeLogSumExp(along axis: Int, reversed: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis) { Kernels.cumulativeLogSumExp($0, $1, $2, reversed, $3, $4) }
      .recording([self]) { context in
        // d y_k / d x_i = exp(x_i - y_k) for every k that has seen i. The weights exp(-y_k) span any range, so the sum over k is
        // taken in log space, positive and negative cotangents apart.
        let (x, y, c) = (context.inputs[0], context.output, context.cotangent)
        func part(_ c: Tensor) -> Tensor {
          let logarithm = select(c .> 0, c, 1).log() - y
          let masked = select(c .> 0, logarithm, Tensor(-Scalar.infinity))
          let sums = masked.cumulativeLogSumExp(along: axis, reversed: !reversed)
          let seen = sums.detached() .> Tensor(-Scalar.infinity)
          return select(seen, select(seen, sums, 0) + x, Tensor(-Scalar.infinity)).exp()
        }
        return [part(c) - part(-c)]
      }
  }
}
