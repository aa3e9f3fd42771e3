public import Tensors

extension PlackettLuce: CoupledDistribution {
  public var parameters: Tensor { logScores }

  public func with(parameters: Tensor) -> PlackettLuce { PlackettLuce(logScores: parameters) }

  /// Standard Gumbel noise, of shape `[count] + batch + [n]`.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    .randomGumbel([count] + logScores.shape, using: &generator)
  }

  /// Log-scores, less what all of them have in common, plus noise; their descending order is the
  /// sample.
  public func perturbation(_ noise: Tensor) -> Tensor { logScores.withoutCommonPart() + noise }

  /// The descending order; the earlier item goes first where two are equal.
  public func harden(_ perturbation: Tensor) -> Orders {
    Orders(
      trusted: perturbation.descendingOrder(), itemCount: perturbation.shape[perturbation.rank - 1])
  }

  /// ``NeuralSort`` of the perturbed log-scores: every row's largest entry is at the item in its
  /// place, whatever the temperature.
  ///
  /// A temperature that is learned may run away; it counts as one from 1e-4 to 1e4.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Arrangement {
    let temperature = minimum(maximum(temperature, 1e-4), 1e4)
    guard temperature.isTracked else {
      return Arrangement(
        NeuralSort(scores: perturbation, temperature: Double(temperature.item)))
    }
    return Arrangement(NeuralSort(scores: perturbation / temperature, temperature: 1))
  }

  public static func straightThrough(
    _ sample: Orders, gradientOf relaxed: Arrangement
  ) -> Arrangement {
    relaxed.straightThrough(sample)
  }

  /// Gumbels moved by the log-scores, given their order.
  ///
  /// With E_k exponential, the k-th largest is -log(sum of E_j exp(-L_j), j <= k), where L_j is the
  /// logarithm of the sum of the scores left at place j; the sums are formed in logarithms.
  public func conditional(on sample: Orders, noise: Tensor) -> Tensor {
    checkWhole(sample)
    let list = OrderedScores(logScores, sample.indices, isWhole: true)
    let own = list.byEntry(noise.takingAlong(sample.indices, axis: -1))
    let descending = -(-own - list.remaining).cumulativeLogSumExp(along: 2)
    return list.bySample(descending).takingAlong(sample.places, axis: -1)
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Orders) -> Tensor {
    checkWhole(sample)
    let n = itemCount
    guard n > 0 else { return perturbation }
    let list = OrderedScores(logScores, sample.indices, isWhole: true)
    let descending = list.byEntry(perturbation.takingAlong(sample.indices, axis: -1))
    // E_k exp(-L_k) is the difference of neighboring exp(-z).
    let gaps = minimum(
      descending.sliced(along: 2, 1..<n) - descending.sliced(along: 2, 0..<(n - 1)),
      Tensor(-Scalar.leastNormalMagnitude))
    let noise =
      descending - gaps.log1mExp().padded(along: 2, before: 1, to: n) - list.remaining
    return list.bySample(noise).takingAlong(sample.places, axis: -1)
  }

  public func score(of sample: Orders) -> Tensor {
    checkWhole(sample)
    return logScores.orderScore(of: sample.indices)
  }

  private func checkWhole(_ sample: Orders) {
    check(sample)
    require(
      sample.placeCount == itemCount,
      "orders of \(sample.placeCount) places, expected all \(itemCount) items")
  }
}
