/// A weighted graph: the text of a Gset file is n and m, then m edges i j w with nodes from 1.
package struct Gset: Sendable {
  package static let most = 1 << 16

  package let size: Int
  package let edges: [(first: Int, second: Int, weight: Double)]

  /// Reads a file; throws `FormatError` that names the line.
  package init(_ path: String) throws(FormatError) {
    var words = try NumberWords(path)
    size = try words.whole("the number of nodes", in: 1...Gset.most)
    let count = try words.whole("the number of edges", in: 0...(1 << 24))
    var edges: [(first: Int, second: Int, weight: Double)] = []
    for edge in 0..<count {
      let what = "edge \(edge + 1) of \(count)"
      edges.append(
        (
          try words.whole("a node of \(what)", in: 1...size) - 1,
          try words.whole("a node of \(what)", in: 1...size) - 1,
          try words.number("the weight of \(what)")
        ))
    }
    try words.end(after: "\(count) edges")
    self.edges = edges
  }
}
