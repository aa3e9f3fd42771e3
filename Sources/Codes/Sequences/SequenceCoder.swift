public import Models
import Stochastics
import Tensors

/// Writes sequences of tokens by a law of them, block after block and step by step, and reads them
/// again.
public struct SequenceCoder<Law: SequenceLaw>: Sendable {
  public let law: Law
  /// Sequences that the law evaluates at once, in writing as in reading; the last block is full.
  public let block: Int
  public let precision: Int

  /// Traps unless the block is positive.
  /// - Parameter precision: bits of the frequencies, of which every token needs one.
  public init(_ law: Law, block: Int = 64, precision: Int = ANS.mostPrecision) {
    require(block > 0, "blocks of \(block) sequences")
    self.law = law
    self.block = block
    self.precision = precision
  }

  /// Puts sequences [count · length] on top.
  ///
  /// Traps unless they are whole.
  /// - Throws: `impossible` where a sequence has probability zero, as one that goes on behind its
  ///   end.
  public func push(_ tokens: [Int32], onto message: inout ANS) throws(CodeError) {
    let length = law.length
    require(
      tokens.count.isMultiple(of: length), "\(tokens.count) tokens of sequences of \(length)")
    let count = tokens.count / length
    for start in stride(from: 0, to: count, by: block).reversed() {
      let rows = min(block, count - start)
      // Sequences that are not written fill it up, the first again and again: they are possible.
      let all = (0..<block).flatMap { row in
        let place = (row < rows ? start + row : start) * length
        return tokens[place..<place + length]
      }
      try codec(rows).push(law.sample(block, of: all), onto: &message)
    }
  }

  /// Takes so many sequences [count · length] off.
  ///
  /// - Throws: `underflow` where the message ends before.
  public func pop(_ count: Int, from message: inout ANS) throws(CodeError) -> [Int32] {
    var tokens: [Int32] = []
    for start in stride(from: 0, to: count, by: block) {
      let rows = min(block, count - start)
      let read = law.choices(of: try codec(rows).pop(from: &message))
      tokens += read[..<(rows * law.length)]
    }
    return tokens
  }

  private func codec(_ rows: Int) -> ChoiceCodec<Law> {
    ChoiceCodec(law, samples: block, rows: rows, precision: precision)
  }

  /// A digest of the message of three stored sequences, which another arithmetic has not.
  public func probe() throws(CodeError) -> String {
    var noise = Philox(seed: 0, stream: .codes)
    let others = (0..<law.vocabulary).filter { $0 != law.end }
    let tokens = (0..<3 * law.length).map { _ in
      Int32(others.randomElement(using: &noise) ?? law.end ?? 0)
    }
    var message = ANS()
    try push(tokens, onto: &message)
    return message.digest
  }
}
