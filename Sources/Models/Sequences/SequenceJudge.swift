public import Stochastics
public import Tensors

/// A network that tells data from generated sequences, and so rewards a generator.
public protocol SequenceJudge: Parameterized, Sendable {
  /// The mean loss of telling data from generated sequences, both [rows, length], and whatever is
  /// penalized.
  func loss(
    data: Classes, generated: Classes, using generator: inout some RandomNumberGenerator
  ) -> Tensor

  /// The probability that each sequence [rows, length] is data, of shape [rows]; detached.
  func probability(of sequences: Classes) -> Tensor

  /// The same of points [rows, length, vocabulary], hard or relaxed; the gradient runs into the
  /// points only.
  func probability(ofRelaxed points: Tensor) -> Tensor
}
