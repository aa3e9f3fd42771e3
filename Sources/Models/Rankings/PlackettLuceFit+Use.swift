public import Formats
import RealModule
import Tensors

extension PlackettLuceFit {
  /// Worths, which sum to one.
  public var worths: [Double] {
    let top = logWorths.max() ?? 0
    let parts = logWorths.map { Double.exp($0 - top) }
    let sum = parts.reduce(0, +)
    return parts.map { $0 / sum }
  }

  /// The items, best first.
  public var order: [Int] {
    logWorths.indices.sorted { (logWorths[$0], -$0) > (logWorths[$1], -$1) }
  }

  /// The log-likelihood of rankings of the same items, in nats; minus infinity when one has a tie
  /// of a size that the fit never saw.
  ///
  /// Throws `RankingFitError.tie` for a tie under the model without ties.
  public func logLikelihood(of rankings: Rankings) throws(RankingFitError) -> Double {
    require(rankings.items == items, "rankings of other items")
    let sets = try ChoiceSets(rankings, strict: model == .plackettLuce)
    switch model {
    case .plackettLuce:
      return PlackettLuceObjective(sets: sets).pass(at: logWorths)?.value ?? -.infinity
    case .davidsonLuce:
      let known = Set([1] + ties.map(\.size))
      guard sets.ties.indices.allSatisfy({ sets.ties[$0] == 0 || known.contains($0) }) else {
        return -.infinity
      }
      let objective = DavidsonLuceObjective(
        sets, prior: nil, orders: [1] + ties.map(\.size))
      return objective.evaluate(at: logWorths + ties.map { Double.log($0.prevalence) })?.value
        ?? -.infinity
    }
  }

  /// One ranking of all items, best first, under the model without ties: the order of the
  /// log-worths with Gumbel noise added.
  ///
  /// Takes one word of the generator per item and O(n log n).
  public func ranking(using generator: inout some RandomNumberGenerator) -> [Int] {
    require(model == .plackettLuce, "sorting draws no ties")
    // Exponential times over worths, in logarithms, have the order of Gumbel keys from the
    // greatest, and no upper end.
    let keys = logWorths.map { logWorth in -generator.gumbel() - logWorth }
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// One ranking of all items under either model, the best first, as groups of tied items in
  /// increasing order.
  ///
  /// The size k of a group is drawn with its part of the normalizer, delta_k e_k(worth_i^(1/k))
  /// over the items that are left; its items then follow from the last, each in or out given how
  /// many are wanted, by the table of elementary symmetric polynomials. Takes O(n^2 D) for n items
  /// and known sizes that sum to D; all in logarithms.
  public func weakOrder(using generator: inout some RandomNumberGenerator) -> [[Int]] {
    guard model == .davidsonLuce else { return ranking(using: &generator).map { [$0] } }
    var left = Array(items.indices)
    var groups: [[Int]] = []
    while left.count > 1 {
      let places = group(of: left, using: &generator)
      groups.append(places.map { left[$0] })
      for place in places.reversed() { left.remove(at: place) }
    }
    return left.isEmpty ? groups : groups + [left]
  }

  /// As many rankings as `count`, by `weakOrder(using:)`; equal ones are one entry, the most
  /// frequent first.
  public func weakOrders(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Rankings {
    require(count > 0, "\(count) rankings")
    var counts: [[[Int]]: Int] = [:]
    for _ in 0..<count { counts[weakOrder(using: &generator), default: 0] += 1 }
    let orders = counts.sorted { a, b in
      a.value == b.value
        ? a.key.lexicographicallyPrecedes(b.key) { $0.lexicographicallyPrecedes($1) }
        : a.value > b.value
    }
    return Rankings(
      items: items, entries: orders.map { .init(groups: $0.key, multiplicity: $0.value) })
  }

  /// The places in `left` of the group that comes first among these items, under the model with
  /// ties.
  private func group(
    of left: [Int], using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    let sizes =
      [(size: 1, logPrevalence: 0.0)]
      + ties.filter { $0.size <= left.count }.map {
        (size: $0.size, logPrevalence: Double.log($0.prevalence))
      }
    let tables = sizes.map { size, _ in
      LogSymmetricPolynomials(left.map { logWorths[$0] / Double(size) }, degree: size)
    }
    let parts = zip(sizes, tables).map { $0.logPrevalence + $1.last }
    let top = parts.max() ?? 0
    let weights = parts.map { Double.exp($0 - top) }
    var rest = generator.uniform() * weights.reduce(0, +)
    var chosen = 0
    while chosen < weights.count - 1, rest >= weights[chosen] {
      rest -= weights[chosen]
      chosen += 1
    }
    return tables[chosen].subset(using: &generator)
  }
}

extension Rankings {
  /// Two parts by voters, each of which goes to the second with probability `fraction`.
  public func split(
    holdingOut fraction: Double, using generator: inout some RandomNumberGenerator
  ) -> (kept: Rankings, heldOut: Rankings) {
    require((0...1).contains(fraction), "a fraction of \(fraction)")
    var (kept, held): ([Entry], [Entry]) = ([], [])
    for entry in entries {
      var count = 0
      for _ in 0..<entry.multiplicity
      where generator.uniform() < fraction { count += 1 }
      for (part, size) in [(0, entry.multiplicity - count), (1, count)] where size > 0 {
        let share = Entry(groups: entry.groups, multiplicity: size, line: entry.line)
        if part == 0 { kept.append(share) } else { held.append(share) }
      }
    }
    return (
      Rankings(items: items, entries: kept, unnamed: unnamed),
      Rankings(items: items, entries: held, unnamed: unnamed)
    )
  }
}
