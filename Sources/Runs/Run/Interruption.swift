import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether somebody has asked the program to stop, by a signal that would end it.
///
/// A second signal ends the program at once.
public enum Interruption {
  private static let requested = Atomic<Bool>(false)

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

  public static var isRequested: Bool { requested.load(ordering: .relaxed) }

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

  private static let handler: @convention(c) (Int32) -> Void = { _ in
    requested.store(true, ordering: .relaxed)
    // Ignored signals are among these, but whoever sends one of them now wants the program to end.
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    signal(SIGHUP, SIG_DFL)
    signal(SIGUSR1, SIG_DFL)
    signal(SIGXCPU, SIG_DFL)
  }
}
