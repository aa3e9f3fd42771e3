public import Learning
public import Stochastics
public import Tensors

/// How probable it is, token by token, that a sequence is data so far: an LSTM whose every state is judged.
///
/// It rewards each token at once, so that no roll-outs are needed. De Masson d'Autume, Rosca, Rae and Mohamed (2019), Training
/// language GANs from scratch.
public struct TokenDiscriminator: SequenceJudge {
  public var embedding: Embedding
  public var recurrence: LSTM
  public var output: Linear
  public let dropout: Dropout
  /// The weight of half the squared norm of the last layer.
  public let decay: Scalar

  public init(
    vocabulary: Int, embeddingSize: Int = 64, units: Int = 64, dropout: Scalar = 0.25,
    decay: Scalar = 0.01, using generator: inout some RandomNumberGenerator
  ) {
    precondition(decay >= 0, "decay \(decay)")
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
    func logits(_ sequences: Classes) -> Tensor {
      output(dropout(hidden(of: embedding(sequences.indices)), using: &noise))
    }
    let (real, fake) = ((-logits(data)).softplus(), logits(generated).softplus())
    return (real.sum() + fake.sum()) / Scalar(real.count + fake.count)
      + output.weight.squared().sum() * (0.5 * decay)
  }

  /// The probability that each sequence is data up to each of its tokens, [rows, length]; detached, without dropout.
  public func tokenProbabilities(of sequences: Classes) -> Tensor {
    let plain = detached()
    return plain.judge(plain.embedding(sequences.indices))
  }

  private func judge(_ tokens: Tensor) -> Tensor {
    output(hidden(of: tokens)).reshaped(Array(tokens.shape.dropLast())).sigmoid()
  }

  /// The mean over tokens of their probabilities.
  public func probability(of sequences: Classes) -> Tensor {
    tokenProbabilities(of: sequences).mean(along: 1)
  }

  public func probability(ofRelaxed points: Tensor) -> Tensor {
    let plain = detached()
    return plain.judge(plain.embedding(relaxed: points)).mean(along: 1)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("recurrence", &recurrence)
    visitor.visit("output", &output)
  }
}
