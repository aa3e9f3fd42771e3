public import Learning

extension Sharding {
  /// The same shards on several processes.
  ///
  /// - Throws: `Failure` of kind `usage` where the number of ranks does not divide that of shards.
  public func spread(over ranks: RankGroup) throws(Failure) -> Sharding {
    guard count.isMultiple(of: ranks.count) else {
      throw Failure(
        .usage,
        "shards is \(count), which \(ranks.count) ranks do not divide; --shards takes a power of two, and as many ranks at most"
      )
    }
    return Sharding(count, over: ranks)
  }
}
