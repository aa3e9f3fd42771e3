public import Formats

/// The texts of a checkpoint that a job goes on from, with the file they stand in.
public struct SavedProgress: Sendable {
  let path: String
  private let texts: [String: String]

  /// - Parameters:
  ///   - texts: the metadata of a checkpoint.
  ///   - path: the file, for messages.
  public init(_ texts: [String: String], of path: String) {
    self.texts = texts
    self.path = path
  }

  /// The text of a key, `nil` where there is none.
  public subscript(key: String) -> String? { texts[key] }

  /// A whole number within a range; throws where there is none.
  public func whole(
    _ key: String, in range: ClosedRange<Int> = 0...JSON.mostWhole
  ) throws(FormatError) -> Int {
    try texts.whole(key, in: range, of: path)
  }

  /// A whole number within a range, `nil` where there is none.
  public func wholeIfSet(
    _ key: String, in range: ClosedRange<Int> = 0...JSON.mostWhole
  ) throws(FormatError) -> Int? {
    try texts.wholeIfPresent(key, in: range, of: path)
  }

  /// A finite number, `nil` where there is none.
  public func numberIfSet(_ key: String) throws(FormatError) -> Double? {
    try texts.numberIfPresent(key, of: path)
  }
}
