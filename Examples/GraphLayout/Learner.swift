import SwiftDiscrete

/// A model and the estimator of its gradient.
struct Learner<Estimator: GradientEstimator>: Parameterized, Sendable
where Estimator.Distribution: LineLaw {
  typealias Law = Estimator.Distribution

  var model: LayoutModel
  var estimator: Estimator

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("model", &model)
    visitor.visit("estimator", &estimator)
  }

  private func law(of layouts: Layouts, isHeld: Bool = false) -> Law {
    let scores = model.scores(of: layouts)
    return Law(lines: isHeld ? scores.detached() : scores, vertices: layouts.vertices)
  }

  private func divergence(of law: Law) -> Tensor {
    estimator.isRelaxed ? law.perturbedDivergence : law.divergence
  }

  /// The mean negative bound in nats; only the decoder learns from it if the law is held.
  ///
  /// A decoder that has learned nothing likes lines or dislikes them by chance. A law that follows
  /// it at once may end at the lines that are not there, which a decoder can learn to read too.
  mutating func loss(
    of layouts: Layouts, isHeld: Bool, using generator: inout Philox
  ) -> Tensor {
    let (model, law) = (model, law(of: layouts, isHeld: isHeld))
    let cost = estimator.expectation(over: law, using: &generator) { point, _ in
      -model.logProbability(of: layouts, lines: point)
    }
    return (cost + divergence(of: law)).mean()
  }

  /// The bound of each graph in nats, of one hard draw.
  func bounds(of layouts: Layouts, using generator: inout Philox) -> Tensor {
    let law = law(of: layouts)
    let z =
      estimator.isRelaxed ? law.perturbed(using: &generator) : law.sample(1, using: &generator)
    return model.logProbability(of: layouts, lines: z.tensor).sliced(along: 0, at: 0)
      - divergence(of: law)
  }

  /// The lines of the likeliest graphs, `[1, graphs, lines]`.
  func lines(of layouts: Layouts) -> Bits { law(of: layouts).mode() }
}

/// How well lines were found.
struct LineScore {
  let precision: Double
  let recall: Double

  /// Of lines `[1, graphs, lines]`.
  init(_ found: Bits, of layouts: Layouts) {
    let right = Double((found.tensor * layouts.lines).sum().item)
    precision = right / max(1, Double(found.tensor.sum().item))
    recall = right / Double(layouts.lines.sum().item)
  }
}
