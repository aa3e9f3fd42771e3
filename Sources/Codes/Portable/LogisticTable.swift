import Tensors

/// The logistic function in whole numbers: 4,096 entries over [-12, 12], each of 24 bits.
///
/// No mathematical library has a part in it: powers of e^(-3/512) are products of integers of 62
/// bits, so that every machine has the same table.
struct LogisticTable: Sendable {
  /// Bits behind the point of what the table is asked for.
  static let inputBits = 16
  /// Bits of an entry: 2^24 is one.
  static let entryBits = 24
  /// Bits behind the point of a hyperbolic tangent.
  static let activationBits = 12

  static let shared = LogisticTable()

  private static let size = 4096
  private static let reach: Int64 = 12 << Int64(inputBits)
  /// What lies between two entries, 3/512.
  private static let step = 2 * reach / Int64(size)

  /// Entry i at (i - 2047.5) 3/512.
  let entries: [UInt32]

  private init() {
    let one: UInt64 = 1 << 62
    func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let (high, low) = a.multipliedFullWidth(by: b)
      return high << 2 | low >> 62
    }
    // Of e^-x at 3/1024 by its series, of which each term is a whole multiple of a quotient before.
    var (half, term): (UInt64, UInt64) = (one, one)
    for order in 1...12 {
      term = term * 3 / 1024 / UInt64(order)
      half = order.isMultiple(of: 2) ? half + term : half - term
    }
    let whole = product(half, half)
    var power = half
    var upper: [UInt32] = []
    for _ in 0..<LogisticTable.size / 2 {
      // 2^24 / (1 + e^-x), rounded.
      let (quotient, rest) = (one + power).dividingFullWidth((1 << 22, 0))
      upper.append(UInt32(quotient + (rest >= (one + power) / 2 ? 1 : 0)))
      power = product(power, whole)
    }
    entries = upper.reversed().map { 1 << UInt32(LogisticTable.entryBits) - $0 } + upper
  }

  /// The logistic function of a number with 16 bits behind its point; 2^24 is one.
  func callAsFunction(_ logit: Int64) -> UInt32 {
    let place =
      (max(-LogisticTable.reach, min(LogisticTable.reach - 1, logit)) + LogisticTable.reach)
    return entries[Int(place / LogisticTable.step)]
  }

  /// The hyperbolic tangent of a number with 16 bits behind its point, with 12 behind its own:
  /// 2 logistic(2x) - 1.
  func hyperbolicTangent(_ x: Int64) -> Int32 {
    let shift = Int32(LogisticTable.entryBits - LogisticTable.activationBits)
    let sum = 2 * Int32(self(2 * max(-LogisticTable.reach, min(LogisticTable.reach, x))))
    return (sum - 1 << Int32(LogisticTable.entryBits) + 1 << (shift - 1)) >> shift
  }

  /// e^x for x from -12 to 0 with 16 bits behind its point; 2^24 is one.
  ///
  /// It is the odds that belong to the logit.
  func exponential(_ x: Int64) -> UInt32 {
    let (one, share) = (1 << UInt64(LogisticTable.entryBits) as UInt64, UInt64(self(x)))
    return UInt32(min(one, share * one / (one - share)))
  }

  /// The frequency of one of a bit by its logit, between 0 and 2^precision.
  func onesFrequency(_ logit: Int64, precision: Int) -> UInt32 {
    LogisticTable.onesFrequency(share: self(logit), precision: precision)
  }

  /// The same by the probability of one, of which 2^24 is all.
  static func onesFrequency(share: UInt32, precision: Int) -> UInt32 {
    let spare = 1 << UInt64(precision) - 2 as UInt64
    return UInt32(1 + (UInt64(share) * spare) >> UInt64(entryBits))
  }
}
