import Learning
import Models
import Stochastics
import Tensors
import Testing

/// Weights that are finite, and so large that what they score is not.
struct OverflowingScoresTests {
  private static let huge = Scalar.greatestFiniteMagnitude
  private let latents = Gibbs(logits: .zeros([6]), structure: SpanningTree(vertices: 4))
  private let x = Bits(.ones([3, 5]))
  private let estimator = BoundEstimation<Gibbs<SpanningTree>>.analytic(
    Reinforce(samples: 2, baseline: .leaveOneOut))

  @Test("a bound over structures is not finite then, and nothing traps")
  func bound() {
    var generator = Philox(seed: 1)
    var model = DiscreteVAE(latents: latents, mean: .full(0.5, [5]), using: &generator)
    var estimator = estimator
    let sound = model.negativeBound(of: x, estimators: &estimator, using: &generator)
    #expect(sound.shape == [3] && sound.allFinite)
    model.encoder.output.weight = .full(Self.huge, model.encoder.output.weight.shape)
    let bound = model.negativeBound(of: x, estimators: &estimator, using: &generator)
    #expect(bound.shape == [3] && !bound.allFinite)
  }

  @Test("nor with labels")
  func labels() {
    var generator = Philox(seed: 2)
    var model = SemiSupervisedVAE(
      latents: latents, labels: 4, mean: .full(0.5, [5]), using: &generator)
    var estimators = SemiSupervisedVAE<Gibbs<SpanningTree>>.Estimators(
      latents: estimator, label: Exact<Categorical>(),
      supervision: .init(examples: x, labels: [0, 1, 2], batchSize: 2, weight: 1))
    let sound = model.negativeBound(of: x, estimators: &estimators, using: &generator)
    #expect(sound.shape == [3] && sound.allFinite)
    model.encoder.output.weight = .full(Self.huge, model.encoder.output.weight.shape)
    let bound = model.negativeBound(of: x, estimators: &estimators, using: &generator)
    #expect(bound.shape == [3] && !bound.allFinite)
  }
}
