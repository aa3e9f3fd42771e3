#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A line on standard error that shows how far a run is; nothing where that is no terminal.
public struct ProgressBar: Sendable {
  private let isShown: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant?
  private static let cells = 24
  private static let interval: Duration = .milliseconds(100)

  public init(isQuiet: Bool) {
    isShown = !isQuiet && isatty(STDERR_FILENO) == 1
    start = clock.now
  }

  /// Draws the bar, at most ten times a second.
  ///
  /// - Parameters:
  ///   - done: share of the work, in [0, 1].
  ///   - text: what stands behind the bar, made only when it is drawn.
  public mutating func update(_ done: Double, _ text: () -> String) {
    guard isShown else { return }
    let now = clock.now
    if let drawn, now - drawn < ProgressBar.interval, done < 1 { return }
    drawn = now
    let filled = Int(max(0, min(1, done)) * Double(ProgressBar.cells))
    let bar =
      String(repeating: "█", count: filled)
      + String(repeating: "░", count: ProgressBar.cells - filled)
    let left = done > 0 ? (now - start) / .seconds(1) * (1 - done) / done : 0
    emit("\r\u{1B}[K\(bar) \(text())  \(ProgressBar.time(left)) left")
  }

  /// Takes the bar away.
  public func clear() {
    if isShown && drawn != nil { emit("\r\u{1B}[K") }
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let rest = whole % 60
    return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
  }

  private func emit(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
