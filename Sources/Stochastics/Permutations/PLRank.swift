public import Tensors

extension PlackettLuce {
  /// The expected sum over places of discount times gain, of shape `batch`, with the gradient of
  /// PL-Rank.
  ///
  /// The gradient of one order: what comes after an item's place, and for each place up to its own
  /// the probability of the item there times the difference its gain would make. Rao-Blackwellized
  /// over the item at each place, so that its variance is far below that of REINFORCE.
  ///
  /// Oosterhuis (2022), Learning-to-rank at the speed of sampling: Plackett-Luce gradient
  /// estimation with minimal computational complexity.
  ///
  /// - Parameters:
  ///   - gains: of the items, of the shape of the log-scores; differentiable.
  ///   - discounts: of the places that count, `[places]`.
  /// - Complexity: O(n) for each sample, after sorting the first places.
  public func expectedGain(
    _ gains: Tensor, discounts: Tensor, samples: Int = 1,
    using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    require(samples > 0, "PL-Rank with \(samples) samples")
    require(
      discounts.rank == 1 && discounts.count <= itemCount,
      "discounts \(discounts.shape) for \(itemCount) items")
    return expectedGain(
      gains, discounts: discounts, of: top(discounts.count).sample(samples, using: &generator))
  }

  /// The estimate of given lists [samples] + batch + [places].
  package func expectedGain(_ gains: Tensor, discounts: Tensor, of sample: Orders) -> Tensor {
    guard discounts.count > 0 else { return .zeros(batch) }
    let (n, places) = (itemCount, discounts.count)
    let list = OrderedScores(logScores.detached(), sample.indices, isWhole: true)
    let gains = list.listing(gains)
    let discounted = gains.sliced(along: 2, 0..<places) * discounts
    let own = gains.detached()
    let weights = discounts.detached().padded(along: 0, before: 0, to: n)
    let rest = discounted.detached().padded(along: 2, before: 0, to: n)
      .cumulativeSum(along: 2, reversed: true)
    // Sums over the places up to each, in units of the scores left at it: no exponent is positive.
    let left = list.remaining
    let decay = (left.sliced(along: 2, 1..<n) - left.sliced(along: 2, 0..<(n - 1))).exp()
      .padded(along: 2, before: 1, to: n)
    let weightSums = weights.broadcast(to: left.shape)
      .recurrence(decay: decay, along: 2, reversed: false)
    let restSums = rest.recurrence(decay: decay, along: 2, reversed: false)
    let after = rest.sliced(along: 2, 1..<n).padded(along: 2, before: 0, to: n)
    let slopes = after + (list.listed - left).exp() * (own * weightSums - restSums)
    let samples = Scalar(list.listed.shape[1])
    return list.byList(discounted.sum(along: 2)).mean(along: 0)
      .pulling(list.items(of: slopes) / samples, into: logScores)
  }
}
