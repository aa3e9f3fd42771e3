/// Why a message cannot be written or read.
public enum CodeError: Error, Sendable, Equatable {
  /// The message has no more words: it was cut off, or bits back had no seed to take from.
  case underflow
  /// A value of probability zero cannot be written; the sentence names it.
  case impossible(String)
  /// The content differs from what was written; the sentence says where.
  case damaged(String)
}

extension CodeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .underflow: "the message ends before everything is read"
    case .impossible(let what): "\(what) has probability zero under the model"
    case .damaged(let what): what
    }
  }
}
