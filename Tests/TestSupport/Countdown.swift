import Synchronization

/// Says no so many times, then yes.
package final class Countdown: Sendable {
  private let left: Mutex<Int>

  package init(_ count: Int) { left = Mutex(count) }

  package var isOver: Bool {
    left.withLock { left in
      left -= 1
      return left < 0
    }
  }
}
