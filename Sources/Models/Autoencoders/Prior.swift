public import Stochastics
public import Tensors

/// The law of latents before any data are seen: independent variables, learned or uniform, or bits
/// of which each is given those before it.
public struct Prior<Latents: LatentLaw>: Parameterized, Sendable {
  /// The logits of independent variables, of the shape of one event.
  public var logits: Tensor
  public let isLearned: Bool
  /// The law of bits in place of the logits; `nil` for independent variables.
  public private(set) var network: MADE?

  /// Independent variables.
  public init(event: [Int], isLearned: Bool) {
    logits = .zeros(event)
    self.isLearned = isLearned
  }

  /// A masked network over bits.
  ///
  /// Traps unless the latents are bits.
  /// - Parameter hidden: sizes of its hidden layers, one at least.
  public init(event: [Int], hidden: [Int], using generator: inout some RandomNumberGenerator) {
    require(event.count == 1, "a masked network over latents of shape \(event), which are not bits")
    logits = .zeros(event)
    isLearned = false
    network = MADE(hidden: hidden, mean: .full(0.5, event), using: &generator)
  }

  /// The law of independent variables.
  public var distribution: Latents { Latents(logits: logits) }

  /// The log-probability of hard or relaxed latents; a relaxed bit counts by its share.
  func logProbability(at point: Tensor) -> Tensor {
    guard let network else { fatalError("independent latents have a divergence in closed form") }
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

extension Prior: ChoiceLaw {
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
    let bits = network.sample(count, using: &generator)
    return distribution.sample(count, of: network.choices(of: bits))
  }

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
