public import Learning
public import Stochastics
public import Tensors

/// Sequences, token by token: an embedding, an LSTM, and a softmax over the vocabulary.
///
/// It is its own law: samples are `Classes` of shape [samples, length], and log-probabilities
/// follow the tokens that are given (teacher forcing). Where a token ends sequences, all that comes
/// after it is that token again, with probability one. The generator of Yu et al. (2017), SeqGAN.
public struct SequenceGenerator: Parameterized, Sendable {
  public var embedding: Embedding
  public var recurrence: LSTM
  public var output: Linear
  /// Number of tokens of a sequence, including the tokens that fill it up after its end.
  public let length: Int
  /// The token that the first step sees; it may occur in sequences too.
  public let start: Int
  /// The token that ends a sequence; `nil` where all have the whole length.
  public let end: Int?

  /// All weights and biases N(0, deviation²): 0.1 to be trained, 1 for a random oracle.
  ///
  /// Traps unless the sizes are positive, and `start` and `end` are tokens.
  public init(
    vocabulary: Int, length: Int, embeddingSize: Int = 32, units: Int = 32, start: Int = 0,
    end: Int? = nil, deviation: Scalar = 0.1, using generator: inout some RandomNumberGenerator
  ) {
    require(
      vocabulary > 0 && length > 0 && (0..<vocabulary).contains(start)
        && (0..<vocabulary).contains(end ?? start),
      "sequences of \(length) of \(vocabulary) tokens, the first after token \(start), the last \(end ?? start)"
    )
    self.length = length
    self.start = start
    self.end = end
    embedding = Embedding(
      vocabulary: vocabulary, size: embeddingSize, deviation: deviation, using: &generator)
    recurrence = LSTM(
      inputs: embeddingSize, units: units, deviation: deviation, using: &generator)
    output = Linear(inputs: units, outputs: vocabulary, using: &generator)
    output.weight = .randomNormal([units, vocabulary], using: &generator) * deviation
    output.bias = .randomNormal([vocabulary], using: &generator) * deviation
  }

  /// A generator of given parts.
  ///
  /// Traps unless their sizes agree, and `start` and `end` are tokens.
  public init(
    embedding: Embedding, recurrence: LSTM, output: Linear, length: Int, start: Int = 0,
    end: Int? = nil
  ) {
    let vocabulary = embedding.vocabulary
    require(
      length > 0 && (0..<vocabulary).contains(start)
        && (0..<vocabulary).contains(end ?? start)
        && embedding.weight.shape[1] == recurrence.input.shape[0]
        && output.weight.shape == [recurrence.units, vocabulary],
      "a generator of embedding \(embedding.weight.shape), recurrence \(recurrence.input.shape), output \(output.weight.shape), length \(length), start \(start)"
    )
    self.embedding = embedding
    self.recurrence = recurrence
    self.output = output
    self.length = length
    self.start = start
    self.end = end
  }

  /// Number of tokens to choose from.
  public var vocabulary: Int { embedding.vocabulary }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("recurrence", &recurrence)
    visitor.visit("output", &output)
  }
}

extension SequenceGenerator: SequenceLaw {
  /// Ancestral samples, of shape [count, length].
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Classes {
    sample(count, by: SamplingRule(), using: &generator)
  }

  public func sample<E: Error>(
    _ count: Int, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes {
    try sample(count, by: SamplingRule(), using: &generator, betweenSteps: pause)
  }

  /// The log-probability of each token given those before it, in the shape [..., length] of the
  /// sample; 0 after the end.
  ///
  /// Traps where another token follows the one that ends a sequence.
  ///
  /// - Complexity: O(units vocabulary) a token; logits are not kept.
  public func logProbabilities(_ sample: Classes) -> Tensor {
    let steps = stepwise(sample)
    let logs = hidden(before: steps)
      .logProbability(ofClasses: steps.targets, under: output.weight, output.bias).transposed()
      .reshaped(sample.shape)
    // Not a product: the end may be impossible, and zero times infinity is not a number.
    return lives(of: sample).map { select($0, logs, 0) } ?? logs
  }

  /// The sum of weights, in the shape of the sample, times the log-probabilities of its tokens; its
  /// gradient is formed on the way.
  public func logProbability(_ sample: Classes, weightedBy weights: Tensor) -> Tensor {
    require(
      weights.shape == sample.shape, "weights \(weights.shape) of sequences \(sample.shape)")
    let steps = stepwise(sample)
    let counted = lives(of: sample).map { weights * $0 } ?? weights
    return hidden(before: steps).logProbability(
      ofClasses: steps.targets,
      weightedBy: counted.reshaped([counted.count / length, length]).transposed(),
      under: output.weight, output.bias)
  }

  /// The tokens of sequences and what stands before them, both [length, rows]: those of one time
  /// stand together.
  func stepwise(_ sample: Classes) -> (inputs: Indices, targets: Indices) {
    require(
      sample.classCount == vocabulary && sample.shape.last == length,
      "sequences \(sample.shape) of \(sample.classCount) tokens, the generator has \(length) of \(vocabulary)"
    )
    let rows = sample.indices.count / length
    let tokens = sample.indices.values
    let targets = Indices(shape: [length, rows]) { buffer in
      for row in 0..<rows {
        for step in 0..<length { buffer[step * rows + row] = tokens[row * length + step] }
      }
    }
    let inputs = Indices(shape: [length, rows]) { buffer in
      for place in 0..<rows { buffer[place] = Int32(start) }
      for place in rows..<Swift.max(rows, length * rows) {
        buffer[place] = targets.values[place - rows]
      }
    }
    return (inputs, targets)
  }

  /// The hidden state that every token is drawn from, [length, rows, units].
  func hidden(before steps: (inputs: Indices, targets: Indices)) -> Tensor {
    let state = recurrence.initialState(rows: steps.inputs.shape[1])
    return recurrence(embedding(steps.inputs), from: state).hidden
  }

  /// One for each token up to the end of its sequence and zero after, `nil` where no token ends
  /// any.
  func lives(of sample: Classes) -> Tensor? {
    end.map { sample.lives(end: $0) }
  }

  /// How many logits are held at once where no gradient needs them all.
  static var logitsAtOnce: Int { 1 << 22 }

  /// How many products of numbers are a part of some tenths of a second.
  private static var productsAtOnce: Int { 1 << 32 }

  public var sequencesAtOnce: Int {
    let inputs = embedding.weight.shape[1] + recurrence.units
    let products = length * recurrence.units * (vocabulary + 4 * inputs)
    return Swift.max(
      1,
      Swift.min(
        SequenceGenerator.logitsAtOnce / (vocabulary * length),
        SequenceGenerator.productsAtOnce / products))
  }
}

extension Classes {
  /// The sequences at some places of a list of shape [count, steps].
  public func rows(_ places: [Int]) -> Classes {
    require(shape.count == 2, "sequences in a list, not of shape \(shape)")
    let (count, steps) = (shape[0], shape[1])
    let values = indices.values
    return Classes(
      Indices(shape: [places.count, steps]) { buffer in
        for (row, place) in places.enumerated() {
          require(place >= 0 && place < count, "sequence \(place) of \(count)")
          for step in 0..<steps { buffer[row * steps + step] = values[place * steps + step] }
        }
      }, classCount: classCount)
  }
}
