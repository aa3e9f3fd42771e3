import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A line on standard error that shows how far a run is; nothing where that is not a terminal.
public struct ProgressBar: Sendable {
  /// Whether standard error is a terminal.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  private let isShown: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// The share of the work that was done at the first update, more than nothing in a resumed run.
  private var origin: Double?
  private var drawn: ContinuousClock.Instant?
  private static let interval: Duration = .milliseconds(100)

  public init(isQuiet: Bool) {
    isShown = !isQuiet && ProgressBar.isTerminal
    start = clock.now
  }

  /// Counts the pace from here, where so much is done already.
  public mutating func begin(at done: Double) { origin = done }

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
    emit(
      "\r\u{1B}[K"
        + ProgressBar.line(done, text(), left: timeLeft(done), width: ProgressBar.terminalWidth()))
  }

  /// The time the rest will take at the pace so far, as people write it; `nil` while there is none.
  func timeLeft(_ done: Double) -> String? {
    ProgressBar.secondsLeft(
      after: (clock.now - start) / .seconds(1), from: origin ?? done, to: done
    ).map(ProgressBar.time)
  }

  /// How much is done, in whole per cent: 100 only of all.
  static func percentage(_ done: Double) -> String {
    "\(Int(max(0, min(1, done)) * 100)) %"
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
  static func line(_ done: Double, _ text: String, left: String?, width: Int) -> String {
    let cells = width < 100 ? 10 : 24
    let filled = Int(max(0, min(1, done)) * Double(cells))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    let left = left.map { "  \($0) left" } ?? ""
    return String("\(bar) \(percentage(done))  \(text)\(left)".prefix(max(0, width - 1)))
  }

  static func time(_ seconds: Double) -> String {
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
