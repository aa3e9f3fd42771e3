#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The range of an axis and where its ticks stand.
struct Axis {
  let scale: LineChart.Scale
  let low: Double
  let high: Double

  /// An axis that holds all finite values, on a logarithmic scale all positive ones.
  init(_ values: [Double], _ scale: LineChart.Scale) {
    self.scale = scale
    let values = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    let (least, most) = (values.min() ?? 0.1, values.max() ?? 1)
    switch scale {
    case .linear:
      let margin = most > least ? (most - least) * 0.03 : max(abs(most) * 0.1, 0.5)
      (low, high) = (least - margin, most + margin)
    case .logarithmic:
      let (a, b) = (log10(least), log10(most))
      let margin = b > a ? (b - a) * 0.03 : 0.5
      (low, high) = (a - margin, b + margin)
    }
  }

  /// Where a value stands between the ends, `nil` where it has no place.
  func share(of value: Double) -> Double? {
    let place = scale == .linear ? value : log10(value)
    guard place.isFinite else { return nil }
    return min(1, max(0, (place - low) / (high - low)))
  }

  /// Where lines and numbers stand: at powers of ten or, where only a decade is there, at 1, 2 and
  /// 5 times one, or at even distances where it is less.
  var ticks: [(value: Double, text: String)] {
    switch scale {
    case .linear: return even(from: low, to: high)
    case .logarithmic:
      let powers = exponents
      if powers.count > 1 {
        let step = max(1, (powers.count + 3) / 5)
        return stride(from: powers.lowerBound, to: powers.upperBound, by: step).map {
          (pow(10, Double($0)), Axis.text(multiple: 1, exponent: $0))
        }
      }
      let some = multiples([1, 2, 5]).map { multiple, exponent in
        (
          pow(10, Double(exponent)) * Double(multiple),
          Axis.text(multiple: multiple, exponent: exponent)
        )
      }.filter { $0.0.isFinite }
      let (first, last) = (pow(10, low), pow(10, high))
      return some.count > 1 || first == 0 || last.isInfinite ? some : even(from: first, to: last)
    }
  }

  /// Where ticks without numbers stand: at the multiples of powers of ten, while there are a few
  /// decades.
  var minorTicks: [Double] {
    guard scale == .logarithmic, high - low < 5 else { return [] }
    let major = Set(ticks.map(\.value))
    return multiples(Array(1...9)).map { pow(10, Double($0.exponent)) * Double($0.multiple) }
      .filter { $0.isFinite && !major.contains($0) }
  }

  /// The powers of ten inside.
  private var exponents: Range<Int> {
    let (first, last) = (Int(low.rounded(.up)), Int(high.rounded(.down)))
    return first..<max(first, last + 1)
  }

  /// The places inside of some multiples of powers of ten.
  private func multiples(_ digits: [Int]) -> [(multiple: Int, exponent: Int)] {
    (Int(low.rounded(.down))...Int(high.rounded(.down))).flatMap { exponent in
      digits.filter { (low...high).contains(Double(exponent) + log10(Double($0))) }
        .map { ($0, exponent) }
    }
  }

  private func even(from low: Double, to high: Double) -> [(value: Double, text: String)] {
    let raw = (high - low) / 5
    let power = pow(10, floor(log10(raw)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
    // Beyond this neighboring multiples of the step are not different doubles.
    guard step.isFinite, step > 0, max(abs(low), abs(high)) / step < 1e15 else { return [] }
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { index in
      let value = Double(index) * step
      return (value, Axis.text(value, step: step))
    }
  }

  /// As many decimals as the step has.
  private static func text(_ value: Double, step: Double) -> String {
    let places = max(0, Int((-log10(step)).rounded(.up)))
    guard abs(value) < 1e15 else {
      // Multiples of a power of ten are not exact doubles.
      let exponent = floor(log10(abs(value)) + 1e-9)
      return "\((value / pow(10, exponent) * 100).rounded() / 100)e+\(Int(exponent))"
    }
    guard places > 0 else { return grouped(Int(value.rounded())) }
    guard places <= 9 else { return significant(value) }
    let scale = pow(10, Double(places))
    return "\((value * scale).rounded() / scale)"
  }

  /// A multiple of a power of ten, as a decimal where that is short.
  static func text(multiple: Int, exponent: Int) -> String {
    if (0...4).contains(exponent) {
      return grouped((0..<exponent).reduce(multiple) { value, _ in value * 10 })
    }
    if (-3...(-1)).contains(exponent) {
      return "0." + String(repeating: "0", count: -exponent - 1) + "\(multiple)"
    }
    return (multiple == 1 ? "10" : "\(multiple)·10") + superscript(exponent)
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "")
      + "\(abs(exponent))".compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
  }
}
