import Testing

@testable import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

struct InterruptionTests {
  private func isDefault(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    #if canImport(Darwin)
      return action.__sigaction_u.__sa_handler == nil
    #else
      return action.__sigaction_handler.sa_handler == nil
    #endif
  }

  @Test("the first signal is noted, and the program goes on to its end")
  func first() {
    #expect(!Interruption.isRequested)
    Interruption.listen()
    #expect(!isDefault(SIGINT) && !isDefault(SIGTERM))
    kill(getpid(), SIGTERM)
    // The system picks the thread that runs the handler, and its moment.
    for _ in 0..<1000 where !Interruption.isRequested { usleep(10_000) }
    #expect(Interruption.isRequested)
  }

  @Test("a signal of either kind ends the program if it comes later than half a second after")
  func second() async {
    #expect(!Interruption.endsProgram(at: 7_000_000, first: 6_000_000))
    #expect(!Interruption.endsProgram(at: 500_000_006, first: 6))
    #expect(Interruption.endsProgram(at: 500_000_007, first: 6))
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption.listen()
      // To the thread itself, which other tests may have left with signals blocked.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      sigaddset(&signals, SIGTERM)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      raise(SIGTERM)
      usleep(600_000)
      raise(SIGINT)
    }
  }
}
