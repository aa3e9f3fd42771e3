/// The tree of arcs away from a root with the largest sum of scores.
///
/// - Complexity: O(n³).
/// - Reference: Chu and Liu (1965), On the shortest arborescence of a directed graph; Edmonds
///   (1967), Optimum branchings.
enum BestArborescence {
  /// The head of each vertex; of several best heads the lowest is looked at first.
  ///
  /// Traps where no tree is possible.
  ///
  /// - Parameter scores: of the arc from h to m at h · vertices + m, -infinity where there is none.
  static func heads(_ scores: [Double], vertices n: Int, root: Int) -> [Int] {
    guard let heads = possibleHeads(scores, vertices: n, root: root) else {
      fatalError("the scores of \(n) vertices forbid every tree")
    }
    return heads
  }

  /// The head of each vertex, the root for the root; `nil` where no tree is possible.
  static func possibleHeads(_ scores: [Double], vertices n: Int, root: Int) -> [Int]? {
    var heads = [Int](repeating: root, count: n)
    for modifier in 0..<n where modifier != root {
      var best = -Double.infinity
      for head in 0..<n where head != modifier && scores[head * n + modifier] > best {
        (best, heads[modifier]) = (scores[head * n + modifier], head)
      }
      if best == -.infinity { return nil }
    }
    guard let cycle = cycle(of: heads, root: root) else { return heads }

    // The cycle becomes one vertex, the last: an arc into it pays for the arc that it replaces.
    let outside = (0..<n).filter { !cycle.contains($0) }
    let m = outside.count + 1
    var contracted = [Double](repeating: -.infinity, count: m * m)
    var (entries, exits) = ([Int](repeating: -1, count: m), [Int](repeating: -1, count: m))
    for (place, vertex) in outside.enumerated() {
      for (other, target) in outside.enumerated() where other != place {
        contracted[place * m + other] = scores[vertex * n + target]
      }
      for member in cycle {
        let gain = scores[vertex * n + member] - scores[heads[member] * n + member]
        if gain > contracted[place * m + m - 1] {
          (contracted[place * m + m - 1], entries[place]) = (gain, member)
        }
        if scores[member * n + vertex] > contracted[(m - 1) * m + place] {
          (contracted[(m - 1) * m + place], exits[place]) = (scores[member * n + vertex], member)
        }
      }
    }
    guard let root = outside.firstIndex(of: root),
      let inner = possibleHeads(contracted, vertices: m, root: root)
    else { return nil }
    for (place, vertex) in outside.enumerated() where place != root {
      heads[vertex] = inner[place] == m - 1 ? exits[place] : outside[inner[place]]
    }
    heads[entries[inner[m - 1]]] = outside[inner[m - 1]]
    return heads
  }

  /// The vertices of a cycle of heads, or `nil` if all lead to the root.
  private static func cycle(of heads: [Int], root: Int) -> [Int]? {
    var visits = [Int](repeating: -1, count: heads.count)
    for start in heads.indices where visits[start] < 0 {
      var place = start
      while place != root && visits[place] < 0 {
        visits[place] = start
        place = heads[place]
      }
      guard place != root, visits[place] == start else { continue }
      var cycle = [place]
      while heads[cycle[cycle.count - 1]] != place { cycle.append(heads[cycle[cycle.count - 1]]) }
      return cycle.sorted()
    }
    return nil
  }
}
