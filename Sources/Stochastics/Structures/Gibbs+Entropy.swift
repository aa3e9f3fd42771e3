public import Tensors

extension Gibbs {
  /// The scores with zeros for parts that are forbidden.
  private var finiteLogits: Tensor { select(logits.detached().isFinite(), logits, 0) }

  /// The entropy in nats, of shape `batch`.
  public func entropy() -> Tensor {
    let law = untracked
    return values { $0.chart.entropy }.recording(logits) { context in
      let law = Gibbs(law, logits: context.inputs[0])
      return [
        -context.cotangent.expandingDimensions(at: -1) * law.covariance(times: law.finiteLogits)
      ]
    }
  }

  /// The Kullback-Leibler divergence KL(self || other) in nats, of shape `batch`.
  ///
  /// It is infinite where `other` forbids a part that may occur. Leading axes that `other` lacks
  /// repeat it.
  public func klDivergence(to other: Gibbs) -> Tensor {
    other.requireScores(logits)
    let divergences = concurrentMap(entries.count) { index in
      let (p, q) = (entries[index], other.entries[index % other.entries.count])
      return zip(p.chart.marginals, zip(p.scores, q.scores)).reduce(
        q.chart.logNormalizer - p.chart.logNormalizer
      ) { sum, part in part.0 > 0 ? sum + part.0 * (part.1.0 - part.1.1) : sum }
    }
    let (law, goal) = (untracked, other.untracked)
    return Tensor(divergences.map { Scalar(max(0, $0)) }, shape: batch).recording(
      [logits, other.logits]
    ) { context in
      let (p, q) = (
        Gibbs(law, logits: context.inputs[0]), Gibbs(goal, logits: context.inputs[1])
      )
      let cotangent = context.cotangent.expandingDimensions(at: -1)
      return [
        context.cotangent(of: 0) {
          cotangent * p.covariance(times: p.finiteLogits - q.finiteLogits)
        },
        context.cotangent(of: 1) {
          (cotangent * (q.marginals - p.marginals)).summed(to: q.logits.shape)
        },
      ]
    }
  }

  /// KL(self || uniform over all states) in nats, of shape `batch`: the logarithm of the number of
  /// states, less the entropy.
  public func klDivergenceToUniform() -> Tensor {
    values { entry in
      entry.engine.chart(of: [Double](repeating: 0, count: entry.engine.partCount)).logNormalizer
    } - entropy()
  }
}
