import Runs
import Testing

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

  @Test("the first signal is noted, the next one, of either kind, ends the program")
  func signals() {
    #expect(!Interruption.isRequested)
    Interruption.listen()
    #expect(!isDefault(SIGINT) && !isDefault(SIGTERM))
    kill(getpid(), SIGTERM)
    // The system picks the thread that runs the handler, and its moment.
    for _ in 0..<1000 where !(Interruption.isRequested && isDefault(SIGTERM)) { usleep(10_000) }
    #expect(Interruption.isRequested)
    #expect(isDefault(SIGINT) && isDefault(SIGTERM))
  }
}
