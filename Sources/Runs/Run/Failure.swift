/// Why something could not begin, go on or end: one sentence for a person, and its kind for a
/// program.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sort of trouble, from which a command chooses its exit code.
  public enum Kind: Sendable, CaseIterable {
    /// A result that is not what it has to be, such as a loss that is not finite.
    case failedCheck
    /// The user asked for something that cannot be.
    case usage
    /// Data that do not fit.
    case badData
    /// Data or a run that is not there.
    case missingInput
    /// A file or folder that cannot be made.
    case cannotCreate
    /// The system failed while reading or writing.
    case inputOutput
    /// Somebody asked for a stop; a checkpoint was written.
    case interrupted
    /// A setting in a file that cannot be.
    case badConfiguration
  }

  public let kind: Kind
  /// The sentence, without a full stop.
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
