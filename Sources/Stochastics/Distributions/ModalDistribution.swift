public import Tensors

/// The likeliest state is known.
public protocol ModalDistribution: DiscreteDistribution {
  /// A likeliest state of each entry, of shape `[1] + batch + event`; of equally likely ones a
  /// fixed one.
  func mode() -> Sample
}

extension Bernoulli: ModalDistribution {
  public func mode() -> Bits { harden(logits.detached().expandingDimensions(at: 0)) }
}

extension Categorical: ModalDistribution {
  public func mode() -> Classes {
    harden(logits.detached().expandingDimensions(at: 0))
  }
}

extension PlackettLuce: ModalDistribution {
  public func mode() -> Orders {
    harden(logScores.detached().expandingDimensions(at: 0))
  }
}

extension Prescribed: ModalDistribution where Base: ModalDistribution {
  public func mode() -> Base.Sample { base.mode() }
}
