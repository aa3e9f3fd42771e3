public import Learning
public import Stochastics
public import Tensors

/// How probable it is, token by token, that a sequence is data so far: an LSTM whose every state is
/// judged.
///
/// It rewards each token at once, so that no roll-outs are needed; what fills a sequence up after
/// its end is not judged. De Masson d'Autume, Rosca, Rae and Mohamed (2019), Training language GANs
/// from scratch.
public struct TokenDiscriminator: SequenceJudge {
  public var embedding: Embedding
  public var recurrence: LSTM
  public var output: Linear
  /// The token that ends sequences; `nil` where all have the whole length.
  public let end: Int?
  public let dropout: Dropout
  /// The weight of half the squared norm of the last layer.
  public let decay: Scalar

  /// Traps unless the decay is not negative and `end` is a token.
  public init(
    vocabulary: Int, end: Int? = nil, embeddingSize: Int = 64, units: Int = 64,
    dropout: Scalar = 0.25, decay: Scalar = 0.01,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      decay >= 0 && (0..<vocabulary).contains(end ?? 0),
      "decay \(decay), sequences of \(vocabulary) tokens that end with \(end ?? 0)")
    self.end = end
    embedding = Embedding(
      vocabulary: vocabulary, size: embeddingSize, deviation: 0.5, using: &generator)
    recurrence = LSTM(inputs: embeddingSize, units: units, using: &generator)
    output = Linear(inputs: units, outputs: 1, using: &generator)
    self.dropout = Dropout(rate: dropout)
    self.decay = decay
  }

  /// The hidden states [rows, length, units] of embedded tokens [rows, length, size].
  private func hidden(of tokens: Tensor) -> Tensor {
    recurrence(tokens.permuted([1, 0, 2]), from: recurrence.initialState(rows: tokens.shape[0]))
      .hidden.permuted([1, 0, 2])
  }

  /// The mean over tokens of the cross-entropy, with dropout, and the penalty.
  public func loss(
    data: Classes, generated: Classes, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    var noise = Philox(seed: generator.next())
    func loss(_ sequences: Classes, sign: Scalar) -> Tensor {
      let logits = output(dropout(hidden(of: embedding(sequences.indices)), using: &noise))
      return ((logits * sign).reshaped(sequences.shape).softplus() * lives(of: sequences)).sum()
    }
    let count = data.tokenCount(end: end) + generated.tokenCount(end: end)
    return (loss(data, sign: -1) + loss(generated, sign: 1)) / Scalar(count)
      + output.weight.squared().sum() * (0.5 * decay)
  }

  /// The probability that each sequence is data up to each of its tokens, [rows, length]; detached,
  /// without dropout.
  public func tokenProbabilities(of sequences: Classes) -> Tensor {
    let plain = detached()
    return plain.judge(plain.embedding(sequences.indices))
  }

  private func judge(_ tokens: Tensor) -> Tensor {
    output(hidden(of: tokens)).reshaped(Array(tokens.shape.dropLast())).sigmoid()
  }

  /// The mean over tokens of their probabilities.
  public func probability(of sequences: Classes) -> Tensor {
    mean(tokenProbabilities(of: sequences), over: lives(of: sequences))
  }

  public func probability(ofRelaxed points: Tensor) -> Tensor {
    let plain = detached()
    let probabilities = plain.judge(plain.embedding(relaxed: points))
    guard let end, points.shape[1] > 0 else { return probabilities.mean(along: 1) }
    let ended = points.detached().sliced(along: 2, at: end)
    let earlier = ended.sliced(along: 1, 0..<points.shape[1] - 1)
    return mean(
      probabilities, over: concatenate([.ones([points.shape[0], 1]), 1 - earlier], along: 1))
  }

  /// 1 for each token of sequences [rows, length], 0 for what fills them up.
  func lives(of sequences: Classes) -> Tensor {
    end.map { sequences.lives(end: $0) } ?? .ones(sequences.shape)
  }

  /// The mean over the tokens of each sequence.
  private func mean(_ values: Tensor, over lives: Tensor) -> Tensor {
    (values * lives).sum(along: 1) / lives.sum(along: 1)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("recurrence", &recurrence)
    visitor.visit("output", &output)
  }
}
