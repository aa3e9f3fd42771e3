import RealModule

/// e^x by the mathematical library of the system.
func exponential(_ x: Double) -> Double { Double.exp(x) }

extension Interval {
  /// The interval of a bit whose frequency of one is given, between 0 and 2^precision; `nil` of an
  /// impossible bit.
  ///
  /// Zero lies first.
  static func bit(_ bit: Int32, ones: UInt32, precision: Int) -> Interval? {
    let zeros = 1 << UInt32(precision) - ones
    let interval =
      bit == 0 ? Interval(start: 0, frequency: zeros) : Interval(start: zeros, frequency: ones)
    return interval.frequency > 0 ? interval : nil
  }

  /// The bit that a place in 0..<2^precision lies in, and its interval.
  static func bit(at place: UInt32, ones: UInt32, precision: Int) -> (Int32, Interval) {
    let zeros = 1 << UInt32(precision) - ones
    return place < zeros
      ? (0, Interval(start: 0, frequency: zeros)) : (1, Interval(start: zeros, frequency: ones))
  }
}

/// The frequency of one among two choices of given log-probabilities, as `Frequencies` has it.
func onesFrequency(_ zero: Double, _ one: Double, precision: Int) -> UInt32 {
  let total = UInt32(1) << UInt32(precision)
  if one == -.infinity { return 0 }
  if zero == -.infinity { return total }
  let share = Double(total - 2) / (1 + exponential(zero - one))
  let floor = UInt32(share)
  let remainder = share - Double(floor)
  // The one that is left over goes to the larger remainder, of equal ones to the first, which is
  // zero.
  return 1 + floor + (remainder > 0.5 ? 1 : 0)
}
