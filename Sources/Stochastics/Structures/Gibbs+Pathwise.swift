public import Tensors

// Every node of the graph picks one of its edges, whether or not the derivation reaches it, and the
// state is what the picks derive from the root. So a draw is that of independent categorical
// variables, one for each node, whose log-probabilities get Gumbel noise. The state does not depend
// on the picks of nodes that it does not reach: given the state, their noise has the law it had.

extension Gibbs: PathwiseDistribution, CoupledDistribution where Shape.Engine == DerivationGraph {
  public var parameters: Tensor { logits }

  public func with(parameters: Tensor) -> Gibbs { with(naturalParameters: parameters) }

  private var graph: DerivationGraph { structure.engine }

  private func requireWhole() {
    require(
      members.allSatisfy { $0.places == nil },
      "picks of entries with structures of their own, expected the same in all")
  }

  /// The log-probability of each edge given its node, `batch + [edges]`.
  private var logChances: Tensor {
    requireWhole()
    let rows = logits.reshaped([batch.reduce(1, *), partCount])
    return graph.sums(of: rows).logChances.reshaped(batch + [graph.edges.count])
  }

  /// Gumbels, one for each edge of the graph: `[count] + batch + [edges]`.
  ///
  /// Traps where entries have structures of their own.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    requireWhole()
    return .randomGumbel([count] + batch + [graph.edges.count], using: &generator)
  }

  public func perturbation(_ noise: Tensor) -> Tensor { logChances + noise }

  /// The states that the largest edge of each node derives.
  public func harden(_ perturbation: Tensor) -> Bits {
    let keys = perturbation.scalars
    let count = graph.edges.count
    return bits(perturbation.shape[0]) { index, sample in
      let start = (sample * batch.reduce(1, *) + index) * count
      return graph.walk { node in
        let own = graph.edges(of: node)
        return own.dropFirst().reduce(own.lowerBound) {
          keys[start + $1] > keys[start + $0] ? $1 : $0
        }
      }
    }
  }

  /// The expected parts where each node picks its edges by the softmax of perturbations over the
  /// temperature.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    let leading = Array(perturbation.shape.dropLast())
    let rows = perturbation.reshaped([leading.reduce(1, *), graph.edges.count])
    return graph.marginals(ofKeys: rows / temperature).reshaped(leading + [partCount])
  }

  public static func straightThrough(_ sample: Bits, gradientOf relaxed: Tensor) -> Tensor {
    point(sample).passingGradient(to: relaxed)
  }

  /// What a state says of the picks: the edge that is picked at each edge's node, whether that is
  /// the edge itself, and whether the node is reached at all.
  private func picks(of sample: Bits) -> (places: Indices, isPicked: Tensor, isReached: Tensor) {
    let bits = sample.tensor.scalars
    let count = graph.edges.count
    let rows = partCount == 0 ? 0 : bits.count / partCount
    var places = [Int](repeating: 0, count: rows * count)
    var (picked, reached) = ([Scalar](repeating: 0, count: places.count), [Scalar]())
    reached = picked
    for row in 0..<rows {
      let parts = (0..<partCount).filter { bits[row * partCount + $0] != 0 }
      for (node, pick) in graph.derivation(of: parts) {
        for edge in graph.edges(of: node) {
          places[row * count + edge] = pick
          reached[row * count + edge] = 1
        }
        picked[row * count + pick] = 1
      }
    }
    let shape = Array(sample.shape.dropLast()) + [count]
    return (
      Indices(places, shape: shape), Tensor(picked, shape: shape), Tensor(reached, shape: shape)
    )
  }

  /// At each node that the state reaches Gumbels given which is the largest, as ``Categorical`` has
  /// them; at the others, Gumbels.
  public func conditional(on sample: Bits, noise: Tensor) -> Tensor {
    let picks = picks(of: sample)
    let logs = logChances
    let possible = logs.detached() .> Tensor(-Scalar.infinity)
    let own = select(possible, logs, 0) + noise
    let largest = noise.takingAlong(picks.places, axis: noise.rank - 1)
    let truncated = largest - (largest - own).softplus()
    let given = select(picks.isReached, select(picks.isPicked, largest, truncated), own)
    return select(possible, given, Tensor(-Scalar.infinity))
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Bits) -> Tensor {
    let picks = picks(of: sample)
    let logs = logChances
    let possible = logs .> Tensor(-Scalar.infinity)
    let largest = perturbation.takingAlong(picks.places, axis: perturbation.rank - 1)
    let gap = minimum(perturbation - largest, Tensor(-Scalar.leastNormalMagnitude))
    let free = perturbation - logs
    let given = select(picks.isReached, free - gap.log1mExp(), free)
    return select(possible, select(picks.isPicked, perturbation, given), 0)
  }

  public func score(of sample: Bits) -> Tensor { score(Self.point(sample)) }
}
