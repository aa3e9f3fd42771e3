/// Trees over numbered vertices, as lists of the next vertex on the way to vertex 0, from vertex 1
/// on.
enum Trees {
  /// The tree of a code of two numbers less than vertices, each tree once.
  ///
  /// - Reference: Prüfer (1918), Neuer Beweis eines Satzes über Permutationen.
  static func tree(_ code: [Int32]) -> [Int32] {
    let count = code.count + 2
    var degrees = [Int](repeating: 1, count: count)
    for vertex in code { degrees[Int(vertex)] += 1 }
    var lines: [(Int, Int)] = []
    for vertex in code {
      let leaf = degrees.firstIndex(of: 1) ?? 0
      lines.append((leaf, Int(vertex)))
      degrees[leaf] -= 1
      degrees[Int(vertex)] -= 1
    }
    let last = degrees.indices.filter { degrees[$0] == 1 }
    return tree(of: lines + [(last[0], last[1])])
  }

  /// The tree of its lines, in any order.
  static func tree(of lines: [(Int, Int)]) -> [Int32] {
    var neighbors = [[Int]](repeating: [], count: lines.count + 1)
    for (first, second) in lines {
      neighbors[first].append(second)
      neighbors[second].append(first)
    }
    var next = [Int32](repeating: -1, count: lines.count + 1)
    var reached = [0]
    while let vertex = reached.popLast() {
      for other in neighbors[vertex] where other != 0 && next[other] < 0 {
        next[other] = Int32(vertex)
        reached.append(other)
      }
    }
    return Array(next.dropFirst())
  }

  /// Whether each vertex leads to vertex 0.
  static func isTree(_ next: [Int32]) -> Bool {
    (1...next.count).allSatisfy { vertex in
      var (place, steps) = (vertex, 0)
      while place != 0, steps <= next.count { (place, steps) = (Int(next[place - 1]), steps + 1) }
      return place == 0
    }
  }

  /// Takes the line out that leads from a vertex towards vertex 0, and connects both sides again by
  /// a line from `end` behind that vertex to `other`.
  ///
  /// Returns `false`, with nothing changed, where these are not on their sides, or the line is the
  /// one that was taken out.
  static func reconnect(
    _ next: inout ArraySlice<Int32>, from vertex: Int, at end: Int, to other: Int
  ) -> Bool {
    let base = next.startIndex - 1
    guard leads(next, from: end, through: vertex), !leads(next, from: other, through: vertex),
      end != vertex || next[base + vertex] != Int32(other)
    else { return false }
    // What lies between both ends of the side that comes off turns round.
    var (place, behind) = (end, Int32(other))
    while true {
      let ahead = next[base + place]
      next[base + place] = behind
      if place == vertex { return true }
      (place, behind) = (Int(ahead), Int32(place))
    }
  }

  private static func leads(
    _ next: ArraySlice<Int32>, from start: Int, through vertex: Int
  ) -> Bool {
    var place = start
    while place != 0, place != vertex { place = Int(next[next.startIndex + place - 1]) }
    return place == vertex
  }
}
