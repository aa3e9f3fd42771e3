import SwiftDiscrete

/// A law over the lines of a graph.
protocol LineLaw: MomentDistribution, ModalDistribution where Sample == Bits {
  /// The law of a score for each line, `[graphs, lines]`.
  init(lines scores: Tensor, vertices: Int)

  /// KL of the law to the one of equal scores, `[graphs]`.
  var divergence: Tensor { get }

  /// The states with the largest scores once noise is added, as relaxed points tend to them,
  /// `[1, graphs, lines]`.
  func perturbed(using generator: inout Philox) -> Bits

  /// A bound of KL of perturbed states to those of equal scores, `[graphs]`.
  var perturbedDivergence: Tensor { get }
}

extension LineLaw where Self: ScoredDistribution {
  func perturbed(using generator: inout Philox) -> Bits {
    let scores = naturalParameters.expandingDimensions(at: 0)
    return mode(of: scores + Tensor.randomGumbel(scores.shape, using: &generator))
  }

  var perturbedDivergence: Tensor { StochasticSoftmax<Self>.noiseDivergence(of: self) }
}

extension Gibbs<SpanningTree>: LineLaw {
  init(lines scores: Tensor, vertices: Int) {
    self.init(logits: scores, structure: SpanningTree(vertices: vertices))
  }

  var divergence: Tensor { klDivergenceToUniform() }
}

/// As many lines as a tree has.
extension KSubset: LineLaw {
  init(lines scores: Tensor, vertices: Int) {
    self.init(logits: scores, size: vertices - 1)
  }

  var divergence: Tensor {
    KSubset(logits: .zeros(logits.shape), size: size).logNormalizer - entropy()
  }
}

/// Each line by itself.
extension Bernoulli: LineLaw {
  init(lines scores: Tensor, vertices: Int) { self.init(logits: scores) }

  var divergence: Tensor { klDivergence(to: Bernoulli(logits: .zeros(logits.shape))) }

  func perturbed(using generator: inout Philox) -> Bits { sample(1, using: &generator) }

  var perturbedDivergence: Tensor { divergence }
}
