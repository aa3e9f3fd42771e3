import Tensors

/// A fixed law of symbols, prepared for speed: no division to push, no search to pop.
///
/// - Complexity: O(2^precision) memory.
public struct SymbolTable: Sendable {
  /// The constants of a symbol for a push; the quotient is a product with a reciprocal.
  private struct Entry {
    let reciprocal: UInt64
    let shift: UInt64
    let bias: UInt64
    let complement: UInt64
    let limit: UInt64
  }

  /// The constants of a place for a pop: the symbol, its frequency, and the place within its
  /// interval.
  private struct Slot {
    let symbol: UInt32
    let frequency: UInt32
    let offset: UInt32
  }

  public let precision: Int
  private let entries: [Entry]
  private let slots: [Slot]

  /// A table of frequencies, all of them at least one.
  public init(_ frequencies: Frequencies) {
    precision = frequencies.precision
    let bits = UInt64(frequencies.precision)
    var (entries, slots): ([Entry], [Slot]) = ([], [])
    slots.reserveCapacity(1 << frequencies.precision)
    var start: UInt64 = 0
    for (symbol, frequency) in frequencies.values.enumerated() {
      require(frequency > 0, "symbol \(symbol) has frequency zero")
      let f = UInt64(frequency)
      let limit = ((ANS.least >> bits) << 32) * f
      let complement = 1 << bits - f
      if f == 1 {
        entries.append(
          Entry(
            reciprocal: .max, shift: 0, bias: start + 1 << bits - 1, complement: complement,
            limit: limit))
      } else {
        // Alverson (1991), Integer division using reciprocals: exact below 2^63.
        let shift = UInt64(64 - (f - 1).leadingZeroBitCount)
        let one: UInt64 = 1 << (shift + 31)
        let low = (f - 1 + (one % f) << 32) / f
        entries.append(
          Entry(
            reciprocal: low + (one / f) << 32, shift: shift - 1, bias: start,
            complement: complement,
            limit: limit))
      }
      for offset in 0..<frequency {
        slots.append(Slot(symbol: UInt32(symbol), frequency: frequency, offset: offset))
      }
      start += f
    }
    (self.entries, self.slots) = (entries, slots)
  }

  /// Puts symbols on top of a message so that the first is popped first; symbol i goes to lane
  /// i mod lanes.
  ///
  /// Traps on a symbol that is not in the table.
  public func push(_ symbols: [UInt8], onto message: inout ANS) {
    let lanes = message.states.count
    let part = 1 << 16
    var words = [UInt32](repeating: 0, count: part)
    for first in stride(from: (symbols.count - 1) / part * part, through: 0, by: -part)
    where !symbols.isEmpty {
      let count = words.withUnsafeMutableBufferPointer { words in
        entries.withUnsafeBufferPointer { entries in
          symbols.withUnsafeBufferPointer { symbols in
            message.states.withUnsafeMutableBufferPointer { states in
              var count = 0
              var lane = (min(symbols.count, first + part) - 1) % lanes
              for place in (first..<min(symbols.count, first + part)).reversed() {
                let symbol = Int(symbols[place])
                require(symbol < entries.count, "symbol \(symbol) of \(entries.count)")
                let entry = entries[symbol]
                var state = states[lane]
                // Written always and kept where it counts: a branch would be guessed wrongly.
                words[count] = UInt32(truncatingIfNeeded: state)
                let isFull = state >= entry.limit
                count &+= isFull ? 1 : 0
                state = isFull ? state >> 32 : state
                let quotient = state.multipliedFullWidth(by: entry.reciprocal).high >> entry.shift
                states[lane] = state &+ entry.bias &+ quotient &* entry.complement
                lane = lane == 0 ? lanes - 1 : lane - 1
              }
              return count
            }
          }
        }
      }
      message.words += words[..<count]
    }
  }

  /// Takes so many symbols off, as `push` put them on.
  ///
  /// - Throws: `underflow` where the message ends before; it is then left as it was.
  public func pop(_ count: Int, from message: inout ANS) throws(CodeError) -> [UInt8] {
    let lanes = message.states.count
    let (mask, bits) = (1 << UInt64(precision) - 1 as UInt64, UInt64(precision))
    var states = message.states
    var top = message.words.count
    let symbols = [UInt8](unsafeUninitializedCapacity: count) { symbols, initialized in
      slots.withUnsafeBufferPointer { slots in
        message.words.withUnsafeBufferPointer { words in
          states.withUnsafeMutableBufferPointer { states in
            var lane = 0
            for place in 0..<count {
              let state = states[lane]
              let slot = slots[Int(state & mask)]
              symbols[place] = UInt8(truncatingIfNeeded: slot.symbol)
              var next = UInt64(slot.frequency) &* (state >> bits) &+ UInt64(slot.offset)
              if next < ANS.least {
                guard top > 0 else {
                  top = -1
                  initialized = place
                  return
                }
                top -= 1
                next = next << 32 | UInt64(words[top])
              }
              states[lane] = next
              lane = lane + 1 == lanes ? 0 : lane + 1
            }
            initialized = count
          }
        }
      }
    }
    guard top >= 0 else { throw .underflow }
    message.states = states
    message.words.removeSubrange(top...)
    return symbols
  }
}
