public import Tensors

extension Gibbs {
  /// The scores with zeros for parts that are forbidden.
  private var finiteLogits: Tensor { select(logits.detached().isFinite(), logits, 0) }

  /// The entropy in nats, of shape `batch`.
  public func entropy() -> Tensor {
    let law = untracked
    return values { $0.chart.entropies }.recording(logits) { context in
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
    let divergences = values { block in
      let (marginals, own) = (block.chart.marginals, block.member.engine.partCount)
      let scores = logits.withPointer {
        block.member.gathered(block.rows, of: $0, width: partCount)
      }
      let goals = other.logits.withPointer {
        block.member.gathered(
          block.rows.map { $0 % other.entryCount }, of: $0, width: partCount)
      }
      return block.rows.enumerated().map { index, row in
        let (goal, place) = other.location(of: row % other.entryCount)
        let start = goal.chart.logNormalizers[place] - block.chart.logNormalizers[index]
        let sum = (index * own..<(index + 1) * own).reduce(start) { sum, part in
          marginals[part] > 0 ? sum + marginals[part] * (scores[part] - goals[part]) : sum
        }
        return max(0, sum)
      }
    }
    let (law, goal) = (untracked, other.untracked)
    return divergences.recording([logits, other.logits]) { context in
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
    let counts = members.map { member in
      member.engine.chart(of: [Double](repeating: 0, count: member.engine.partCount))
        .logNormalizers[0]
    }
    return values { $0.rows.map { counts[$0 % members.count] } } - entropy()
  }
}
