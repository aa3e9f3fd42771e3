public import Tensors

// An engine that derives a state from a root by choices has partial states, whose completions have
// a sum and a best one. An elimination has none.

extension Gibbs: DistinctSampling where Shape.Engine == DerivationGraph {
  /// - Complexity: a pass over the edges of each entry, and O(count) for every edge of the nodes
  ///   that a derivation chooses at.
  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    sampleDistinct(count, keys: keys(using: &generator))
  }

  /// Distinct states whose noise is a function of one key for each entry of the batch, so that an
  /// entry's states do not depend on the others.
  public func sampleDistinct(_ count: Int, keys: [UInt64]) -> Bits {
    requireKeys(keys)
    return best(count) { graph, entry in
      var stream = Philox(seed: keys[entry])
      let logs = graph.logShares(of: scores(of: entry), total: logSumExp)
      return graph.best(count, by: logs) { stream.gumbel() }
    }
  }

  /// Exact: a partial state is as good as the best that it leads to.
  ///
  /// - Complexity: that of ``sampleDistinct(_:using:)``.
  public func likeliest(_ count: Int) -> Bits {
    best(count) { graph, entry in
      let logs = graph.logShares(of: scores(of: entry)) { $0.max() ?? -.infinity }
      return graph.best(count, by: logs, gumbel: nil)
    }
  }

  public func sample(
    _ count: Int, excluding states: Bits, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    sample(count, excluding: states, keys: keys(using: &generator))
  }

  /// Samples that are none of `states`, whose noise is a function of one key for each entry of the
  /// batch.
  ///
  /// - Complexity: a pass over the edges of each entry for the chart and for every one of `states`,
  ///   and O(edges that are looked at) for a sample.
  public func sample(_ count: Int, excluding states: Bits, keys: [UInt64]) -> Bits {
    require(count >= 0, "\(count) samples")
    requireKeys(keys)
    let excluded = parts(of: states)
    let laws = remaining(excluding: excluded)
    return bits(count) { index, sample in
      guard laws[index].logMass > -.infinity else { return excluded[index][0] }
      var stream = Philox(seed: keys[index]).folding(UInt64(sample))
      return laws[index].sample(using: &stream)
    }
  }

  /// - Complexity: a pass over the edges of each entry for the chart and for every one of `states`;
  ///   two more for the derivative.
  public func logProbability(excluding states: Bits) -> Tensor {
    let (law, laws) = (untracked, remaining(excluding: parts(of: states)))
    return Tensor(laws.map { Scalar($0.logMass) }, shape: batch).recording(logits) { context in
      let law = Gibbs(law, logits: context.inputs[0])
      return [context.cotangent.expandingDimensions(at: -1) * law.slopes(of: laws)]
    }
  }

  /// The derivative of the laws' log-masses in the scores: the marginals that they have beyond
  /// those of all states; zero without a mass.
  private func slopes(of laws: [RemainingDerivations]) -> Tensor {
    let law = untracked
    return vectors { block in
      let parts = block.member.engine.partCount
      var slopes = block.chart.marginals
      for (index, row) in block.rows.enumerated() {
        let own = (index * parts)..<((index + 1) * parts)
        let marginals = laws[row].logMass > -.infinity ? laws[row].marginals : Array(slopes[own])
        for (place, marginal) in zip(own, marginals) { slopes[place] = marginal - slopes[place] }
      }
      return slopes
    }.recording(logits) { context in
      context.cotangents { inputs in
        let masses = law.unrolled(inputs[0]) { index, scores in
          laws[index].logMass > -.infinity ? laws[index].logMass(of: scores) : .zeros([1])
        }
        return gradients(
          of: masses.sum(), withRespectTo: [inputs[0]], differentiable: true)[0]
      }
    }
  }

  private func remaining(excluding states: [[[Int]]]) -> [RemainingDerivations] {
    concurrentMap(entryCount) { entry in
      RemainingDerivations(
        member(of: entry).engine, scores: scores(of: entry), excluding: states[entry])
    }
  }

  /// The states that `choose` finds for each entry; traps where there are too few.
  private func best(_ count: Int, _ choose: (DerivationGraph, Int) -> [[Int]]) -> Bits {
    require(count >= 0, "\(count) distinct states")
    let found = concurrentMap(entryCount) { entry in
      let states = choose(member(of: entry).engine, entry)
      require(
        states.count == count,
        "entry \(entry): \(count) distinct states of a law with \(states.count)")
      return states
    }
    return bits(count) { entry, place in found[entry][place] }
  }

  /// The parts of each of some states `[states] + batch + [parts]` in each entry.
  private func parts(of states: Bits) -> [[[Int]]] {
    require(
      states.shape.dropFirst().elementsEqual(logits.shape),
      "states of shape \(states.shape) under \(logits.shape)")
    return states.tensor.withPointer { bits in
      concurrentMap(entryCount) { entry in
        (0..<states.shape[0]).map { state in
          let own = member(of: entry).gathered(
            [state * entryCount + entry], of: bits, width: partCount)
          return own.indices.filter { own[$0] != 0 }
        }
      }
    }
  }
}
