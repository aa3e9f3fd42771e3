/// A stream that the process was given to write to.
package enum StandardStream: Int32, CaseIterable {
  case output = 1
  case errors = 2

  /// Why nothing more can be written.
  package struct Failure: Error {
    /// Nobody reads any more.
    package let isClosedPipe: Bool
    /// The message of the system.
    package let reason: String
  }

  /// Writes all of some bytes at once.
  package func write(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.withUnsafeBytes({ System.writeAll(rawValue, $0) }) else {
      throw Failure(isClosedPipe: System.isClosedPipe, reason: System.reason)
    }
  }
}
