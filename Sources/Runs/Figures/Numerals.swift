/// A number to so many decimal places, without zeros at their end; in powers of ten where a double
/// has no such places.
package func decimal(_ value: Double, _ places: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  let scale = (0..<places).reduce(1) { product, _ in product * 10 }
  let scaled = (abs(value) * Double(scale)).rounded()
  guard scaled < 0x1p53 else { return scientific(value) }
  let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: scale)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard places > 0 else { return "\(sign)\(whole)" }
  var digits = "\(rest)"
  digits = String(repeating: "0", count: places - digits.count) + digits
  while digits.count > 1, digits.last == "0" { digits.removeLast() }
  return "\(sign)\(whole).\(digits)"
}

/// A whole number whose thousands stand apart, from five digits on.
package func grouped(_ value: Int) -> String {
  var (rest, text) = (abs(value), "")
  guard rest >= 10_000 else { return "\(value)" }
  while rest >= 1000 {
    let part = "\(rest % 1000)"
    text = "," + String(repeating: "0", count: 3 - part.count) + part + text
    rest /= 1000
  }
  return (value < 0 ? "-" : "") + "\(rest)" + text
}

/// A figure of a run with the digits that tell it from another's.
package func measured(_ value: Double) -> String {
  abs(value) < 0.001 ? significant(value) : decimal(value, places(of: value))
}

/// The same with half the width of its interval; without one for a single value.
package func measured(_ value: Double, within half: Double?) -> String {
  guard let half else { return measured(value) }
  guard abs(value) >= 0.001 else { return significant(value, within: half) }
  return "\(measured(value)) ± \(decimal(half, places(of: value)))"
}

private func places(of value: Double) -> Int { abs(value) >= 100 ? 2 : 4 }

/// Three significant digits, in powers of ten where the number is far from one.
package func significant(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value)" }
  let exponent = parts(of: value).exponent
  return isPlain(exponent) ? decimal(value, max(0, 2 - exponent)) : scientific(value)
}

/// A number and half the width of its interval, both to three significant digits in the notation of
/// the number.
package func significant(_ value: Double, within half: Double) -> String {
  let leading = value == 0 ? half : value
  guard leading != 0, leading.isFinite, half != 0, half.isFinite else {
    return "\(significant(value)) ± \(significant(half))"
  }
  let exponent = parts(of: leading).exponent
  guard isPlain(exponent) else { return "\(scientific(value)) ± \(scientific(half))" }
  let places = max(0, 2 - exponent)
  let own = min(places + 3, max(0, 2 - parts(of: half).exponent))
  return "\(decimal(value, places)) ± \(decimal(half, own))"
}

/// Whether numbers of a power of ten are written without it.
private func isPlain(_ exponent: Int) -> Bool { (-3...4).contains(exponent) }

/// Three significant digits and a power of ten.
private func scientific(_ value: Double) -> String {
  guard value != 0 else { return "0.0" }
  let (mantissa, exponent) = parts(of: value)
  let digits = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
  return "\(value < 0 ? "-" : "")\(decimal(mantissa, 2))e\(exponent < 0 ? "-" : "+")\(digits)"
}

/// A mantissa from 1, below 10 also where it is rounded to three digits, and its power of ten.
private func parts(of value: Double) -> (mantissa: Double, exponent: Int) {
  var (mantissa, exponent) = (abs(value), 0)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  return mantissa >= 9.995 ? (1, exponent + 1) : (mantissa, exponent)
}
