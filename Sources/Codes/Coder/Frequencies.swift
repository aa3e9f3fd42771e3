import Tensors

/// Whole frequencies of the choices of a step, whose sum is exactly 2^precision.
///
/// A choice of probability zero has frequency zero, every other one at least one. One each is given
/// first, the rest by the floors of the shares, and what is left over to the largest remainders,
/// the first of equal ones. So the sum is exact whatever the probabilities, and finding it always
/// ends.
public struct Frequencies: Sendable, Equatable {
  /// The frequency of each choice.
  public private(set) var values: [UInt32]
  public let precision: Int

  /// Frequencies of probabilities up to a factor.
  ///
  /// Traps unless some choices are possible, fewer than 2^precision of them, and no weight is
  /// negative or not finite.
  /// - Complexity: O(choices), for the sum and the remainders O(choices log choices).
  public init(_ weights: [Double], precision: Int) {
    self.init(weights, isPossible: { weights[$0] > 0 }, precision: precision)
  }

  /// Frequencies of choices by their log-probabilities up to a constant; -infinity is impossible,
  /// and what underflows is not.
  public init(logs: some RandomAccessCollection<Double>, precision: Int) {
    let largest = logs.max() ?? -.infinity
    require(
      largest.isFinite, "no choice of \(logs.count) is possible, or a logarithm is not finite")
    let logs = Array(logs)
    self.init(
      logs.map { exponential($0 - largest) }, isPossible: { logs[$0] > -.infinity },
      precision: precision)
  }

  private init(_ weights: [Double], isPossible: (Int) -> Bool, precision: Int) {
    let possible = weights.indices.filter(isPossible)
    let total = 1 << precision
    require(
      precision > 0 && precision <= ANS.mostPrecision && !possible.isEmpty
        && possible.count <= total,
      "\(possible.count) possible choices at a precision of \(precision) bits")
    let sum = possible.reduce(0) { $0 + weights[$1] }
    require(
      sum.isFinite && sum > 0 && possible.allSatisfy { weights[$0] >= 0 },
      "weights with the sum \(sum)")
    self.precision = precision
    values = [UInt32](repeating: 0, count: weights.count)
    let spare = total - possible.count
    let scale = Double(spare) / sum
    var left = spare
    var remainders: [(remainder: Double, choice: Int)] = []
    remainders.reserveCapacity(possible.count)
    for choice in possible {
      let share = weights[choice] * scale
      // Rounding may take the last share above what is left.
      let floor = min(Int(share), left)
      left -= floor
      values[choice] = UInt32(1 + floor)
      remainders.append((share - Double(floor), choice))
    }
    guard left > 0 else { return }
    remainders.sort {
      $0.remainder > $1.remainder || ($0.remainder == $1.remainder && $0.choice < $1.choice)
    }
    for place in 0..<left {
      values[remainders[place % remainders.count].choice] += 1
    }
  }

  /// Where a choice lies; `nil` of one that is impossible.
  public func interval(of choice: Int) -> Interval? {
    guard values.indices.contains(choice), values[choice] > 0 else { return nil }
    return Interval(start: values[..<choice].reduce(0, +), frequency: values[choice])
  }

  /// The choice that a place in 0..<2^precision lies in, and where it lies.
  public func choice(at place: UInt32) -> (choice: Int, interval: Interval) {
    var start: UInt32 = 0
    for (choice, frequency) in values.enumerated() {
      if place - start < frequency {
        return (choice, Interval(start: start, frequency: frequency))
      }
      start += frequency
    }
    fatalError("place \(place) of 2^\(precision)")
  }
}
