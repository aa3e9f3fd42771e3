/// What carries bytes between the processes of a run.
///
/// MPI is one, the threads of a test another.
public protocol RankTransport: Sendable {
  /// Of this process, from 0.
  var rank: Int { get }
  /// Number of processes.
  var count: Int { get }

  /// Sends bytes to another rank and receives bytes from it at the same time, either of which may
  /// be none.
  ///
  /// The other rank calls it with the counts exchanged; calls between two ranks meet in order.
  ///
  /// - Throws: `RankError` where the other cannot be reached.
  func exchange(
    _ outgoing: UnsafeRawBufferPointer, for incoming: UnsafeMutableRawBufferPointer,
    with partner: Int) throws(RankError)

  /// Leaves the others, all of whom leave.
  func leave()

  /// Ends all ranks, wherever they are.
  func abort(exitCode: Int)
}

extension RankTransport {
  public func leave() {}
  public func abort(exitCode: Int) {}
}

/// Why the ranks of a run cannot go on together.
public struct RankError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// Two ranks do not do the same.
    case mismatch
    /// A rank has failed, and would leave with this exit code.
    case failed(code: Int)
    /// A rank cannot be reached.
    case lost
  }

  public let kind: Kind
  /// One sentence.
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    (self.kind, self.description) = (kind, description)
  }
}
