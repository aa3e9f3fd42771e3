import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether somebody has asked the program to stop, by a signal that would end it.
///
/// A second signal ends the program at once, unless it comes within half a second of the first: one
/// wish to stop may arrive twice, from a program that signals a process and then its group.
public enum Interruption {
  /// When the first signal came, in nanoseconds of a clock that only goes on; 0 before.
  private static let requested = Atomic<UInt64>(0)

  private static let repetition: UInt64 = 500_000_000

  /// The signals that ask for a stop: from a terminal, a batch system, or a limit on time.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU]

  /// Begins to listen; until then the signals end the program as usual.
  ///
  /// A signal that the program was started to ignore, as by `nohup`, stays ignored. A file that
  /// grows beyond a limit becomes an error of its write.
  public static func listen() {
    // Loaded once, so that the flag exists before a handler runs: a handler may not create it.
    _ = requested.load(ordering: .relaxed)
    for signal in signals where !isIgnored(signal) { install(handler, for: signal) }
    signal(SIGXFSZ, SIG_IGN)
  }

  public static var isRequested: Bool { requested.load(ordering: .relaxed) > 0 }

  /// Whether a signal ends the program at once, given when it and the first one came.
  static func endsProgram(at now: UInt64, first: UInt64) -> Bool { now &- first > repetition }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    #if canImport(Darwin)
      let current = action.__sigaction_u.__sa_handler
    #else
      let current = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(current, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func install(
    _ handler: @escaping @convention(c) (Int32) -> Void, for signal: Int32
  ) {
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = handler
    #else
      action.__sigaction_handler.sa_handler = handler
    #endif
    action.sa_flags = Int32(SA_RESTART)
    sigaction(signal, &action, nil)
  }

  private static let handler: @convention(c) (Int32) -> Void = { number in
    let now = nanoseconds()
    let (isFirst, first) = requested.compareExchange(
      expected: 0, desired: now, ordering: .relaxed)
    guard !isFirst, endsProgram(at: now, first: first) else { return }
    // It is blocked while it is handled, and acts when this returns.
    signal(number, SIG_DFL)
    raise(number)
  }

  private static func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return max(1, UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec))
  }
}
