public import Tensors

/// One of the parts into which the batch of a step is cut, by example.
///
/// Their number depends on nothing but the configuration. All that differs between two parts is a
/// function of `index`, so a step has the same bits wherever its parts are computed.
public struct Shard: Sendable, Hashable {
  public let index: Int
  /// The number of parts.
  public let count: Int

  /// Traps unless `index` is in 0..<count.
  public init(_ index: Int, of count: Int) {
    require((0..<count).contains(index), "shard \(index) of \(count)")
    (self.index, self.count) = (index, count)
  }

  /// A batch that is not cut.
  public static let whole = Shard(0, of: 1)

  /// The examples of this part among `examples`; two parts differ by one example at most.
  public func range(of examples: Int) -> Range<Int> {
    (index * examples / count)..<((index + 1) * examples / count)
  }

  /// The noise of this part of a step; that of a batch that is not cut is the step's own.
  public func noise(of step: Philox) -> Philox {
    count == 1 ? step : step.folding(UInt64(index))
  }
}

/// Into how many parts the batch of a step is cut, and which processes compute them.
public struct Sharding: Sendable {
  /// A power of two.
  public let count: Int
  public let ranks: RankGroup

  /// Traps unless `count` is a power of two that the number of ranks divides.
  public init(_ count: Int, over ranks: RankGroup = .alone) {
    require(count > 0 && count & (count - 1) == 0, "\(count) shards, not a power of two")
    require(count.isMultiple(of: ranks.count), "\(count) shards over \(ranks.count) ranks")
    (self.count, self.ranks) = (count, ranks)
  }

  /// The parts of this process, which stand side by side.
  public var own: [Shard] {
    let each = count / ranks.count
    return (0..<each).map { Shard(ranks.rank * each + $0, of: count) }
  }
}
