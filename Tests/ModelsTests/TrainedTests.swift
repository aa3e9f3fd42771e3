import Learning
import Models
import Stochastics
import Tensors
import Testing

struct TrainedTests {
  @Test("the loss of a model with its estimators is the mean negative bound, with its gradient")
  func loss() {
    let estimator = Reinforce<Bernoulli, LeaveOneOutBaseline>(samples: 3, baseline: .leaveOneOut)
    var trained = Trained(
      model: SmallNetwork.network(),
      estimators: LayerEstimators<Bernoulli>([estimator, estimator]))
    var other = trained
    let x = SmallNetwork.batch(5)
    let (loss, gradient) = valueWithGradient(at: &trained) { trained in
      var noise = Philox(seed: 3)
      return trained.loss(of: x, using: &noise)
    }
    let (expected, own) = valueWithGradient(at: &other.model) { model in
      var noise = Philox(seed: 3)
      return model.negativeBound(of: x, estimators: &other.estimators, using: &noise).mean()
    }
    #expect(loss == expected)
    let (found, named) = (gradient.model.namedParameters(), own.namedParameters())
    #expect(found.map(\.tensor.scalars) == named.map(\.tensor.scalars))
    #expect(found.contains { $0.tensor.scalars.contains { $0 != 0 } })
  }
}
