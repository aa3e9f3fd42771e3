import Models
import Stochastics
import Tensors

/// What is done with a model whose type the configuration decides.
protocol ModelTask {
  associatedtype Output
  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: LayerEstimators<Model.Latents>
  ) throws -> Output
}

extension TrainingConfiguration {
  /// Makes the model and its estimators, and hands them to a task.
  ///
  /// - Parameter mean: the training mean, [visible].
  func withModel<Task: ModelTask>(mean: Tensor, _ task: Task) throws -> Task.Output {
    try checkWeights(visible: mean.count)
    var generator = Philox(seed: seed).folding(10)
    do {
      switch latents {
      case .bernoulli(let layers):
        let model = BeliefNetwork(
          .init(visible: mean.count, layers: layers, hidden: hidden, learnsPrior: learnsPrior),
          mean: mean, using: &generator)
        var estimators: [any BlackBoxGradientEstimator<Bernoulli>] = []
        for (layer, size) in layers.enumerated() {
          let centre = layer == 0 ? mean : .full(0.5, [layers[layer - 1]])
          let states = size < Int.bitWidth - 1 ? 1 << size : nil
          let context = EstimatorContext<Bernoulli>(
            centre: centre, states: states, pointSize: size)
          estimators.append(try context.makeBlackBox(estimator, using: &generator))
        }
        let evaluations = zip(estimators, layers).map { estimator, size in
          estimator.evaluations(over: Bernoulli(logits: .zeros([size])))
        }
        try checkDraws(visible: mean.count, evaluations)
        return try task.run(model, LayerEstimators(estimators))
      case .categorical(let latents, let classes):
        let model = CategoricalMixture(
          latents: latents, classes: classes, hidden: hidden, mean: mean, using: &generator)
        let prior = Categorical(logits: .zeros([latents, classes]))
        let context = EstimatorContext<Categorical>(
          centre: mean, states: prior.stateCount, pointSize: latents * classes)
        let estimator = try context.makeBlackBox(estimator, using: &generator)
        try checkDraws(visible: mean.count, [estimator.evaluations(over: prior)])
        return try task.run(model, LayerEstimators([estimator]))
      }
    } catch let error as SettingError {
      throw settings.failure(error.description, of: "estimator")
    }
  }

  /// Refuses a model whose weights would take over a gigabyte in single precision.
  private func checkWeights(visible: Int) throws {
    let most = TrainingConfiguration.mostScalars
    let key = if case .bernoulli = latents { "layers" } else { "latent" }
    let sizes = [visible] + stochasticSizes
    var weights = 0
    for (below, above) in zip(sizes, sizes.dropFirst()) {
      let widths = [below] + hidden + [above]
      for (inputs, outputs) in zip(widths, widths.dropFirst()) {
        let (product, overflow) = inputs.multipliedReportingOverflow(by: outputs)
        guard !overflow, product <= most - weights else {
          throw settings.failure(
            "\(key) is '\(settings[key] ?? "")', a model of over \(most) weights", of: key)
        }
        weights += product
      }
    }
  }

  /// Refuses samples of a batch that would take over a gigabyte in single precision; those of layers multiply.
  ///
  /// - Parameter evaluations: how often the estimator of each layer calls its cost, `nil` where that depends on the draw.
  private func checkDraws(visible: Int, _ evaluations: [Int?]) throws {
    let counts = evaluations.map { $0 ?? 1 }
    let widest = ([visible] + stochasticSizes + hidden).max() ?? visible
    var scalars = 1
    for factor in [batchSize, widest] + counts {
      let (product, overflow) = scalars.multipliedReportingOverflow(by: factor)
      guard !overflow, product <= TrainingConfiguration.mostScalars else {
        let samples = counts.map(String.init).joined(separator: " x ")
        throw settings.failure(
          "\(samples) samples of \(estimator.name) in a batch of \(batchSize) are over \(TrainingConfiguration.mostScalars) numbers",
          of: counts.contains { $0 > 1 } ? "estimator" : "batch-size")
      }
      scalars = product
    }
  }

  private static var mostScalars: Int { 1 << 28 }

  /// Numbers that enter the links from each stochastic layer.
  private var stochasticSizes: [Int] {
    switch latents {
    case .bernoulli(let layers): layers
    case .categorical(let latents, let classes): [latents * classes]
    }
  }
}
