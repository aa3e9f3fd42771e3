import Foundation
package import Learning
import Synchronization

/// Ranks that are threads of this process: bytes pass from hand to hand.
package final class LocalRanks: Sendable {
  private let count: Int
  private let mail = Mutex<[[Int]: [[UInt8]]]>([:])
  private let arrived = NSCondition()

  private init(_ count: Int) { self.count = count }

  private struct Transport: RankTransport {
    let rank: Int
    let world: LocalRanks
    var count: Int { world.count }

    func exchange(
      _ outgoing: UnsafeRawBufferPointer, for incoming: UnsafeMutableRawBufferPointer,
      with partner: Int
    ) throws(RankError) {
      if !outgoing.isEmpty { world.put(Array(outgoing), [rank, partner]) }
      guard !incoming.isEmpty else { return }
      guard let bytes = world.take([partner, rank]) else {
        throw RankError(.lost, "rank \(partner) cannot be reached")
      }
      incoming.copyBytes(from: bytes)
    }
  }

  private func put(_ bytes: [UInt8], _ way: [Int]) {
    arrived.lock()
    mail.withLock { $0[way, default: []].append(bytes) }
    arrived.broadcast()
    arrived.unlock()
  }

  /// `nil` where nothing comes for half a minute, which a test would wait for in vain.
  private func take(_ way: [Int]) -> [UInt8]? {
    arrived.lock()
    defer { arrived.unlock() }
    let end = Date(timeIntervalSinceNow: 30)
    while true {
      let found = mail.withLock { mail in
        mail[way, default: []].isEmpty ? nil : mail[way, default: []].removeFirst()
      }
      if let found { return found }
      if !arrived.wait(until: end) { return nil }
    }
  }

  /// What so many ranks return that do the same, in their order.
  package static func run<Result: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (RankGroup) -> Result
  ) -> [Result] {
    let world = LocalRanks(count)
    let results = Mutex<[Int: Result]>([:])
    let done = DispatchGroup()
    for rank in 0..<count {
      done.enter()
      let thread = Thread {
        let result = work(RankGroup(Transport(rank: rank, world: world)))
        results.withLock { $0[rank] = result }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    done.wait()
    return results.withLock { all in (0..<count).compactMap { all[$0] } }
  }
}
