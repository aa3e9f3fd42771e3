import Models
import Stochastics
import Tensors
import Testing

struct SemiSupervisedVAETests {
  @Test("a schedule of the latents advances by one a step, however often the label calls its cost")
  func schedule() {
    var generator = Philox(seed: 1)
    let examples = Bits(Tensor.randomUniform([12, 5], using: &generator).step())
    let model = SemiSupervisedVAE(
      latents: Bernoulli(logits: .zeros([3])), labels: 4, mean: .full(0.5, [5]), using: &generator)
    let schedule = Temperature.linear(initial: 1, final: 0.1, over: 10)
    for label in [Exact<Categorical>(), REBAR<Categorical>(), GumbelSoftmax<Categorical>()]
      as [any GradientEstimator<Categorical>]
    {
      var estimators = SemiSupervisedVAE<Bernoulli>.Estimators(
        latents: .analytic(GumbelSoftmax<Bernoulli>(temperature: schedule)), label: label,
        supervision: .init(
          examples: examples, labels: (0..<12).map { $0 % 4 }, batchSize: 6, weight: 1))
      for step in 0..<3 {
        guard case .analytic(let latents) = estimators.latents,
          let relaxed = latents as? GumbelSoftmax<Bernoulli>
        else { return #expect(Bool(false), "another estimator at step \(step)") }
        #expect(relaxed.currentTemperature == schedule.value(at: step))
        let bound = model.negativeBound(of: examples, estimators: &estimators, using: &generator)
        #expect(bound.shape == [12] && bound.allFinite)
      }
    }
  }
}
