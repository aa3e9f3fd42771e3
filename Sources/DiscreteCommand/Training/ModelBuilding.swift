import Experiments
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// What is done with a model whose type the configuration decides.
protocol ModelTask {
  associatedtype Output
  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: Model.Estimators
  ) throws -> Output
}

extension TrainingConfiguration {
  /// Makes the model and its estimators, and hands them to a task.
  ///
  /// - Parameters:
  ///   - mean: the training mean, [visible].
  ///   - labelled: examples with labels, where the configuration has any.
  func withModel<Task: ModelTask>(
    mean: Tensor, labelled: LabelledExamples?, _ task: Task
  ) throws -> Task.Output {
    try checkWeights(visible: mean.count + (labelled?.labelCount ?? 0))
    var generator = Philox(seed: seed).folding(10)
    do {
      switch (model, latents) {
      case (.beliefNetwork, .bernoulli(let layers)):
        let network = BeliefNetwork(
          .init(visible: mean.count, layers: layers, hidden: hidden, learnsPrior: learnsPrior),
          mean: mean, using: &generator)
        var made: [any BlackBoxGradientEstimator<Bernoulli>] = []
        for (layer, size) in layers.enumerated() {
          let centre = layer == 0 ? mean : .full(0.5, [layers[layer - 1]])
          let context = context(Bernoulli.self, event: [size], centre: centre)
          made.append(
            try context.makeBlackBox(
              estimators[min(layer, estimators.count - 1)], using: &generator))
        }
        let evaluations = zip(made, layers).map { estimator, size in
          estimator.evaluations(over: Bernoulli(logits: .zeros([size])))
        }
        try checkDraws(visible: mean.count, evaluations)
        return try task.run(network, LayerEstimators(made))
      case (.beliefNetwork, .categorical(let latents, let classes)):
        let event = [latents, classes]
        let mixture = DiscreteVAE<Categorical>(
          event: event, hidden: hidden, mean: mean, using: &generator)
        let estimator = try context(Categorical.self, event: event, centre: mean)
          .makeBlackBox(estimators[0], using: &generator)
        try checkDraws(
          visible: mean.count, [estimator.evaluations(over: mixture.prior.distribution)])
        return try task.run(mixture, .sampled(estimator))
      case (.vae, .bernoulli(let sizes)):
        return try runVAE(
          Bernoulli.self, event: sizes, mean: mean, labelled, &generator, task)
      case (.vae, .categorical(let latents, let classes)):
        return try runVAE(
          Categorical.self, event: [latents, classes], mean: mean, labelled, &generator, task)
      }
    } catch let error as SettingError {
      throw settings.failure(error.description, of: "estimator")
    }
  }

  private func runVAE<Latents: LatentLaw, Task: ModelTask>(
    _: Latents.Type, event: [Int], mean: Tensor, _ labelled: LabelledExamples?,
    _ generator: inout Philox, _ task: Task
  ) throws -> Task.Output {
    guard let labelled, let labels else {
      let model = DiscreteVAE<Latents>(
        event: event, hidden: hidden, learnsPrior: learnsPrior, mean: mean, using: &generator)
      let (estimation, evaluations) = try estimation(
        context(Latents.self, event: event, centre: mean), using: &generator)
      try checkDraws(visible: mean.count, [evaluations])
      return try task.run(model, estimation)
    }
    let count = labelled.labelCount
    let model = SemiSupervisedVAE<Latents>(
      event: event, labels: count, hidden: hidden, learnsPrior: learnsPrior, mean: mean,
      using: &generator)
    let centre = concatenate([mean, .full(1 / Scalar(count), [count])], along: 0)
    let (latents, evaluations) = try estimation(
      context(Latents.self, event: event, centre: centre), using: &generator)
    let label: any GradientEstimator<Categorical>
    do {
      label = try context(Categorical.self, event: [1, count], centre: mean)
        .make(labels.estimator, using: &generator)
    } catch {
      throw settings.failure(error.description, of: "label-estimator")
    }
    try checkDraws(
      visible: mean.count + count,
      [label.evaluations(over: Categorical(logits: .zeros([1, count]))), evaluations])
    return try task.run(
      model,
      .init(
        latents: latents, label: label,
        supervision: .init(
          examples: labelled.examples, labels: labelled.labels,
          batchSize: min(batchSize, labelled.labels.count), weight: labelled.weight)))
  }

  /// What estimates the bound of one layer of latents, and how often it calls the decoder.
  private func estimation<Latents: LatentLaw>(
    _ context: EstimatorContext<Latents>, using generator: inout Philox
  ) throws(SettingError) -> (BoundEstimation<Latents>, evaluations: Int?) {
    let own = Latents(logits: .zeros(context.event))
    let specification = estimators[0]
    if specification.name == EstimatorName.vimco.rawValue {
      let bound = try context.makeBound(specification)
      return (.multiSample(bound), bound.samples)
    }
    if isDivergenceAnalytic {
      let estimator = try context.make(specification, using: &generator)
      return (.analytic(estimator), estimator.evaluations(over: own))
    }
    let estimator = try context.makeBlackBox(specification, using: &generator)
    return (.sampled(estimator), estimator.evaluations(over: own))
  }

  private func context<Latents: LatentLaw>(
    _: Latents.Type, event: [Int], centre: Tensor
  ) -> EstimatorContext<Latents> {
    EstimatorContext(
      event: event, centre: centre, states: Latents(logits: .zeros(event)).stateCount)
  }

  /// Refuses a model that is too large to train: what infers the latents and what generates from them have as many weights.
  private func checkWeights(visible: Int) throws {
    // What the model would take without them tells whether hidden layers are to blame.
    let keys = excess(visible: visible, hidden: []) == nil ? ["hidden"] : ["layers", "latent"]
    if let excess = excess(visible: visible, hidden: hidden) {
      let key = keys.first(where: settings.isSet) ?? keys.first { settings[$0] != nil } ?? keys[0]
      throw settings.failure("\(key) is '\(settings[key] ?? "")': \(excess)", of: key)
    }
  }

  private func excess(visible: Int, hidden: [Int]) -> String? {
    let sizes = [visible] + stochasticSizes
    let links = zip(sizes, sizes.dropFirst()).flatMap { below, above in
      let widths = [below] + hidden + [above]
      return zip(widths, widths.dropFirst()).map { [2 * MemoryBudget.numbersPerWeight, $0, $1] }
    }
    return MemoryBudget.excess("training the weights for \(visible) inputs", links)
  }

  /// Refuses samples of a batch that take too much memory; those of layers multiply.
  ///
  /// - Parameter evaluations: how often the estimator of each layer calls its cost, `nil` where that depends on the draw.
  private func checkDraws(visible: Int, _ evaluations: [Int?]) throws {
    let counts = evaluations.map { $0 ?? 1 }
    let widest = ([visible] + stochasticSizes + hidden).max() ?? visible
    let samples = counts.map(String.init).joined(separator: " x ")
    try settings.checkMemory(
      "\(samples) samples of \(estimators.map(\.name).joined(separator: ", ")) in a batch of \(batchSize)",
      [[batchSize, widest] + counts], of: counts.contains { $0 > 1 } ? "estimator" : "batch-size")
  }

  /// Numbers that enter the links from each stochastic layer.
  private var stochasticSizes: [Int] {
    switch latents {
    case .bernoulli(let layers): layers
    case .categorical(let latents, let classes): [latents * classes]
    }
  }
}
