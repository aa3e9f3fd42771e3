import Synchronization

/// What a run tells.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  func append(_ line: String) { lines.withLock { $0.append(line) } }
  func clear() { lines.withLock { $0 = [] } }
  var all: [String] { lines.withLock { $0 } }
}
