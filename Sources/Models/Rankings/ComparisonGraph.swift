import Formats

/// A graph with an edge from each item to every item that was ever chosen after it.
///
/// Worths of greatest likelihood exist when every item can be reached from every other: Hunter, "MM
/// algorithms for generalized Bradley-Terry models", Annals of Statistics 2004. Edges between
/// consecutive places suffice, as the others follow from them.
struct ComparisonGraph {
  private var losers: [[Int]]

  /// - Parameter strict: as for `ChoiceSets`.
  init(_ rankings: Rankings, strict: Bool) {
    let n = rankings.items.count
    losers = Array(repeating: [], count: n)
    var isEdge = [Bool](repeating: false, count: n * n)
    func connect(_ winners: [Int], _ others: [Int], _ losers: inout [[Int]]) {
      for winner in winners {
        for loser in others where winner != loser && !isEdge[winner * n + loser] {
          isEdge[winner * n + loser] = true
          losers[winner].append(loser)
        }
      }
    }
    for entry in rankings.entries {
      var above: [Int] = []
      // Without ties, a tie of all the items behind the last place ranks none of them.
      let last = entry.groups[entry.groups.count - 1]
      let isOpen = strict && last.count > 1
      for group in isOpen ? entry.groups.dropLast() : entry.groups[...] {
        connect(above, group, &losers)
        connect(group, group, &losers)
        above = group
      }
      if rankings.unnamed == .last {
        var isPlaced = [Bool](repeating: false, count: n)
        for item in entry.groups.dropLast(isOpen ? 1 : 0).joined() { isPlaced[item] = true }
        connect(above, (0..<n).filter { !isPlaced[$0] }, &losers)
      } else if isOpen {
        connect(above, last, &losers)
      }
    }
  }

  /// Items that are never behind the others, or never before them, as few as there are; `nil` when
  /// all are connected.
  func extremes() -> (items: [Int], place: RankingFitError.Extreme)? {
    let (component, count) = components()
    guard count > 1 else { return nil }
    var loses = [Bool](repeating: false, count: count)
    var wins = [Bool](repeating: false, count: count)
    for (winner, others) in losers.enumerated() {
      for loser in others where component[winner] != component[loser] {
        wins[component[winner]] = true
        loses[component[loser]] = true
      }
    }
    var members = [[Int]](repeating: [], count: count)
    for (item, component) in component.enumerated() { members[component].append(item) }
    // A graph without cycles of components has one that never loses.
    let ends = (0..<count).filter { !loses[$0] || !wins[$0] }
    let least =
      ends.min { (members[$0].count, loses[$0] ? 1 : 0) < (members[$1].count, loses[$1] ? 1 : 0) }
      ?? 0
    return (members[least], loses[least] ? .last : .first)
  }

  /// The strongly connected component of every item, by Tarjan's algorithm without recursion, in
  /// time linear in the edges.
  private func components() -> (of: [Int], count: Int) {
    let n = losers.count
    var component = [Int](repeating: -1, count: n)
    var order = [Int](repeating: -1, count: n)
    var lowest = [Int](repeating: 0, count: n)
    var next = [Int](repeating: 0, count: n)
    var (open, path): ([Int], [Int]) = ([], [])
    var (visited, count) = (0, 0)
    for root in 0..<n where order[root] < 0 {
      path = [root]
      while let item = path.last {
        if order[item] < 0 {
          (order[item], lowest[item]) = (visited, visited)
          visited += 1
          open.append(item)
        }
        if next[item] < losers[item].count {
          let loser = losers[item][next[item]]
          next[item] += 1
          if order[loser] < 0 {
            path.append(loser)
          } else if component[loser] < 0 {
            lowest[item] = min(lowest[item], order[loser])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last { lowest[parent] = min(lowest[parent], lowest[item]) }
        guard lowest[item] == order[item] else { continue }
        while let member = open.popLast() {
          component[member] = count
          if member == item { break }
        }
        count += 1
      }
    }
    return (component, count)
  }
}
