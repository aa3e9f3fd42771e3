import Formats
import Models
import Runs
import Stochastics
import Tensors

/// A model of images with its estimators, of types that a configuration decides.
protocol TrainedImages: Parameterized, Sendable {
  associatedtype Model: LatentVariableModel

  var model: Model { get set }
  var estimators: Model.Estimators { get set }

  /// The mean negative objective of a batch, a scalar, with the estimators' gradient.
  mutating func loss<G: RandomNumberGenerator>(of x: Bits, using generator: inout G) -> Tensor
}

extension Trained: TrainedImages where Model: LatentVariableModel, Estimators == Model.Estimators {}

/// A model that has been made, and what a gradient of it costs.
struct MadeModel {
  let trained: any TrainedImages
  /// Evaluations of the deepest cost for one gradient; `nil` where that depends on the draw.
  let evaluations: Int?
}

extension BoundConfiguration {
  /// Makes the model and its estimators.
  ///
  /// - Parameters:
  ///   - mean: the training mean, [visible].
  ///   - labeled: examples with labels, where the configuration has any.
  func makeModel(mean: Tensor, labeled: LabeledExamples?) throws -> MadeModel {
    try checkWeights(visible: mean.count + (labeled?.labelCount ?? 0))
    var generator = Philox(seed: run.seed, stream: .weights)
    do {
      switch (model, latents) {
      case (.beliefNetwork, .bernoulli(let layers)):
        let network = BeliefNetwork(
          .init(
            visible: mean.count, layers: layers, hidden: hidden, learnsPrior: prior == .learned,
            priorHidden: priorHidden),
          mean: mean, using: &generator)
        var made: [any BlackBoxGradientEstimator<Bernoulli>] = []
        for (layer, size) in layers.enumerated() {
          let center = layer == 0 ? mean : .full(0.5, [layers[layer - 1]])
          let context = context(of: Bernoulli(logits: .zeros([size])), center: center)
          made.append(
            try context.makeBlackBox(
              estimators[min(layer, estimators.count - 1)], using: &generator))
        }
        let evaluations = zip(made, layers).map { estimator, size in
          estimator.evaluations(over: Bernoulli(logits: .zeros([size])))
        }
        return try finish(network, LayerEstimators(made), visible: mean.count, evaluations)
      case (.beliefNetwork, .categorical(let variables, let classes)):
        let mixture = DiscreteVAE(
          latents: Categorical(logits: .zeros([variables, classes])), hidden: hidden, mean: mean,
          using: &generator)
        let estimator = try context(of: mixture.latents, center: mean)
          .makeBlackBox(estimators[0], using: &generator)
        return try finish(
          mixture, .sampled(estimator), visible: mean.count,
          [estimator.evaluations(over: mixture.latents)])
      case (.vae, .bernoulli(let sizes)) where posterior == .made:
        return try makeAutoregressiveVAE(bits: sizes[0], mean: mean, &generator)
      case (.vae, .bernoulli(let sizes)):
        return try makeVAE(
          of: Bernoulli(logits: .zeros(sizes)), mean: mean, labeled, &generator)
      case (.vae, .categorical(let variables, let classes)):
        return try makeVAE(
          of: Categorical(logits: .zeros([variables, classes])), mean: mean, labeled, &generator)
      case (_, .structure(let name, _)):
        guard let structure = latents.structure else { fatalError("a structure named '\(name)'") }
        func make(_ structure: some Structure) throws -> MadeModel {
          try makeVAE(
            of: Gibbs(logits: .zeros([structure.partCount]), structure: structure), mean: mean,
            labeled, &generator)
        }
        return try make(structure)
      }
    } catch let error as SettingError {
      throw settings.failure(error.description, of: "estimator")
    }
  }

  private func makeAutoregressiveVAE(
    bits: Int, mean: Tensor, _ generator: inout Philox
  ) throws -> MadeModel {
    let model = AutoregressiveVAE(
      bits: bits, hidden: hidden, posteriorHidden: Self.maskedHidden,
      learnsPrior: prior == .learned, priorHidden: priorHidden, mean: mean, using: &generator)
    let law = model.posterior(given: Bits(.zeros([1, mean.count])))
    let context = EstimatorContext<ConditionalMADE>(
      event: [bits], center: mean, states: law.stateCount)
    let (bound, evaluations) = try drawn(context, over: law, using: &generator)
    return try finish(model, bound, visible: mean.count, [evaluations])
  }

  private func makeVAE<Law: LatentLaw>(
    of law: Law, mean: Tensor, _ labeled: LabeledExamples?,
    _ generator: inout Philox
  ) throws -> MadeModel {
    guard let labeled, let labels else {
      let model = DiscreteVAE(
        latents: law, hidden: hidden, learnsPrior: prior == .learned, priorHidden: priorHidden,
        mean: mean, using: &generator)
      let (estimation, evaluations) = try estimation(
        context(of: law, center: mean), over: law, using: &generator)
      return try finish(model, estimation, visible: mean.count, [evaluations])
    }
    let count = labeled.labelCount
    let model = SemiSupervisedVAE(
      latents: law, labels: count, hidden: hidden, learnsPrior: prior == .learned, mean: mean,
      using: &generator)
    let center = concatenate([mean, .full(1 / Scalar(count), [count])], along: 0)
    let (latents, evaluations) = try estimation(
      context(of: law, center: center), over: law, using: &generator)
    let ofLabels = Categorical(logits: .zeros([1, count]))
    let label: any GradientEstimator<Categorical>
    do {
      label = try context(of: ofLabels, center: mean)
        .make(labels.estimator, using: &generator)
    } catch {
      throw settings.failure(error.description, of: "label-estimator")
    }
    return try finish(
      model,
      .init(
        latents: latents, label: label,
        supervision: .init(
          examples: labeled.examples, labels: labeled.labels,
          batchSize: max(1, min(run.batchSize, labeled.labels.count) / run.shards),
          weight: labeled.weight
        )),
      visible: mean.count + count,
      [label.evaluations(over: ofLabels), evaluations])
  }

  /// Puts the two together, unless their draws take too much memory.
  private func finish<Model: LatentVariableModel>(
    _ model: Model, _ estimators: Model.Estimators, visible: Int, _ evaluations: [Int?]
  ) throws -> MadeModel {
    try checkDraws(visible: visible, evaluations)
    let product = evaluations.reduce(Int?(1)) { total, own in
      total.flatMap { a in own.map { a * $0 } }
    }
    return MadeModel(
      trained: Trained(model: model, estimators: estimators), evaluations: product)
  }

  /// The estimator of the bound of one layer of latents, and how often it calls the decoder.
  private func estimation<Law: LatentLaw>(
    _ context: EstimatorContext<Law>, over law: Law, using generator: inout Philox
  ) throws(SettingError) -> (BoundEstimation<Law>, evaluations: Int?) {
    guard isDivergenceAnalytic else {
      let (bound, evaluations) = try drawn(context, over: law, using: &generator)
      return (.drawn(bound), evaluations)
    }
    let estimator = try context.make(estimators[0], using: &generator)
    return (.analytic(estimator), estimator.evaluations(over: law))
  }

  /// The same at hard samples, of any law that infers latents.
  private func drawn<Law: DiscreteDistribution>(
    _ context: EstimatorContext<Law>, over law: Law, using generator: inout Philox
  ) throws(SettingError) -> (SampledBound<Law>, evaluations: Int?) {
    let specification = estimators[0]
    if EstimatorCatalogue[specification.name]?.isOfBound == true {
      let bound = try context.makeBound(specification)
      return (.multiSample(bound), bound.samples)
    }
    let estimator = try context.makeBlackBox(specification, using: &generator)
    return (.expectation(estimator), estimator.evaluations(over: law))
  }

  private func context<Law: LatentLaw>(
    of law: Law, center: Tensor
  ) -> EstimatorContext<Law> {
    EstimatorContext(
      event: law.naturalParameters.shape, center: center, states: law.stateCount)
  }

  /// Refuses a model that is too large to train: what infers the latents and what generates from
  /// them have as many weights.
  private func checkWeights(visible: Int) throws {
    // What the model would take without them tells whether hidden layers are to blame.
    let keys = excess(visible: visible, hidden: []) == nil ? ["hidden"] : ["layers", "latent"]
    if let excess = excess(visible: visible, hidden: hidden) {
      let key = keys.first(where: settings.isSet) ?? keys.first { settings[$0] != nil } ?? keys[0]
      throw settings.failure("\(key) is '\(settings[key] ?? "")': \(excess)", of: key)
    }
    try settings.checkMemory(
      "the sums over \(latents.text) in a batch of \(run.batchSize)",
      [[2, run.batchSize, latents.chartSize]], of: "batch-size")
  }

  private func excess(visible: Int, hidden: [Int]) -> String? {
    let sizes = [visible] + latents.sizes
    let links = zip(sizes, sizes.dropFirst()).flatMap { below, above in
      let widths = [below] + hidden + [above]
      return zip(widths, widths.dropFirst()).map { [2 * MemoryBudget.numbersPerWeight, $0, $1] }
    }
    let top = latents.sizes[latents.layerCount - 1]
    let network = (priorHidden ?? []).map { [4 * MemoryBudget.numbersPerWeight, $0, top] }
    let inference =
      posterior == .made
      ? Self.maskedHidden.map {
        [2 * MemoryBudget.numbersPerWeight, $0, 2 * top + (hidden.last ?? visible)]
      } : []
    return MemoryBudget.excess(
      "training the weights for \(visible) inputs", links + network + inference)
  }

  /// Refuses samples of a batch that take too much memory; those of layers multiply.
  ///
  /// - Parameter evaluations: how often the estimator of each layer calls its cost, `nil` where
  ///   that depends on the draw.
  private func checkDraws(visible: Int, _ evaluations: [Int?]) throws {
    let counts = evaluations.map { $0 ?? 1 }
    let widest = ([visible] + latents.sizes + hidden).max() ?? visible
    let samples = counts.map(String.init).joined(separator: " x ")
    try settings.checkMemory(
      "\(samples) samples of \(estimators.map(\.name).joined(separator: ", ")) in a batch of \(run.batchSize)",
      [[(run.batchSize + run.shards - 1) / run.shards, widest] + counts],
      of: counts.contains { $0 > 1 } ? "estimator" : "batch-size")
  }
}
