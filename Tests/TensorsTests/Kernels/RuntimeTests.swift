import CKernels
import Foundation
import Synchronization
import Testing

private final class Counts: Sendable {
  let visits: Mutex<[Int]>
  private let tasks: Int

  init(_ tasks: Int) {
    self.tasks = tasks
    visits = Mutex([Int](repeating: 0, count: tasks))
  }

  /// Visits every task in parallel.
  func run() {
    dk_parallel(
      tasks,
      { context, task in
        guard let context else { return }
        let counts = Unmanaged<Counts>.fromOpaque(context).takeUnretainedValue()
        counts.visits.withLock { $0[task] += 1 }
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  func allEqual(_ times: Int) -> Bool { visits.withLock { Set($0) == [times] } }
}

@Suite(.serialized) struct RuntimeTests {
  @Test("Every task runs exactly once, however often and from however many threads")
  func tasks() {
    let threads = dk_thread_count()
    defer { dk_set_thread_count(threads) }
    for count in [1, 2, 5] {
      dk_set_thread_count(Int32(count))
      let counts = (0..<4).map { _ in Counts(37) }
      DispatchQueue.concurrentPerform(iterations: 4) { caller in
        for _ in 0..<500 { counts[caller].run() }
      }
      for caller in counts {
        #expect(caller.allEqual(500))
      }
    }
  }

  @Test("A task may start tasks")
  func nested() {
    let outer = Counts(8)
    dk_parallel(
      8,
      { context, _ in
        guard let context else { return }
        Unmanaged<Counts>.fromOpaque(context).takeUnretainedValue().run()
      }, Unmanaged.passUnretained(outer).toOpaque())
    #expect(outer.allEqual(8))
  }

  @Test("Blocks are aligned, reused, and given back on request")
  func pool() throws {
    dk_pool_trim()
    #expect(dk_pool_held() == 0)
    for bytes in [0, 1, 64, 65, 1000, 4097, 80_000, 1 << 20, 100 << 20] {
      let block = try #require(dk_allocate(bytes))
      #expect(UInt(bitPattern: block) % 64 == 0)
      memset(block, 0xff, bytes)
      dk_release(block, bytes)
    }
    dk_pool_trim()
    let first = dk_allocate(80_000)
    dk_release(first, 80_000)
    #expect(dk_pool_held() >= 80_000)
    #expect(dk_pool_held() <= 100_000)
    let second = dk_allocate(79_000)
    #expect(first == second)
    #expect(dk_pool_held() == 0)
    dk_release(second, 79_000)
    dk_release(nil, 10)
    dk_pool_trim()
    #expect(dk_pool_held() == 0)
  }

  @Test("What a thread holds is bounded")
  func bound() {
    dk_pool_trim()
    let blocks = (0..<40).map { _ in dk_allocate(10 << 20) }
    for block in blocks { dk_release(block, 10 << 20) }
    #expect(dk_pool_held() <= 256 << 20)
    dk_pool_trim()
  }

  @Test("A block may be released by another thread")
  func otherThread() {
    let address = UInt(bitPattern: dk_allocate(5000))
    let thread = Thread { dk_release(UnsafeMutableRawPointer(bitPattern: address), 5000) }
    thread.start()
    while !thread.isFinished { usleep(1000) }
  }
}
