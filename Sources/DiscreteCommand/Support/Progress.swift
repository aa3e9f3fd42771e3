import Runs
import Synchronization

/// A bar of a verb that makes no run.
final class VerbProgress: Sendable {
  private let bar = Mutex(ProgressBar(isQuiet: false))

  var report: ProgressReport {
    ProgressReport { share, text in self.bar.withLock { $0.update(share) { text } } }
  }

  /// Takes the bar away, before a result is printed.
  func clear() { bar.withLock { $0.clear() } }
}
