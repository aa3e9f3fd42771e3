public import Learning
public import Stochastics
public import Tensors

/// How probable it is that a sequence is data: filters over neighboring tokens, a highway layer,
/// and a sigmoid.
///
/// The discriminator of Yu et al. (2017), SeqGAN, with one logit instead of two classes.
public struct SequenceDiscriminator: SequenceJudge {
  /// How many filters of one width.
  public struct Filters: Sendable, Equatable {
    public let width: Int
    public let count: Int

    /// Traps unless both are positive.
    public init(width: Int, count: Int) {
      require(width > 0 && count > 0, "\(count) filters of width \(width)")
      self.width = width
      self.count = count
    }
  }

  public var embedding: Embedding
  public var convolutions: [TimeConvolution]
  public var highway: Highway
  public var output: Linear
  public let dropout: Dropout
  /// The weight of half the squared norm of the last layer.
  public let decay: Scalar

  /// Traps unless there are filters and the decay is not negative.
  ///
  /// - Parameter filters: widths of at most the length of the sequences.
  public init(
    vocabulary: Int, embeddingSize: Int = 64, filters: [Filters], dropout: Scalar = 0.25,
    decay: Scalar = 0.2, using generator: inout some RandomNumberGenerator
  ) {
    require(!filters.isEmpty && decay >= 0, "\(filters.count) filters, decay \(decay)")
    embedding = Embedding(
      vocabulary: vocabulary, size: embeddingSize, deviation: 0.5, using: &generator)
    convolutions = []
    for some in filters {
      convolutions.append(
        TimeConvolution(
          width: some.width, inputs: embeddingSize, filters: some.count, using: &generator))
    }
    let features = filters.reduce(0) { $0 + $1.count }
    highway = Highway(units: features, using: &generator)
    output = Linear(inputs: features, outputs: 1, using: &generator)
    self.dropout = Dropout(rate: dropout)
    self.decay = decay
  }

  /// The logit of every sequence [rows, length], of shape [rows]; for training.
  private func logits(of sequences: Classes, silencing noise: inout Philox) -> Tensor {
    output(dropout(features(of: embedding(sequences.indices)), using: &noise))
      .reshaped([sequences.shape[0]])
  }

  private func features(of tokens: Tensor) -> Tensor {
    highway(concatenate(convolutions.map { $0(tokens) }, along: 1))
  }

  /// The mean cross-entropy of telling data from generated sequences, with dropout, and the
  /// penalty.
  public func loss(
    data: Classes, generated: Classes, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    var noise = Philox(seed: generator.next())
    let both = Classes(
      Indices(shape: [data.shape[0] + generated.shape[0], data.shape[1]]) { buffer in
        _ = buffer.update(from: data.indices.values + generated.indices.values)
      }, classCount: data.classCount)
    let logits = logits(of: both, silencing: &noise)
    let signs = concatenate([-Tensor.ones([data.shape[0]]), .ones([generated.shape[0]])], along: 0)
    return (logits * signs).softplus().mean() + output.weight.squared().sum() * (0.5 * decay)
  }

  /// The probability that each sequence [rows, length] is data, of shape [rows]; detached, without
  /// dropout.
  public func probability(of sequences: Classes) -> Tensor {
    let plain = detached()
    let rows = sequences.shape[0]
    let part = 512
    let parts = stride(from: 0, to: rows, by: part).map { first in
      let some = sequences.rows(Array(first..<min(rows, first + part)))
      return plain.output(plain.features(of: plain.embedding(some.indices))).reshaped([
        some.shape[0]
      ]).sigmoid()
    }
    return parts.isEmpty ? .zeros([0]) : concatenate(parts, along: 0)
  }

  public func probability(ofRelaxed points: Tensor) -> Tensor {
    let plain = detached()
    return plain.output(plain.features(of: plain.embedding(relaxed: points)))
      .reshaped([points.shape[0]]).sigmoid()
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("convolutions", &convolutions)
    visitor.visit("highway", &highway)
    visitor.visit("output", &output)
  }
}
