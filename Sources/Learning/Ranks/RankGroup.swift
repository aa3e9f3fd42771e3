import Synchronization
import Tensors

/// The processes that work on one run together.
///
/// Every call that takes part in a meeting is made by all of them, in the same order. A header goes
/// first that says what each is about to do, so that a rank that does something else, has another
/// configuration or has failed ends all of them with one sentence, and none of them waits in vain.
public final class RankGroup: Sendable {
  /// A process by itself: no call costs anything.
  public static let alone = RankGroup(nil)

  private let transport: (any RankTransport)?
  private let state = Mutex(State())

  private struct State {
    var meetings: UInt64 = 0
    var digest: UInt64 = 0
    var fault: RankError?
  }

  private init(_ transport: (any RankTransport)?) { self.transport = transport }

  public convenience init(_ transport: some RankTransport) {
    self.init(transport.count > 1 ? transport : nil)
  }

  /// Of this process, from 0.
  public var rank: Int { transport?.rank ?? 0 }
  /// Number of processes.
  public var count: Int { transport?.count ?? 1 }
  /// Whether this is the one that writes.
  public var isFirst: Bool { rank == 0 }

  /// Why the ranks could not go on together, once they could not.
  public var fault: RankError? { state.withLock(\.fault) }

  /// What the headers name the configuration from now on.
  public func setConfiguration(digest: UInt64) { state.withLock { $0.digest = digest } }

  /// Meets the others; throws on all of them alike.
  private func meet(
    _ purpose: RankHeader.Purpose, step: Int = 0, size: Int = 0, stop: Bool = false,
    seconds: Double = 0, failure: (code: Int, sentence: String)? = nil
  ) throws(RankError) -> RankHeader? {
    guard let transport else { return nil }
    if let fault { throw fault }
    let (meeting, digest) = state.withLock { state in
      state.meetings += 1
      return (state.meetings, state.digest)
    }
    let own = RankHeader(
      rank: UInt64(rank), values: [purpose.rawValue, meeting, UInt64(step), UInt64(size), digest],
      isStopRequested: stop, seconds: seconds,
      failure: failure.map { (UInt64(rank), UInt64($0.code), $0.sentence) })
    do throws(RankError) {
      let merged = RankHeader(
        try transport.agree(own.bytes) { (mine, other) in
          var header = RankHeader(mine)
          header.merge(RankHeader(other))
          return header.bytes
        })
      if let error = merged.error { throw error }
      return merged
    } catch {
      state.withLock { $0.fault = error }
      throw error
    }
  }

  /// Whether any rank was asked to stop, and the seconds of work as rank 0 counts them; the same on
  /// all.
  public func pause(
    at step: Int, isStopRequested: Bool, seconds: Double
  ) throws(RankError) -> (isStopRequested: Bool, seconds: Double) {
    let met = try meet(.pause, step: step, stop: isStopRequested, seconds: seconds)
    return met.map { ($0.isStopRequested, $0.seconds) } ?? (isStopRequested, seconds)
  }

  /// The end of this process's work, well or with a failure; returns why all of them fail, the
  /// lowest rank's reason where several have one.
  public func end(_ failure: (code: Int, sentence: String)?) -> RankError? {
    do throws(RankError) {
      // A difference or a failure that all ranks know of needs no other meeting.
      if fault == nil { _ = try meet(.end, failure: failure) }
    } catch {
      // It is kept as the fault.
    }
    return fault
  }

  /// Leaves the others after the end; where one of them cannot be reached, all are ended.
  public func leave(exitCode: Int) {
    if fault?.kind == .lost {
      transport?.abort(exitCode: exitCode)
    } else {
      transport?.leave()
    }
  }
}

extension RankGroup {
  /// Adds the rows of all ranks, whose number is a power of two, in a fixed binary tree, on all of
  /// them.
  ///
  /// By recursive halving and doubling: every rank sends and receives twice the row, less what is
  /// its own share, in 2 log2(count) messages.
  func sum(_ row: inout [Scalar], at step: Int) throws(RankError) {
    guard let transport else { return }
    let size = row.count
    _ = try meet(.sum, step: step, size: size * MemoryLayout<Scalar>.size)
    let share = (size + count - 1) / count
    row += [Scalar](repeating: 0, count: share * count - size)
    do throws(RankError) {
      try transport.sum(&row)
    } catch {
      state.withLock { $0.fault = error }
      throw error
    }
    row.removeLast(row.count - size)
  }

  /// The texts of all ranks in their order, on all of them.
  public func gather(_ text: String) throws(RankError) -> [String] {
    guard let transport else { return [text] }
    _ = try meet(.gather)
    do throws(RankError) {
      return try transport.gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      state.withLock { $0.fault = error }
      throw error
    }
  }

  /// Results of pieces of work that do not need each other, each done by one of the ranks, in their
  /// order on all of them.
  ///
  /// - Parameters:
  ///   - report: called with each result in its order, as early as it is there.
  ///   - work: one piece, as a text.
  @discardableResult
  public func spread(
    _ pieces: Int, report: (String) throws -> Void = { _ in }, _ work: (Int) throws -> String
  ) throws -> [String] {
    var results: [String] = []
    for first in stride(from: 0, to: pieces, by: count) {
      let own = first + rank
      for text in try gather(own < pieces ? try work(own) : "").prefix(pieces - first) {
        try report(text)
        results.append(text)
      }
    }
    return results
  }
}
