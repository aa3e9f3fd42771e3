public import Stochastics

/// Writes values onto a message and takes them off again: `pop` is the inverse of `push`.
public protocol Codec<Value>: Sendable {
  associatedtype Value: Sendable

  /// Puts a value on top.
  ///
  /// - Throws: `impossible` where it has probability zero; the message may then hold a part of it.
  func push(_ value: Value, onto message: inout ANS) throws(CodeError)

  /// Takes the value on top off.
  ///
  /// - Throws: `underflow` where the message ends before.
  func pop(from message: inout ANS) throws(CodeError) -> Value
}

/// The codec of any law that is made by choices: samples of it cost their -log2 p, up to the
/// rounding of frequencies.
///
/// All rows of a sample go through the law in lock step, in writing as in reading, so that both see
/// the same numbers.
public struct ChoiceCodec<Law: ChoiceLaw>: Codec {
  public let law: Law
  /// Samples of every batch entry that a value holds.
  public let samples: Int
  /// How many of the first rows are written; the others are only evaluated.
  ///
  /// Of a value that was read they are the first choices that are possible.
  public let rows: Int
  /// Bits of the frequencies.
  public let precision: Int

  /// - Parameters:
  ///   - rows: `nil` for all.
  ///   - precision: bits of the frequencies, from 1 to 24; a choice that is certain costs about
  ///     2^-precision times the number of choices.
  public init(_ law: Law, samples: Int = 1, rows: Int? = nil, precision: Int = 16) {
    self.law = law
    self.samples = samples
    let all = samples * law.batch.reduce(1, *)
    self.rows = min(rows ?? all, all)
    self.precision = precision
  }

  public func push(_ value: Law.Sample, onto message: inout ANS) throws(CodeError) {
    let steps = law.choiceCount
    let choices = law.choices(of: value)
    var walk = law.choices(samples: samples)
    var intervals: [Interval] = []
    intervals.reserveCapacity(rows * steps)
    var own = [Int32](repeating: 0, count: walk.rows)
    for step in 0..<steps {
      for row in own.indices { own[row] = choices[row * steps + step] }
      let logs = walk.logProbabilities()
      let width = logs.count / max(1, walk.rows)
      for row in 0..<rows {
        let found = interval(of: own[row], logs[row * width..<(row + 1) * width])
        guard let found else {
          throw .impossible("choice \(own[row]) at step \(step) of row \(row)")
        }
        intervals.append(found)
      }
      walk.take(own)
    }
    var lane = intervals.count % message.lanes
    for interval in intervals.reversed() {
      lane = lane == 0 ? message.lanes - 1 : lane - 1
      message.push(interval, precision: precision, lane: lane)
    }
  }

  public func pop(from message: inout ANS) throws(CodeError) -> Law.Sample {
    let steps = law.choiceCount
    var walk = law.choices(samples: samples)
    var choices = [Int32](repeating: 0, count: walk.rows * steps)
    var own = [Int32](repeating: 0, count: walk.rows)
    var lane = 0
    for step in 0..<steps {
      let logs = walk.logProbabilities()
      let width = logs.count / max(1, walk.rows)
      for row in own.indices {
        let part = logs[row * width..<(row + 1) * width]
        if row < rows {
          let (choice, interval) = choice(
            at: message.peek(precision: precision, lane: lane), part)
          try message.pop(interval, precision: precision, lane: lane)
          lane = lane + 1 == message.lanes ? 0 : lane + 1
          own[row] = choice
        } else {
          own[row] = Int32(
            (part.firstIndex { $0 > -.infinity } ?? part.startIndex) - part.startIndex)
        }
        choices[row * steps + step] = own[row]
      }
      walk.take(own)
    }
    return law.sample(samples, of: choices)
  }

  private func interval(of choice: Int32, _ logs: ArraySlice<Double>) -> Interval? {
    guard logs.count == 2 else {
      return Frequencies(logs: logs, precision: precision).interval(of: Int(choice))
    }
    return .bit(choice, ones: ones(logs), precision: precision)
  }

  private func choice(at place: UInt32, _ logs: ArraySlice<Double>) -> (Int32, Interval) {
    guard logs.count == 2 else {
      let found = Frequencies(logs: logs, precision: precision).choice(at: place)
      return (Int32(found.choice), found.interval)
    }
    return Interval.bit(at: place, ones: ones(logs), precision: precision)
  }

  /// Two choices need no table.
  private func ones(_ logs: ArraySlice<Double>) -> UInt32 {
    onesFrequency(logs[logs.startIndex], logs[logs.startIndex + 1], precision: precision)
  }
}
