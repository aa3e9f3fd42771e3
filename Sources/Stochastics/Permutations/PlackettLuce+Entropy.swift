public import Tensors

extension PlackettLuce {
  /// The entropies in nats of what stands at each place given those before it, summed along orders:
  /// of shape `leading + batch`.
  ///
  /// Averaged over samples it estimates the entropy without bias: the log-probability with the
  /// choice at each place averaged out. Lists of fewer places estimate the entropy of those places.
  /// As a cost under an estimator it has the gradient of the entropy; its own gradient alone has
  /// not, since the samples depend on the log-scores too.
  ///
  /// - Complexity: O(n) for each order.
  public func entropy(along sample: Orders) -> Tensor {
    summed(along: sample) { list, chosen, others in
      -chosen.exp() * chosen - others.exp() * others
    }
  }

  /// The Kullback-Leibler divergences KL(self || other) in nats of each place given those before
  /// it, summed along orders.
  ///
  /// Averaged over samples of this law it estimates KL(self || other) without bias; every summand
  /// is a divergence and not negative. Of shape `leading + batch`.
  ///
  /// - Complexity: O(n) for each order.
  public func klDivergence(to other: PlackettLuce, along sample: Orders) -> Tensor {
    require(
      logScores.shape == other.logScores.shape,
      "divergence of log-scores \(logScores.shape) to \(other.logScores.shape)")
    return summed(along: sample) { list, chosen, others in
      let reference = OrderedScores(other.logScores, list.orders, isWhole: true)
      return chosen.exp() * (chosen - reference.logChosen)
        + others.exp() * (others - reference.logOthers)
    }
  }

  /// Sums over places a function of two log-probabilities: of the chosen item, and of all others
  /// together.
  ///
  /// With q the probability of the item chosen, the entropy of the items left is h(q) + (1 - q)
  /// times the entropy of those left after it, all of it positive; divergences likewise.
  private func summed(
    along sample: Orders,
    _ ofTwo: (_ list: OrderedScores, _ logChosen: Tensor, _ logOthers: Tensor) -> Tensor
  ) -> Tensor {
    check(sample)
    guard itemCount > 0 else { return .zeros(Array(sample.shape.dropLast())) }
    let list = OrderedScores(logScores, sample.indices, isWhole: true)
    let others = list.logOthers
    let isLast = Tensor((0..<itemCount).map { $0 == itemCount - 1 ? 1 : 0 })
    let ofEach = ofTwo(list, list.logChosen, others)
      .recurrence(decay: others.exp() * (1 - isLast), along: 2, reversed: true)
    return list.byList(ofEach.sliced(along: 2, 0..<list.places).sum(along: 2))
  }
}

extension OrderedScores {
  /// The log-probability of each item against those behind it.
  fileprivate var logChosen: Tensor { listed - remaining }

  /// The log-probability of all those behind an item against it and them, without cancellation;
  /// zero at the last, where there are none.
  fileprivate var logOthers: Tensor {
    let n = listed.shape[2]
    return (remaining.sliced(along: 2, 1..<n) - remaining.sliced(along: 2, 0..<(n - 1)))
      .padded(along: 2, before: 0, to: n)
  }
}
