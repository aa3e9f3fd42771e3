import Formats
import Models
import Tensors

extension RankingFitTests {
  /// Rankings of the first places, lengths 1 to all, drawn from log-worths.
  static func drawn(
    _ count: Int, logWorths: [Double], ties: Bool = false, seed: UInt64 = 3
  ) -> Rankings {
    var generator = Philox(seed: seed)
    let items = logWorths.indices.map { "item \($0)" }
    let source = PlackettLuceFit(
      model: .plackettLuce, solver: .newton, items: items, logWorths: logWorths,
      standardErrors: logWorths, ties: [], logLikelihood: 0, rankings: 0, iterations: 0)
    let entries = (0..<count).map { _ in
      let order = source.ranking(using: &generator)
      var groups = order.prefix(1 + Int(generator.next() % UInt64(items.count))).map { [$0] }
      if ties, groups.count > 1, generator.next() % 3 == 0 {
        let size = min(groups.count, 2 + Int(generator.next() % 2))
        groups = [groups.prefix(size).flatMap { $0 }] + groups.dropFirst(size)
      }
      return Rankings.Entry(groups: groups, multiplicity: 1 + Int(generator.next() % 3))
    }
    return Rankings(items: items, entries: entries)
  }

  static func permutations(of n: Int) -> [[Int]] {
    guard n > 0 else { return [[]] }
    return permutations(of: n - 1).flatMap { shorter in
      (0...shorter.count).map { place in
        Array(shorter[..<place]) + [n - 1] + shorter[place...]
      }
    }
  }

  static func greatestDifference(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }
}
