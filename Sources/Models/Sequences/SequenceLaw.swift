public import Stochastics
public import Tensors

/// A law of token sequences whose likelihood is exact: a model, or an oracle that another one is
/// measured by.
///
/// Samples have shape [samples, length]. Where a token ends sequences, that token fills them up.
public protocol SequenceLaw: StepwiseDistribution, EnumerableDistribution, ChoiceLaw
where Sample == Classes, Point == Tensor {
  /// Number of tokens to choose from.
  var vocabulary: Int { get }
  /// Number of tokens of a sequence, including the tokens that fill it up after its end.
  var length: Int { get }
  /// The token that ends a sequence; `nil` where all have the whole length.
  var end: Int? { get }
  /// How many sequences' log-probabilities may be taken at once, for the memory and time they need.
  var sequencesAtOnce: Int { get }
  /// The same law with parameters that are not tracked.
  func detached() -> Self
  /// The samples of `sample(_:using:)`; `pause` is called between steps of the drawing, and what it
  /// throws ends it.
  func sample<E: Error>(
    _ count: Int, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes
}

extension SequenceLaw {
  public var batch: [Int] { [] }
  public var end: Int? { nil }

  /// Draws them in one piece, after one pause.
  public func sample<E: Error>(
    _ count: Int, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes {
    try pause()
    return sample(count, using: &generator)
  }

  public static func point(_ sample: Classes) -> Tensor { sample.oneHot }

  public func logProbability(_ sample: Classes) -> Tensor {
    logProbabilities(sample).sum(along: -1)
  }

  /// The mean of -log p in nats a token, the one that ends a sequence among them; detached, and in
  /// parts that fit into memory.
  public func negativeLogLikelihood(of sequences: Classes) -> Double {
    negativeLogLikelihood(of: sequences, pause: {})
  }

  /// As `negativeLogLikelihood(of:)`; `pause` is called before each part, and what it throws ends
  /// it.
  package func negativeLogLikelihood(
    of sequences: Classes, pause: () throws -> Void
  ) rethrows -> Double {
    let plain = detached()
    require(!sequences.indices.values.isEmpty, "the likelihood of no sequences")
    var total = 0.0
    for part in parts(of: sequences.indices.count / length) {
      try pause()
      let some = sequences.rows(Array(part))
      total -= plain.logProbabilities(some).scalars.reduce(0.0) { $0 + Double($1) }
    }
    return total / Double(sequences.tokenCount(end: end))
  }

  /// The log-probability of each sequence [rows, length], in parts, before each of which `pause` is
  /// called.
  package func logProbabilities(
    ofEach sequences: Classes, pause: () throws -> Void
  ) rethrows -> [Double] {
    let plain = detached()
    var result: [Double] = []
    for part in parts(of: sequences.shape[0]) {
      try pause()
      result += plain.logProbability(sequences.rows(Array(part))).scalars.map { Double($0) }
    }
    return result
  }

  /// Samples [count, length] in parts, before each of which `pause` is called.
  package func sample(
    _ count: Int, using generator: inout some RandomNumberGenerator, pause: () throws -> Void
  ) rethrows -> Classes {
    var tokens: [Int32] = []
    tokens.reserveCapacity(count * length)
    for part in parts(of: count) {
      try pause()
      tokens += sample(part.count, using: &generator).indices.values
    }
    return Classes(
      Indices(shape: [count, length]) { buffer in _ = buffer.update(from: tokens) },
      classCount: vocabulary)
  }

  /// So many rows in parts that are done at once.
  private func parts(of rows: Int) -> [Range<Int>] {
    stride(from: 0, to: rows, by: sequencesAtOnce).map {
      $0..<Swift.min(rows, $0 + sequencesAtOnce)
    }
  }
}

extension SequenceLaw {
  public var stateCount: Int? {
    // Sequences that may go on, and sequences that have ended.
    var (open, ended) = (1, 0)
    for _ in 0..<length {
      let (product, overflow) = open.multipliedReportingOverflow(
        by: end == nil ? vocabulary : vocabulary - 1)
      if overflow { return nil }
      ended += end == nil ? 0 : open
      open = product
    }
    let (all, overflow) = open.addingReportingOverflow(ended)
    return overflow ? nil : all
  }

  /// Every sequence once, of shape [states, length], the first tokens changing fastest.
  ///
  /// Where no token ends them, digit i in base `vocabulary` of a state's place is token i.
  ///
  /// - Complexity: O(length vocabulary^length).
  public func states() -> Classes {
    guard let stateCount else {
      fatalError("\(length) of \(vocabulary) tokens have too many sequences")
    }
    var tokens: [Int32] = []
    tokens.reserveCapacity(stateCount * length)
    var state = [Int32](repeating: 0, count: length)
    repeat {
      if isWhole(state) { tokens += state }
    } while advance(&state)
    return Classes(
      Indices(shape: [stateCount, length]) { buffer in _ = buffer.update(from: tokens) },
      classCount: vocabulary)
  }

  /// Whether nothing but the end follows the end.
  private func isWhole(_ tokens: [Int32]) -> Bool {
    guard let end, let first = tokens.firstIndex(of: Int32(end)) else { return true }
    return tokens[first...].allSatisfy { $0 == Int32(end) }
  }

  /// The next number in base `vocabulary`, its first digit the least; false after the last one.
  private func advance(_ digits: inout [Int32]) -> Bool {
    for place in digits.indices {
      digits[place] += 1
      if digits[place] < Int32(vocabulary) { return true }
      digits[place] = 0
    }
    return false
  }
}

extension Classes {
  /// 1 for each token of sequences [..., length] up to the first `end` of each and with it, 0 for
  /// what fills them up.
  ///
  /// Traps where another token follows the one that ends a sequence.
  func lives(end: Int) -> Tensor {
    let (tokens, length) = (indices.values, shape.last ?? 1)
    var alive = [Scalar](repeating: 1, count: tokens.count)
    for place in tokens.indices where !place.isMultiple(of: length) {
      guard alive[place - 1] == 0 || tokens[place - 1] == Int32(end) else { continue }
      require(
        tokens[place] == Int32(end), "token \(tokens[place]) after token \(end), which ends")
      alive[place] = 0
    }
    return Tensor(alive, shape: shape)
  }

  /// How many tokens sequences [..., length] have, up to the first `end` of each and with it.
  public func tokenCount(end: Int?) -> Int {
    guard let end, let length = shape.last, length > 0 else { return indices.count }
    let tokens = indices.values
    return stride(from: 0, to: tokens.count, by: length).reduce(0) { sum, first in
      let row = tokens[first..<first + length]
      return sum + (row.firstIndex(of: Int32(end)).map { $0 - first + 1 } ?? length)
    }
  }
}
