import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether somebody has asked the program to stop, by SIGINT or SIGTERM.
///
/// A second signal ends the program at once.
public enum Interruption {
  private static let requested = Atomic<Bool>(false)

  /// Begins to listen; until then the signals end the program as usual.
  public static func listen() {
    // Loaded once, so that the flag exists before a handler runs: a handler may not create it.
    _ = requested.load(ordering: .relaxed)
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
      #else
        action.__sigaction_handler.sa_handler = handler
      #endif
      action.sa_flags = Int32(SA_RESTART)
      sigaction(signal, &action, nil)
    }
  }

  public static var isRequested: Bool { requested.load(ordering: .relaxed) }

  private static let handler: @convention(c) (Int32) -> Void = { _ in
    requested.store(true, ordering: .relaxed)
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}
