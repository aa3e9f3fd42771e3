public import Formats

/// The texts of a checkpoint that a job goes on from, with the file they stand in.
public struct Progress: Sendable {
  private let path: String
  private let texts: [String: String]

  /// - Parameters:
  ///   - texts: the metadata of a checkpoint.
  ///   - path: the file, for messages.
  public init(_ texts: [String: String], of path: String) {
    self.texts = texts
    self.path = path
  }

  /// A whole number within a range; throws where there is none.
  public func whole(_ key: String, in range: ClosedRange<Int> = 0...Int.max) throws(FormatError)
    -> Int
  {
    guard let text = texts[key] else {
      throw FormatError(.malformed, "\(path): no '\(key)' in its metadata")
    }
    guard let value = Int(text), range.contains(value) else {
      let bound =
        range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      throw FormatError(
        .malformed, "\(path): '\(key)' in its metadata is '\(text)', expected a whole number of \(bound)")
    }
    return value
  }

  /// A whole number within a range, `nil` where there is none.
  public func wholeIfSet(_ key: String, in range: ClosedRange<Int> = 0...Int.max)
    throws(FormatError) -> Int?
  {
    texts[key] == nil ? nil : try whole(key, in: range)
  }

  /// A finite number, `nil` where there is none.
  public func numberIfSet(_ key: String) throws(FormatError) -> Double? {
    guard let text = texts[key] else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw FormatError(
        .malformed, "\(path): '\(key)' in its metadata is '\(text)', expected a number")
    }
    return value
  }

  /// The text of a key, `nil` where there is none.
  public subscript(key: String) -> String? { texts[key] }
}
