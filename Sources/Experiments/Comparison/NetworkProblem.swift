import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// A belief network of one layer, trained for a while and frozen, on a batch of real images: the
/// gradient in the logits of q(h | x).
struct NetworkProblem {
  private let latents: Int
  private let images: Int
  private let steps: Int
  private let seed: Int
  private let data: String

  init(_ specification: Specification) throws(SettingError) {
    try specification.allow(["latents", "images", "steps", "seed", "data"])
    latents = try specification.integer("latents", in: 1...10_000, default: 200)
    images = try specification.integer("images", in: 1...1000, default: 10)
    steps = try specification.integer("steps", in: 1...1_000_000, default: 500)
    seed = try specification.integer("seed", in: 0...Int.max, default: 1)
    data = specification.option("data") ?? "glyphs"
  }

  func problem() throws -> ComparisonProblem {
    let source = try loadImages(data)
    guard source.training.count >= max(100, images) else {
      throw Failure(
        .badData,
        "\(data): \(source.training.count) training images, at least \(max(100, images)) are needed"
      )
    }
    if let excess = MemoryBudget.excess(
      "training \(latents) latents of \(source.training.pixelCount) pixels",
      [[2 * MemoryBudget.numbersPerWeight, latents, source.training.pixelCount]])
    {
      throw Failure(.usage, excess)
    }
    var generator = Philox(seed: UInt64(seed), stream: .problem)
    let mean = source.training.mean
    let network = BeliefNetwork(
      .init(visible: mean.count, layers: [latents]), mean: mean, using: &generator)
    let estimator = Reinforce<Bernoulli, LeaveOneOutBaseline>(samples: 2, baseline: .leaveOneOut)
    var trainer = Trainer(
      Trained(model: network, estimators: LayerEstimators<Bernoulli>([estimator])),
      optimizer: Adam(), learningRate: 1e-3)
    var noise = Philox(seed: UInt64(seed), stream: .problemTraining)
    let batches = BatchStream(
      source.training, size: 100, binarization: .dynamic, seed: UInt64(seed))
    for step in 0..<steps {
      _ = try trainer.descend { trained in
        trained.model.negativeBound(
          of: batches[step], estimators: &trained.estimators, using: &noise
        ).mean()
      }
    }
    let frozen = trainer.model.model
    let x = Batches(
      evaluating: source.test, size: images, binarization: .dynamic, seed: UInt64(seed))[0]
    let logits = frozen.posterior(0, given: x).logits.detached()
    let prior = frozen.prior.logits.detached()
    return try ComparisonProblem(
      law: Law.named("bernoulli"), parameters: logits, event: [latents], batch: [x.shape[0]],
      rows: 20,
      // log q - log p(h) is linear in h, so that the cost is defined, and differentiable, at
      // relaxed points too.
      cost: { h in
        (h * (logits - prior)).sum(along: -1) - logits.softplus().sum(along: -1)
          + prior.softplus().sum()
          - Bernoulli(logits: frozen.decoder[0](h * 2 - 1)).logProbability(x)
      })
  }
}
