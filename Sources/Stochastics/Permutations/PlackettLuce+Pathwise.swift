public import Tensors

extension PlackettLuce: CoupledDistribution {
  public var parameters: Tensor { logScores }

  public func with(parameters: Tensor) -> PlackettLuce { PlackettLuce(logScores: parameters) }

  /// Standard Gumbel noise, of shape `[count] + batch + [n]`.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    .randomGumbel([count] + logScores.shape, using: &generator)
  }

  /// Log-scores plus noise; their descending order is the sample.
  public func perturbation(_ noise: Tensor) -> Tensor { logScores + noise }

  /// The descending order; the earlier item goes first where two are equal.
  public static func harden(_ perturbation: Tensor) -> Orders {
    Orders(
      trusted: perturbation.descendingOrder(), itemCount: perturbation.shape[perturbation.rank - 1])
  }

  /// The relaxation of ``NeuralSort``: row r is the softmax of ((n + 1 - 2r) s_j - sum_k |s_j - s_k|) / temperature, places r from one.
  ///
  /// Every row sums to one, and its largest entry is at the item in place r, whatever the temperature.
  /// Grover, Wang, Zweig and Ermon (2019), Stochastic optimization of sorting networks via continuous relaxations.
  ///
  /// - Complexity: O(n^2) for each order, in time and memory.
  public static func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    // A shift changes nothing, and small numbers lose less.
    let centred =
      perturbation - perturbation.detached().mean(along: -1, keepingDimensions: true)
    return (centred.neuralSortLogits / temperature).softmax(along: -1)
  }

  public static func straightThrough(_ sample: Orders, gradientOf relaxed: Tensor) -> Tensor {
    point(sample).passingGradient(to: relaxed)
  }

  /// Gumbels moved by the log-scores, given their order.
  ///
  /// With E_k exponential, the k-th largest is -log(sum of E_j exp(-L_j), j <= k), where L_j is the logarithm of the sum of the scores
  /// left at place j; the sums are formed in logarithms.
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
    // E_k exp(-L_k) is the difference of neighbouring exp(-z).
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
    precondition(
      sample.placeCount == itemCount,
      "orders of \(sample.placeCount) places, expected all \(itemCount) items")
  }
}
