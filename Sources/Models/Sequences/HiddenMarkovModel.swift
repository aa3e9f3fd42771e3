public import Stochastics
public import Tensors

/// Sequences that a hidden chain of states gives off: every step a state by the one before, and a
/// token by the state.
///
/// The likelihood sums over all chains by the forward recursion, O(states²) a step, so that as an
/// oracle it is exact. Rabiner (1989), A tutorial on hidden Markov models and selected applications
/// in speech recognition.
public struct HiddenMarkovModel: Parameterized, Sendable {
  /// Logits of the first state, [states].
  public var initial: Tensor
  /// Logits of the next state, a row for each, [states, states].
  public var transition: Tensor
  /// Logits of the token, a row for each state, [states, vocabulary].
  public var emission: Tensor
  /// Number of tokens of a sequence.
  public let length: Int

  /// Logits N(0, deviation²): from 0, where all sequences are equally likely, to many, where few
  /// are likely.
  ///
  /// Traps unless the sizes are positive and the deviation is not negative.
  public init(
    states: Int, vocabulary: Int, length: Int, deviation: Scalar = 2,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      states > 0 && vocabulary > 0 && length > 0 && deviation >= 0,
      "a chain of \(states) states, \(length) of \(vocabulary) tokens, deviation \(deviation)")
    self.length = length
    initial = .randomNormal([states], using: &generator) * deviation
    transition = .randomNormal([states, states], using: &generator) * deviation
    emission = .randomNormal([states, vocabulary], using: &generator) * deviation
  }

  /// A chain of given logits; traps unless their sizes agree.
  public init(initial: Tensor, transition: Tensor, emission: Tensor, length: Int) {
    let states = initial.count
    require(
      length > 0 && states > 0 && initial.rank == 1 && transition.shape == [states, states]
        && emission.rank == 2 && emission.shape[0] == states && emission.shape[1] > 0,
      "a chain of logits \(initial.shape), \(transition.shape), \(emission.shape), length \(length)"
    )
    self.initial = initial
    self.transition = transition
    self.emission = emission
    self.length = length
  }

  /// Number of hidden states.
  public var states: Int { initial.count }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("initial", &initial)
    visitor.visit("transition", &transition)
    visitor.visit("emission", &emission)
  }
}

extension HiddenMarkovModel: SequenceLaw {
  public var vocabulary: Int { emission.shape[1] }

  public var sequencesAtOnce: Int { Swift.max(1, (1 << 22) / (states * states)) }

  /// Ancestral samples, of shape [count, length].
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Classes {
    sample(count, using: &generator, betweenSteps: {})
  }

  public func sample<E: Error>(
    _ count: Int, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes {
    require(count >= 0, "\(count) samples")
    var noise = Philox(seed: generator.next())
    let plain = detached()
    var hidden = Indices([Int](repeating: 0, count: count), shape: [count])
    var columns: [Indices] = []
    for step in 0..<length {
      let next = step == 0 ? plain.initial.expandingDimensions(at: 0) : plain.transition
      hidden = try HiddenMarkovModel.draw(
        from: next, rows: hidden, using: &noise, betweenParts: pause)
      columns.append(
        try HiddenMarkovModel.draw(
          from: plain.emission, rows: hidden, using: &noise, betweenParts: pause))
    }
    return Classes(
      Indices(shape: [count, length]) { buffer in
        for row in 0..<count {
          for step in 0..<length { buffer[row * length + step] = columns[step].values[row] }
        }
      }, classCount: vocabulary)
  }

  /// A class for each of some rows of logits [states, classes], which are laid out in parts.
  private static func draw<E: Error>(
    from logits: Tensor, rows: Indices, using noise: inout Philox,
    betweenParts pause: () throws(E) -> Void
  ) throws(E) -> Indices {
    let (count, part) = (rows.count, Swift.max(1, (1 << 22) / logits.shape[1]))
    var drawn: [Int32] = []
    drawn.reserveCapacity(count)
    for first in stride(from: 0, to: count, by: part) {
      try pause()
      let some = rows.values[first..<Swift.min(count, first + part)]
      let places = Indices(shape: [some.count]) { _ = $0.update(from: some) }
      let law = Categorical(
        logits: logits.gathering(places, along: 0).expandingDimensions(at: 1))
      drawn += law.sample(1, using: &noise).indices.values
    }
    return Indices(shape: [count]) { _ = $0.update(from: drawn) }
  }

  /// The log-probability of each token given those before it, in the shape [..., length] of the
  /// sample.
  ///
  /// A token that no state emits after those before it has -infinity, the tokens behind it a
  /// number. What is carried is the law of the hidden state given the tokens so far, by its
  /// logarithm: no step can underflow, however long the sequence.
  public func logProbabilities(_ sample: Classes) -> Tensor {
    require(
      sample.classCount == vocabulary && sample.shape.last == length,
      "sequences \(sample.shape) of \(sample.classCount) tokens, the chain has \(length) of \(vocabulary)"
    )
    let rows = sample.indices.count / length
    let sequences = Classes(
      sample.indices.reshaped([rows, length]), classCount: sample.classCount)
    let ahead = transition.logSoftmax(along: 1)
    // Row v has the log-probability of token v under every state.
    let tokens = emission.logSoftmax(along: 1).transposed()
    var hidden = initial.logSoftmax(along: 0).expandingDimensions(at: 0)
    var steps: [Tensor] = []
    for step in 0..<length {
      if step > 0 { hidden = (hidden.expandingDimensions(at: 2) + ahead).logSumExp(along: 1) }
      let joint = hidden + tokens.gathering(sequences.column(step), along: 0)
      // A token that no state emits is impossible, and tells nothing of the state: what follows is
      // scored as if it had not been seen.
      let isPossible =
        joint.detached().max(along: 1, keepingDimensions: true) .> Tensor(-Scalar.infinity)
      let told = select(isPossible, joint, hidden)
      let log = told.logSumExp(along: 1, keepingDimensions: true)
      hidden = told - log
      steps.append(select(isPossible, log, Tensor(-Scalar.infinity)))
    }
    return concatenate(steps, along: 1).reshaped(sample.shape)
  }
}
