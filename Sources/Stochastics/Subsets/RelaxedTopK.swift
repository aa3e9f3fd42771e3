public import Tensors

extension Tensor {
  /// A relaxed indicator of the k largest along the last axis, of this shape, each row summing to
  /// k.
  ///
  /// k softmaxes, each with what the ones before have taken away; as the temperature falls it tends
  /// to the indicator. With Gumbels added to logits it relaxes the set of a Plackett-Luce prefix,
  /// which is another law than ``KSubset``. Xie and Ermon (2019), Reparameterizable subset sampling
  /// via continuous relaxations.
  ///
  /// - Complexity: O(n k).
  public func relaxedTopK(_ k: Int, temperature: Double) -> Tensor {
    require(rank > 0, "the largest of a scalar")
    require(k >= 0 && k <= shape[rank - 1], "the \(k) largest of \(shape[rank - 1])")
    requirePositive(temperature: temperature)
    var (keys, total, last) = (withoutCommonPart(), Tensor.zeros(shape), Tensor.zeros(shape))
    for _ in 0..<k {
      // log(1 - p), kept away from -infinity where an item is taken for certain.
      keys = keys + maximum(1 - last, Tensor(Scalar.leastNormalMagnitude)).log()
      last = (keys / Scalar(temperature)).softmax(along: -1)
      total = total + last
    }
    return total
  }
}
