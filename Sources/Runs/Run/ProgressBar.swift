import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A line on standard error that shows how far a run is; nothing where that is not a terminal.
public struct ProgressBar: Sendable {
  private let isShown: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// The share of the work that was done at the first update, more than nothing in a resumed run.
  private var origin: Double?
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
    let origin = origin ?? done
    self.origin = origin
    let now = clock.now
    if let drawn, now - drawn < ProgressBar.interval, done < 1 { return }
    drawn = now
    let left = ProgressBar.secondsLeft(
      after: (now - start) / .seconds(1), from: origin, to: done)
    emit(
      "\r\u{1B}[K"
        + ProgressBar.line(done, text(), secondsLeft: left, width: ProgressBar.terminalWidth()))
  }

  /// Takes the bar away.
  public func clear() {
    if isShown && drawn != nil { emit("\r\u{1B}[K") }
  }

  /// The time the rest will take at the pace so far, `nil` while there is none.
  static func secondsLeft(after seconds: Double, from origin: Double, to done: Double) -> Double? {
    done > origin ? seconds * max(0, 1 - done) / (done - origin) : nil
  }

  /// The line, cut to the width: one that wraps cannot be drawn over.
  static func line(_ done: Double, _ text: String, secondsLeft: Double?, width: Int) -> String {
    let filled = Int(max(0, min(1, done)) * Double(cells))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    let left = secondsLeft.map { "  \(time($0)) left" } ?? ""
    return String("\(bar) \(text)\(left)".prefix(max(0, width - 1)))
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 359_999).rounded())
    func twoDigits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, twoDigits(whole % 60))
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(rest)" : "\(minutes):\(rest)"
  }

  private static func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private func emit(_ text: String) { try? StandardStream.errors.write(Array(text.utf8)) }
}
