public import Stochastics
public import Tensors

/// An autoencoder with a discrete label beside its latents: known for a few examples, and a latent
/// for all others.
///
/// p(x, y, z) = p(y) p(z) p(x | y, z) with a uniform label y, and q(y, z | x) = q(y | x) q(z | x,
/// y). Of an unlabeled example the bound is E_{q(y | x)}[bound given y] - KL(q(y | x) || p(y)), of
/// a labeled one the bound given its label, with a classifier's loss added. Kingma, Rezende,
/// Mohamed and Welling (2014), Semi-supervised learning with deep generative models, model M2.
public struct SemiSupervisedVAE<Latents: LatentLaw>: LatentVariableModel, Labeled {
  /// The law of the latents of one example, of which all others are made.
  public let latents: Latents
  /// Number of values of the label.
  public let labelCount: Int
  /// The training mean, [visible].
  public var mean: Tensor
  /// q(y | x).
  public var classifier: Perceptron
  /// q(z | x, y): of centered inputs and a one-hot label.
  public var encoder: Perceptron
  /// p(x | y, z): of the latents and a one-hot label.
  public var decoder: Perceptron
  public var prior: Prior<Latents>

  /// Traps unless `latents` is the law of one event, whose logits do not matter, and a label has
  /// two values or more.
  public init(
    latents: Latents, labels: Int, hidden: [Int] = [], learnsPrior: Bool = false, mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    require(labels > 1, "a label of \(labels) values")
    require(latents.batch == [], "latents of batch \(latents.batch), not of one event")
    self.latents = latents
    let size = latents.event.reduce(1, *)
    labelCount = labels
    self.mean = mean
    classifier = Perceptron(inputs: mean.count, hidden: hidden, outputs: labels, using: &generator)
    encoder = Perceptron(
      inputs: mean.count + labels, hidden: hidden, outputs: size, using: &generator)
    decoder = Perceptron(
      inputs: size + labels, hidden: hidden.reversed(), outputs: mean.count,
      outputBias: mean.clippedLogits(), using: &generator)
    prior = Prior(of: latents, isLearned: learnsPrior)
  }

  /// The shape of the latents of one example.
  public var event: [Int] { latents.event }

  /// Estimators for both latents, and the examples whose labels are known.
  public struct Estimators: ObjectiveEstimators {
    public var latents: BoundEstimation<Latents>
    /// Sums the label out, or samples it.
    public var label: any GradientEstimator<Categorical>
    public let supervision: Supervision

    public init(
      latents: BoundEstimation<Latents>, label: any GradientEstimator<Categorical>,
      supervision: Supervision
    ) {
      (self.latents, self.label, self.supervision) = (latents, label, supervision)
    }

    public var objective: Objective { .labeledBound }

    public var first: (any Sendable)? { latents.first }

    public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("0", &latents)
      visitor.visit("label", &label)
    }
  }

  /// Labeled examples, of which a few are drawn at every step.
  public struct Supervision: Sendable {
    /// Shape [n, visible].
    public let examples: Bits
    /// Shape [n].
    public let labels: [Int]
    /// How many are drawn.
    public let batchSize: Int
    /// Weight of the classifier's loss beside the bound of a labeled example.
    public let weight: Scalar

    /// Traps unless there is one label for each example, and an example.
    public init(examples: Bits, labels: [Int], batchSize: Int, weight: Scalar) {
      require(
        examples.shape[0] == labels.count && !labels.isEmpty,
        "\(labels.count) labels for \(examples.shape[0]) examples")
      (self.examples, self.labels, self.batchSize, self.weight) = (
        examples, labels, batchSize, weight
      )
    }

    func draw(using generator: inout some RandomNumberGenerator) -> (x: Bits, labels: [Int]) {
      let chosen = (0..<batchSize).map { _ in Int.random(in: 0..<labels.count, using: &generator) }
      let rows = examples.tensor.gathering(Indices(chosen, shape: [batchSize]), along: 0)
      return (Bits(rows), chosen.map { labels[$0] })
    }
  }

  /// q(y | x), one variable for each example.
  public func labelPosterior(given x: Bits) -> Categorical {
    Categorical(
      logits: classifier(x.tensor, centeredBy: mean).reshaped([x.shape[0], 1, labelCount]))
  }

  /// q(z | x, y) for labels [..., batch, labels], one-hot or relaxed.
  public func posterior(given x: Bits, label: Tensor) -> Latents {
    latents.with(logits: logits(given: x, label: label))
  }

  private func logits(given x: Bits, label: Tensor) -> Tensor {
    let leading = Array(label.shape.dropLast())
    let pixels = (x.tensor - mean).broadcast(to: leading + [mean.count])
    return encoder(concatenate([pixels, label], along: -1)).reshaped(leading + event)
  }

  /// p(x | y, z) for labels [..., labels] and what a decoder sees of latents, [samples] + those of
  /// the labels.
  public func likelihood(given features: Tensor, label: Tensor) -> Bernoulli {
    let leading = Array(features.shape.dropLast())
    let labels = label.broadcast(to: leading + [labelCount])
    return Bernoulli(logits: decoder(concatenate([features, labels], along: -1)))
  }

  /// The negative bound given labels [..., batch, labels], of their leading shape.
  private func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, label: Tensor, estimation: inout BoundEstimation<Latents>, using generator: inout G
  ) -> Tensor {
    let logits = logits(given: x, label: label)
    if let refusal = latents.refusal(of: logits) { return refusal }
    let leading = Array(label.shape.dropLast())
    let context = concatenate([x.tensor.broadcast(to: leading + [mean.count]), label], along: -1)
    return estimation.negativeBound(
      posterior: latents.with(logits: logits), prior: prior, given: context,
      using: &generator
    ) { features, _ in likelihood(given: features, label: label).logProbability(x) }
  }

  /// The negative bound of each example, [batch], and in every one of them the mean loss of the
  /// labeled examples of this step.
  public func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout Estimators, using generator: inout G
  ) -> Tensor {
    let latents = estimators.latents
    // Each call in a step starts from the same estimator state; the first call's new state is kept.
    var advanced: BoundEstimation<Latents>?
    var label = estimators.label
    let q = labelPosterior(given: x)
    let unlabeled = label.expectation(
      over: q, given: x.tensor, using: &generator,
      of: { (point: Tensor, generator: inout G) -> Tensor in
        let rows = point.reshaped(Array(point.shape.dropLast(2)) + [labelCount])
        var own = latents
        defer { advanced = advanced ?? own }
        return negativeBound(of: x, label: rows, estimation: &own, using: &generator)
      })
    let uniform = Categorical(logits: .zeros([1, labelCount]))
    let (known, labels) = estimators.supervision.draw(using: &generator)
    let classes = Classes(
      Indices(labels, shape: [labels.count, 1]), classCount: labelCount)
    let rows = classes.oneHot.reshaped([labels.count, labelCount])
    var own = latents
    let labeled = negativeBound(of: known, label: rows, estimation: &own, using: &generator)
    let loss = labelPosterior(given: known).logProbability(classes)
    (estimators.latents, estimators.label) = (advanced ?? own, label)
    return unlabeled + q.klDivergence(to: uniform)
      + (labeled - estimators.supervision.weight * loss).mean()
  }

  public func logWeights(
    of x: Bits, samples: Int, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let labels = labelPosterior(given: x)
    let y = labels.sample(samples, using: &generator)
    let rows = y.oneHot.reshaped([samples, x.shape[0], labelCount])
    let q = posterior(given: x, label: rows)
    let drawn = q.sample(1, using: &generator)
    let z = Latents.features(hard: drawn)
    let joint =
      likelihood(given: z, label: rows).logProbability(x)
      + prior.logProbability(drawn) - q.logProbability(drawn)
    return joint.reshaped([samples, x.shape[0]]) - labels.logProbability(y)
      - Tensor(Scalar(labelCount)).log()
  }

  public static var recognitionParts: Set<String> { ["encoder", "classifier"] }

  /// The most probable label of each example.
  public func labels(of x: Bits) -> [Int] {
    labelPosterior(given: x).mode().indices.values.map { Int($0) }
  }

  /// The most probable label as a one-hot row, then the most probable latents given it.
  public func codes(of x: Bits) -> Bits {
    let rows = bestLabels(of: x)
    let point = Latents.point(posterior(given: x, label: rows).mode())
    return Bits(
      concatenate([rows, point.reshaped([x.shape[0], event.reduce(1, *)])], along: -1))
  }

  public func reconstructions(
    of x: Bits, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let rows = bestLabels(of: x)
    let z = posterior(given: x, label: rows).sample(1, using: &generator)
    return likelihood(given: Latents.features(hard: z), label: rows).mean
      .reshaped([x.shape[0], mean.count])
  }

  /// New examples whose labels go round.
  public func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let z = prior.sample(count, using: &generator)
    let rows = Indices((0..<count).map { $0 % labelCount }, shape: [count])
      .oneHot(classes: labelCount)
    return likelihood(given: Latents.features(hard: z), label: rows).mean
  }

  private func bestLabels(of x: Bits) -> Tensor {
    labelPosterior(given: x).mode().oneHot.reshaped([x.shape[0], labelCount])
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("classifier", &classifier)
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
    visitor.visit("prior", &prior)
  }
}
