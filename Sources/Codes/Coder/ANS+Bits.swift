import Tensors

/// Many bits at once, each with a frequency of its own; bit i goes to lane i mod lanes.
///
/// What single pushes and pops do, without their overhead.
extension ANS {
  /// Puts bits on top so that the first is read first.
  ///
  /// Traps unless there is one frequency for each bit, and where a bit has none.
  /// - Parameter ones: frequencies of one, from 0 to 2^precision.
  public mutating func push(bits: [UInt8], ones: [UInt32], precision: Int) {
    requireFrequencies(bits.count, ones, precision)
    let lanes = lanes
    let (shift, total) = (UInt64(precision), UInt64(1) << UInt64(precision))
    let limit = (ANS.least >> shift) << 32
    let part = 1 << 16
    var emitted = [UInt32](repeating: 0, count: min(part, bits.count))
    for first in stride(from: 0, to: bits.count, by: part).reversed() {
      let last = min(bits.count, first + part)
      let count = emitted.withUnsafeMutableBufferPointer { emitted in
        bits.withUnsafeBufferPointer { bits in
          ones.withUnsafeBufferPointer { ones in
            states.withUnsafeMutableBufferPointer { states in
              var count = 0
              var lane = (last - 1) % lanes
              for place in (first..<last).reversed() {
                let (own, isOne) = (UInt64(ones[place]), bits[place] != 0)
                let frequency = isOne ? own : total &- own
                let start = isOne ? total &- own : 0
                require(
                  frequency > 0 && frequency <= total,
                  "bit \(place) is \(bits[place]), of frequency zero")
                var state = states[lane]
                // Written always and kept where it counts: a branch would be guessed wrongly.
                emitted[count] = UInt32(truncatingIfNeeded: state)
                let isFull = state >= limit &* frequency
                count &+= isFull ? 1 : 0
                state = isFull ? state >> 32 : state
                let quotient = state / frequency
                states[lane] = quotient << shift &+ (state &- quotient &* frequency) &+ start
                lane = lane == 0 ? lanes - 1 : lane - 1
              }
              return count
            }
          }
        }
      }
      words += emitted[..<count]
    }
  }

  /// Takes bits off, as `push(bits:ones:precision:)` put them on.
  ///
  /// - Throws: `underflow` where the message ends before and has no seed; the message is then left
  ///   in the middle.
  public mutating func popBits(ones: [UInt32], precision: Int) throws(CodeError) -> [UInt8] {
    requireFrequencies(ones.count, ones, precision)
    var bits = [UInt8](repeating: 0, count: ones.count)
    var place = 0
    while place < ones.count {
      place = popBits(ones, precision, into: &bits, from: place)
      guard place < ones.count else { break }
      // The words are gone, and the seed has to give one.
      let lane = place % lanes
      let (bit, interval) = Interval.bit(
        at: peek(precision: precision, lane: lane), ones: ones[place], precision: precision)
      try pop(interval, precision: precision, lane: lane)
      bits[place] = UInt8(bit)
      place += 1
    }
    return bits
  }

  /// Goes on until a word is needed and none is left; returns where it stopped.
  private mutating func popBits(
    _ ones: [UInt32], _ precision: Int, into bits: inout [UInt8], from first: Int
  ) -> Int {
    let (lanes, shift) = (lanes, UInt64(precision))
    let (total, mask) = (UInt64(1) << shift, UInt64(1) << shift &- 1)
    var top = words.count
    let reached = words.withUnsafeBufferPointer { words in
      bits.withUnsafeMutableBufferPointer { bits in
        ones.withUnsafeBufferPointer { ones in
          states.withUnsafeMutableBufferPointer { states in
            var lane = first % lanes
            for place in first..<ones.count {
              let (own, state) = (UInt64(ones[place]), states[lane])
              let (zeros, offset) = (total &- own, state & mask)
              let isOne = offset >= zeros
              bits[place] = isOne ? 1 : 0
              let rest = isOne ? offset &- zeros : offset
              var next = (isOne ? own : zeros) &* (state >> shift) &+ rest
              if next < ANS.least {
                guard top > 0 else { return place }
                top -= 1
                next = next << 32 | UInt64(words[top])
              }
              states[lane] = next
              lane = lane + 1 == lanes ? 0 : lane + 1
            }
            return ones.count
          }
        }
      }
    }
    words.removeSubrange(top...)
    return reached
  }

  private func requireFrequencies(_ count: Int, _ ones: [UInt32], _ precision: Int) {
    require(
      ones.count == count && (1...ANS.mostPrecision).contains(precision),
      "\(count) bits with \(ones.count) frequencies of \(precision) bits")
    let largest = ones.max() ?? 0
    require(
      largest <= 1 << UInt32(precision), "a frequency of \(largest) of 2^\(precision)")
  }
}
