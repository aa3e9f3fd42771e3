public import Tensors

/// A prior of independent variables, learned or uniform.
public struct Prior<Latents: LatentLaw>: Parameterized, Sendable {
  /// The logits, of the shape of one event.
  public var logits: Tensor
  public let isLearned: Bool

  public init(event: [Int], isLearned: Bool) {
    logits = .zeros(event)
    self.isLearned = isLearned
  }

  public var distribution: Latents { Latents(logits: logits) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("logits", &logits, isLearned ? .trained : .tracked)
  }
}
