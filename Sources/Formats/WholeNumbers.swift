/// Whole numbers from outside, which are those of a range or nothing: never a trap, a sign too many
/// or a rounding.
extension JSON {
  /// Up to where a number of JSON is exact in a double.
  public static let mostWhole = 1 << 53

  /// The whole number of a range that this is; `nil` for fractions, -0, what a double rounds, and
  /// other kinds of value.
  public func whole(in range: ClosedRange<Int>) -> Int? {
    guard let number, !(number == 0 && number.sign == .minus),
      let value = Int(exactly: number), abs(value) <= JSON.mostWhole, range.contains(value)
    else { return nil }
    return value
  }
}

extension StringProtocol {
  /// The whole number of a range that this text writes as Swift would: without `+`, `-0`, spaces
  /// and zeros before it.
  package func whole(in range: ClosedRange<Int>) -> Int? {
    guard let value = Int(self), range.contains(value), String(value) == self else { return nil }
    return value
  }
}

extension [String: String] {
  /// A whole number in the metadata of a file; throws `FormatError` where it is missing, something
  /// else, or out of range.
  package func whole(
    _ key: String, in range: ClosedRange<Int>, of path: String
  ) throws(FormatError) -> Int {
    guard let text = self[key] else {
      throw .malformed(path, "no '\(key)' in its metadata")
    }
    guard let value = text.whole(in: range) else {
      throw .malformed(
        path,
        "'\(key)' in its metadata is '\(Array(text.utf8)[...].excerpt)', expected a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return value
  }

  /// As `whole`, `nil` where the key is missing.
  package func wholeIfPresent(
    _ key: String, in range: ClosedRange<Int>, of path: String
  ) throws(FormatError) -> Int? {
    self[key] == nil ? nil : try whole(key, in: range, of: path)
  }

  /// A finite number in the metadata of a file, `nil` where the key is missing; throws
  /// `FormatError` for anything else.
  package func numberIfPresent(_ key: String, of path: String) throws(FormatError) -> Double? {
    guard let text = self[key] else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw .malformed(
        path,
        "'\(key)' in its metadata is '\(Array(text.utf8)[...].excerpt)', expected a finite number")
    }
    return value
  }
}
