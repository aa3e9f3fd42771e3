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

  private func law(of layouts: Layouts) -> Law {
    Law(lines: model.scores(of: layouts.places), vertices: layouts.vertices)
  }

  private func divergence(of law: Law) -> Tensor {
    estimator.isRelaxed ? law.perturbedDivergence : law.divergence
  }

  /// The negative bound in nats.
  mutating func loss(of layouts: Layouts, variance: Double, using generator: inout Philox) -> Tensor
  {
    let (model, law) = (model, law(of: layouts))
    let cost = estimator.expectation(over: law, using: &generator) { point, _ in
      -model.logProbability(of: layouts.places, lines: point, variance: variance)
    }
    return (cost + divergence(of: law)).mean()
  }

  /// The bound in nats, of hard states; and precision and recall of the lines of likeliest graphs.
  func figures(
    of layouts: Layouts, variance: Double, using generator: inout Philox
  ) -> (bound: Double, precision: Double, recall: Double) {
    let law = law(of: layouts)
    let z =
      estimator.isRelaxed ? law.perturbed(using: &generator) : law.sample(1, using: &generator)
    let bound =
      model.logProbability(of: layouts.places, lines: z.tensor, variance: variance).sliced(
        along: 0, at: 0)
      - divergence(of: law)
    let found = law.mode().tensor.sliced(along: 0, at: 0)
    let right = Double((found * layouts.lines).sum().item)
    return (
      Double(bound.mean().item), right / max(1, Double(found.sum().item)),
      right / Double(layouts.lines.sum().item)
    )
  }
}
