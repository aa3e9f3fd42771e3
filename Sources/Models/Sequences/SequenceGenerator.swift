public import Learning
public import Stochastics
public import Tensors

/// Sequences of one length, token by token: an embedding, an LSTM, and a softmax over the vocabulary.
///
/// It is its own law: samples are `Classes` of shape [samples, length], and log-probabilities follow the tokens that are given
/// (teacher forcing). The generator of Yu et al. (2017), SeqGAN.
public struct SequenceGenerator: Parameterized, Sendable {
  public var embedding: Embedding
  public var recurrence: LSTM
  public var output: Linear
  /// Number of tokens of a sequence.
  public let length: Int
  /// The token that the first step sees; it may occur in sequences too.
  public let start: Int

  /// All weights and biases N(0, deviation²): 0.1 to be trained, 1 for a random oracle.
  public init(
    vocabulary: Int, length: Int, embeddingSize: Int = 32, units: Int = 32, start: Int = 0,
    deviation: Scalar = 0.1, using generator: inout some RandomNumberGenerator
  ) {
    precondition(
      vocabulary > 0 && length > 0 && (0..<vocabulary).contains(start),
      "sequences of \(length) of \(vocabulary) tokens, the first after token \(start)")
    self.length = length
    self.start = start
    embedding = Embedding(
      vocabulary: vocabulary, size: embeddingSize, deviation: deviation, using: &generator)
    recurrence = LSTM(
      inputs: embeddingSize, units: units, deviation: deviation, using: &generator)
    output = Linear(inputs: units, outputs: vocabulary, using: &generator)
    output.weight = .randomNormal([units, vocabulary], using: &generator) * deviation
    output.bias = .randomNormal([vocabulary], using: &generator) * deviation
  }

  /// A generator of given parts, whose sizes must agree.
  public init(
    embedding: Embedding, recurrence: LSTM, output: Linear, length: Int, start: Int = 0
  ) {
    let vocabulary = embedding.vocabulary
    precondition(
      length > 0 && (0..<vocabulary).contains(start)
        && embedding.weight.shape[1] == recurrence.input.shape[0]
        && output.weight.shape == [recurrence.units, vocabulary],
      "a generator of embedding \(embedding.weight.shape), recurrence \(recurrence.input.shape), output \(output.weight.shape), length \(length), start \(start)"
    )
    self.embedding = embedding
    self.recurrence = recurrence
    self.output = output
    self.length = length
    self.start = start
  }

  /// Number of tokens to choose from.
  public var vocabulary: Int { embedding.vocabulary }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("recurrence", &recurrence)
    visitor.visit("output", &output)
  }
}

extension SequenceGenerator: StepwiseDistribution {
  public typealias Sample = Classes
  public typealias Point = Tensor

  public var batch: [Int] { [] }

  public static func point(_ sample: Classes) -> Tensor { sample.oneHot }

  /// Ancestral samples, of shape [count, length].
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Classes {
    sample(count, by: SamplingRule(), using: &generator)
  }

  public func logProbability(_ sample: Classes) -> Tensor {
    logProbabilities(sample).sum(along: -1)
  }

  /// The log-probability of each token given those before it, in the shape [..., length] of the sample.
  ///
  /// - Complexity: O(units vocabulary) a token, and the memory of all logits; ``negativeLogLikelihood(of:)`` takes them in parts.
  public func logProbabilities(_ sample: Classes) -> Tensor {
    let steps = stepwise(sample)
    return output(hidden(before: steps)).logProbability(ofClasses: steps.targets).transposed()
      .reshaped(sample.shape)
  }

  /// The tokens of sequences and what stands before them, both [length, rows]: those of one time stand together.
  func stepwise(_ sample: Classes) -> (inputs: Indices, targets: Indices) {
    precondition(
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

  /// The mean over sequences and steps of -log p, in nats a token; detached, and in parts that fit into memory.
  public func negativeLogLikelihood(of sequences: Classes) -> Double {
    let plain = detached()
    let rows = sequences.indices.count / length
    precondition(rows > 0, "the likelihood of no sequences")
    var total = 0.0
    let part = Swift.max(1, SequenceGenerator.logitsAtOnce / (vocabulary * length))
    for first in stride(from: 0, to: rows, by: part) {
      let some = sequences.rows(Array(first..<Swift.min(rows, first + part)))
      total -= plain.logProbabilities(some).scalars.reduce(0.0) { $0 + Double($1) }
    }
    return total / Double(rows * length)
  }

  /// How many logits are held at once where no gradient needs them all.
  static var logitsAtOnce: Int { 1 << 22 }
}

extension SequenceGenerator: EnumerableDistribution {
  public var stateCount: Int? {
    var count = 1
    for _ in 0..<length {
      let (product, overflow) = count.multipliedReportingOverflow(by: vocabulary)
      if overflow { return nil }
      count = product
    }
    return count
  }

  /// Every sequence once, of shape [vocabulary^length, length]: digit i in base `vocabulary` of a state's place is token i.
  public func states() -> Classes {
    guard let stateCount else {
      preconditionFailure("\(length) of \(vocabulary) tokens have too many sequences")
    }
    let indices = Indices(shape: [stateCount, length]) { buffer in
      for state in 0..<stateCount {
        var rest = state
        for step in 0..<length {
          buffer[state * length + step] = Int32(rest % vocabulary)
          rest /= vocabulary
        }
      }
    }
    return Classes(indices, classCount: vocabulary)
  }
}

extension Classes {
  /// The sequences at some places of a list of shape [count, steps].
  public func rows(_ places: [Int]) -> Classes {
    precondition(shape.count == 2, "sequences in a list, not of shape \(shape)")
    let (count, steps) = (shape[0], shape[1])
    let values = indices.values
    return Classes(
      Indices(shape: [places.count, steps]) { buffer in
        for (row, place) in places.enumerated() {
          precondition(place >= 0 && place < count, "sequence \(place) of \(count)")
          for step in 0..<steps { buffer[row * steps + step] = values[place * steps + step] }
        }
      }, classCount: classCount)
  }
}
