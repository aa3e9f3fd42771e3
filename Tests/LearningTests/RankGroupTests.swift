import Learning
import Tensors
import TestSupport
import Testing

struct RankGroupTests {
  /// A few sharded steps of a regression; the bits of all that a trainer keeps, or what was thrown.
  private static func bits(
    shards: Int, over ranks: RankGroup, failingRank: Int? = nil, extraStepOf early: Int? = nil
  ) throws -> [String: [UInt64]] {
    struct Broken: Error {}
    var trainer = Trainer(Toy(sizes: [4, 5, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    if ranks.rank == early { _ = try trainer.descend { $0.scale.sum() } }
    for step in 0..<4 {
      let noise = Philox(seed: 9).folding(UInt64(step))
      _ = try trainer.descend(in: Sharding(shards, over: ranks)) { model, shard in
        if ranks.rank == failingRank, step == 2 { throw Broken() }
        var own = shard.noise(of: noise)
        let x = Tensor.randomNormal([3, 4], using: &own)
        model.mean = model.mean * 0.9 + x.mean() * 0.1
        return (model(x) - x.sum(along: -1).expandingDimensions(at: -1)).squared().mean()
      }
    }
    return trainer.bits
  }

  @Test("16 shards have the same bits on any number of ranks", arguments: [2, 4, 8, 16])
  func sameBits(ranks: Int) throws {
    let alone = try Self.bits(shards: 16, over: .alone)
    for found in LocalRanks.run(ranks, { ranks in try? Self.bits(shards: 16, over: ranks) }) {
      #expect(found == alone)
    }
  }

  private static func errors(
    _ count: Int, _ work: @escaping @Sendable (RankGroup) throws -> Void
  ) -> [RankError?] {
    LocalRanks.run(count) { ranks in
      do {
        try work(ranks)
        return nil
      } catch let error as RankError {
        return error
      } catch {
        return ranks.end((code: 74, sentence: "\(type(of: error))"))
      }
    }
  }

  @Test("a rank at another step is named with its step, on all ranks", arguments: [2, 4, 8])
  func anotherStep(count: Int) {
    let last = count - 1
    for error in Self.errors(count, { _ = try Self.bits(shards: 8, over: $0, extraStepOf: last) }) {
      #expect(error?.kind == .mismatch)
      #expect(error?.description.contains("is at step 0, rank \(last) at step 1") == true)
    }
  }

  @Test("a rank that fails ends all with its sentence and code", arguments: [2, 4, 8])
  func failure(count: Int) {
    for error in Self.errors(count, { _ = try Self.bits(shards: 8, over: $0, failingRank: 1) }) {
      #expect(error == RankError(.failed(code: 74), "rank 1: Broken"))
    }
  }

  @Test("a rank with another configuration is named", arguments: [2, 3, 5])
  func configuration(count: Int) {
    let errors = Self.errors(count) { ranks in
      ranks.setConfiguration(digest: ranks.rank == 1 ? 0xAB : 0xCD)
      _ = try ranks.pause(at: 0, isStopRequested: false, seconds: 0)
    }
    for error in errors {
      #expect(error?.description.contains("at configuration cd") == true)
      #expect(error?.description.contains("rank 1 at configuration ab") == true)
    }
  }

  @Test("one rank that is asked to stop stops all, and rank 0 has the clock", arguments: 1...6)
  func pause(count: Int) {
    let found = LocalRanks.run(count) { ranks in
      try? ranks.pause(
        at: 3, isStopRequested: ranks.rank == count - 1, seconds: Double(ranks.rank + 1))
    }
    #expect(found.allSatisfy { $0?.isStopRequested == true && $0?.seconds == 1 })
  }

  @Test("pieces of work come back in their order on all ranks", arguments: 1...5, [0, 1, 7])
  func spread(count: Int, pieces: Int) {
    let found = LocalRanks.run(count) { ranks in
      try? ranks.spread(pieces) { "piece \($0)" }
    }
    #expect(found.allSatisfy { $0 == (0..<pieces).map { "piece \($0)" } })
  }
}
