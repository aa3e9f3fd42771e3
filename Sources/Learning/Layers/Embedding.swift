public import Tensors

/// A row of numbers for every token of a vocabulary.
public struct Embedding: Parameterized, Sendable {
  /// Shape [vocabulary, size].
  public var weight: Tensor

  /// Rows N(0, deviation²).
  ///
  /// Traps unless the sizes are positive and the deviation is not negative.
  public init(
    vocabulary: Int, size: Int, deviation: Scalar = 1,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      vocabulary > 0 && size > 0 && deviation >= 0,
      "an embedding of \(vocabulary) tokens in \(size) numbers, deviation \(deviation)")
    weight = .randomNormal([vocabulary, size], using: &generator) * deviation
  }

  /// Number of tokens.
  public var vocabulary: Int { weight.shape[0] }

  /// The rows of tokens, of shape `tokens.shape + [size]`; traps on a token that is not in the
  /// vocabulary.
  public func callAsFunction(_ tokens: Indices) -> Tensor { weight.gathering(tokens, along: 0) }

  /// The mixtures of rows that relaxed tokens [..., vocabulary] stand for, of shape [..., size].
  public func callAsFunction(relaxed tokens: Tensor) -> Tensor { tokens.matmul(weight) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("weight", &weight)
  }
}
