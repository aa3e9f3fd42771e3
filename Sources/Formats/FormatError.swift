/// A fault of a file, in one sentence: which file, where, what was found, what was
/// expected.
public struct FormatError: Error, Sendable, Equatable {
  /// The sort of trouble, from which a command chooses its exit code.
  public enum Kind: Sendable {
    /// The content is not what the format demands.
    case malformed
    /// The file or folder is not there or may not be read.
    case missing
    /// The output may not be created.
    case cannotCreate
    /// The system failed while reading or writing.
    case inputOutput
  }

  /// The sort of trouble.
  public let kind: Kind
  /// The sentence, without a full stop.
  public let message: String

  /// An error with its sentence.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package static func malformed(_ path: String, _ found: String) -> FormatError {
    FormatError(.malformed, "\(path): \(found)")
  }

  /// The error of the call that has just failed.
  static func unreadable(_ path: String) -> FormatError {
    FormatError(
      System.isMissing ? .missing : .inputOutput, "\(path): cannot be opened: \(System.reason)")
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String { message }
}
