import Formats
public import Tensors

/// A message as a stack: what is pushed last is popped first.
///
/// Range variant of asymmetric numeral systems. Some states lie in [2^31, 2^63) and share one stack
/// of 32-bit words; a push emits one word at most. A symbol of frequency f of 2^precision costs
/// precision - log2 f bits, one of the whole frequency none. Duda (2009), Asymmetric numeral
/// systems.
public struct ANS: Sendable, Equatable {
  /// The least a state is.
  static let least: UInt64 = 1 << 31
  /// The most bits that frequencies have.
  public static let mostPrecision = 24

  /// One for each lane, all in [2^31, 2^63).
  public internal(set) var states: [UInt64]
  /// The words that the states have no room for, the last on top.
  public internal(set) var words: [UInt32]
  /// Words from a stream that stand below the message, as many as were needed.
  public private(set) var seedWords: [UInt32] = []
  private var seed: Philox?

  /// An empty message.
  ///
  /// Traps unless there is a lane.
  /// - Parameters:
  ///   - lanes: states, more than one for speed; symbols that follow each other take turns.
  ///   - seed: where words come from when an empty message is popped, as bits back do at first;
  ///     without it that is an underflow.
  public init(lanes: Int = 1, seed: Philox? = nil) {
    require(lanes > 0, "a message of \(lanes) lanes")
    states = [UInt64](repeating: ANS.least, count: lanes)
    words = []
    self.seed = seed
  }

  /// A message of given states and words, as it was stored.
  ///
  /// - Throws: `damaged` where a state is out of its range.
  public init(states: [UInt64], words: [UInt32]) throws(CodeError) {
    guard !states.isEmpty, states.allSatisfy({ $0 >= ANS.least && $0 >> 63 == 0 }) else {
      throw .damaged("a state of the message is not in its range")
    }
    self.states = states
    self.words = words
  }

  /// Number of states.
  public var lanes: Int { states.count }

  /// Bits of the whole message, states and seed words included.
  public var bitCount: Int { 64 * states.count + 32 * words.count }

  /// Bits of the seed words that the message holds.
  public var seedBitCount: Int { 32 * seedWords.count }

  /// The SHA-256 of its states and words.
  var digest: String { Digest.sha256(ofTexts: states.map { "\($0)" } + words.map { "\($0)" }) }

  /// Puts a symbol on top.
  ///
  /// Traps unless the interval lies within 2^precision and is not empty.
  public mutating func push(_ symbol: Interval, precision: Int, lane: Int = 0) {
    let (start, frequency) = (UInt64(symbol.start), UInt64(symbol.frequency))
    require(
      precision <= ANS.mostPrecision && frequency > 0 && start + frequency <= 1 << precision,
      "a symbol of frequency \(frequency) from \(start) of 2^\(precision)")
    var state = states[lane]
    // For the whole frequency this is 2^63, which no state reaches: nothing is emitted.
    if state >= ((ANS.least >> UInt64(precision)) << 32) * frequency {
      words.append(UInt32(truncatingIfNeeded: state))
      state >>= 32
    }
    let (quotient, rest) = state.quotientAndRemainder(dividingBy: frequency)
    states[lane] = quotient << UInt64(precision) + rest + start
  }

  /// Where the symbol on top lies in 0..<2^precision.
  public func peek(precision: Int, lane: Int = 0) -> UInt32 {
    UInt32(truncatingIfNeeded: states[lane] & (1 << UInt64(precision) - 1))
  }

  /// Takes the symbol off that `peek(precision:lane:)` lies in.
  ///
  /// - Throws: `underflow` where no word is left and there is no seed.
  public mutating func pop(
    _ symbol: Interval, precision: Int, lane: Int = 0
  ) throws(CodeError) {
    let state = states[lane]
    let place = state & (1 << UInt64(precision) - 1)
    require(
      place >= symbol.start && place - UInt64(symbol.start) < symbol.frequency,
      "place \(place) is not in the interval of \(symbol.frequency) from \(symbol.start)")
    let next =
      UInt64(symbol.frequency) * (state >> UInt64(precision)) + place - UInt64(symbol.start)
    states[lane] = next < ANS.least ? next << 32 | UInt64(try nextWord()) : next
  }

  private mutating func nextWord() throws(CodeError) -> UInt32 {
    if let word = words.popLast() { return word }
    guard let word = seed?.next() else { throw .underflow }
    seedWords.append(UInt32(truncatingIfNeeded: word))
    return UInt32(truncatingIfNeeded: word)
  }

  /// Checks that nothing is left but the first so many words of a seed, in the order in which they
  /// were taken.
  ///
  /// An error anywhere before leaves other words, so that this is a check of the whole message.
  /// - Throws: `damaged` where anything else is left.
  public func checkRead(leaving count: Int, of seed: Philox) throws(CodeError) {
    var seed = seed
    let expected = (0..<count).map { _ in UInt32(truncatingIfNeeded: seed.next()) }
    guard states.allSatisfy({ $0 == ANS.least }), words == expected.reversed() else {
      throw .damaged("what is left of the message after reading is not its seed")
    }
  }
}

/// Where a symbol lies in 0..<2^precision: its share is its frequency.
public struct Interval: Sendable, Hashable {
  public var start: UInt32
  /// At least one.
  public var frequency: UInt32

  public init(start: UInt32, frequency: UInt32) {
    self.start = start
    self.frequency = frequency
  }
}
