public import Stochastics
public import Tensors

/// The law of latents before any data are seen: of the kind of the latents, learned or uniform, or
/// bits of which each is given those before it.
public struct Prior<Latents: LatentLaw>: Parameterized, Sendable {
  /// The logits of a law of the kind of the latents, of the shape of one event.
  public var logits: Tensor
  public let isLearned: Bool
  /// The law of bits in place of the logits; `nil` for a law of the kind of the latents.
  public private(set) var network: MADE?
  private let latents: Latents

  /// A law of the kind of the latents.
  ///
  /// - Parameter latents: the law of one event, whose logits do not matter.
  public init(of latents: Latents, isLearned: Bool) {
    self.latents = latents
    logits = .zeros(latents.event)
    self.isLearned = isLearned
  }

  /// A masked network over bits.
  ///
  /// Traps unless the latents are Bernoulli variables.
  /// - Parameter hidden: sizes of its hidden layers, one at least.
  public init(
    of latents: Latents, hidden: [Int], using generator: inout some RandomNumberGenerator
  ) {
    require(
      Latents.self == Bernoulli.self, "a masked network over \(Latents.self), which is not of bits")
    self.init(of: latents, isLearned: false)
    network = MADE(hidden: hidden, mean: .full(0.5, latents.event), using: &generator)
  }

  /// The law of the kind of the latents.
  public var distribution: Latents { latents.with(logits: logits) }

  /// The log-probability of hard or relaxed latents; a relaxed bit counts by its share.
  func logProbability(at point: Tensor) -> Tensor {
    guard let network else {
      fatalError("a prior of the latents' kind has a divergence in closed form")
    }
    let logits = network.logits(at: point)
    return (point * logits - logits.softplus()).sum(along: -1)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("logits", &logits, isLearned ? .trained : .tracked)
    if var own = network {
      visitor.visit("network", &own)
      network = own
    }
  }
}

extension Prior: DiscreteDistribution {
  public typealias Sample = Latents.Sample
  public typealias Point = Latents.Point

  public var batch: [Int] { [] }

  public static func point(_ sample: Latents.Sample) -> Latents.Point { Latents.point(sample) }

  public func logProbability(_ sample: Latents.Sample) -> Tensor {
    guard let network else { return distribution.logProbability(sample) }
    return network.logProbability(Bits(Latents.point(sample).features))
  }

  public func sample(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Latents.Sample {
    guard let network else { return distribution.sample(count, using: &generator) }
    guard let bits = network.sample(count, using: &generator) as? Latents.Sample else {
      fatalError("a masked network over \(Latents.self)")
    }
    return bits
  }
}

extension Prior: ChoiceLaw where Latents: ChoiceLaw {
  public var choiceCount: Int { distribution.choiceCount }

  public func choices(samples: Int) -> PriorChoices<Latents.Choices> {
    network.map { PriorChoices($0.choices(samples: samples)) }
      ?? PriorChoices(distribution.choices(samples: samples))
  }

  public func choices(of sample: Latents.Sample) -> [Int32] { distribution.choices(of: sample) }

  public func sample(_ samples: Int, of choices: [Int32]) -> Latents.Sample {
    distribution.sample(samples, of: choices)
  }
}

/// The choices of a prior: those of independent variables, or of a masked network.
public struct PriorChoices<Independent: ChoiceWalk>: ChoiceWalk {
  // One of the two, each changed in place.
  private var independent: Independent?
  private var masked: MaskedChoices?

  init(_ walk: Independent) { independent = walk }

  init(_ walk: MaskedChoices) { masked = walk }

  public var rows: Int { independent?.rows ?? masked?.rows ?? 0 }

  public mutating func logProbabilities() -> [Double] {
    if let masked { return masked.logProbabilities() }
    return independent?.logProbabilities() ?? []
  }

  public mutating func take(_ choices: [Int32]) {
    independent?.take(choices)
    masked?.take(choices)
  }

  public mutating func select(_ places: [Int]) {
    independent?.select(places)
    masked?.select(places)
  }
}
