import Tensors

/// A random tree, and how its layout comes about.
///
/// The lines come from Kruskal's algorithm over independent keys of one law, which is not the
/// uniform law over trees: of four vertices a star has the probability 1/15, a path 11/180.
public struct TreeLayout: Sendable {
  /// The two ends of each line, the smaller first, in the order in which they were accepted.
  public let lines: [(Int, Int)]
  /// x and y of each vertex at each time.
  public let places: [[SIMD2<Double>]]

  /// Draws a tree, and lays it out from normal places, which are left out, at so many times.
  ///
  /// Traps unless the numbers are positive.
  ///
  /// - Complexity: O(n²) for n vertices at each time, O(n³) for the tree.
  public init(vertices n: Int, times: Int, using generator: inout some RandomNumberGenerator) {
    require(n > 0 && times > 0, "a layout of \(n) vertices at \(times) times")
    let lines = TreeLayout.tree(vertices: n, using: &generator)
    let starts = Tensor.randomNormal([n, 2], using: &generator).scalars.map { Double($0) }
    var layout = SpringLayout(
      places: (0..<n).map { [starts[2 * $0], starts[2 * $0 + 1]] }, lines: lines)
    self.lines = lines
    places = (0..<times).map { _ in
      layout.step()
      return layout.places
    }
  }

  /// The lines of a random tree: keys of one law order them as a shuffle does.
  private static func tree(
    vertices n: Int, using generator: inout some RandomNumberGenerator
  ) -> [(Int, Int)] {
    var labels = Array(0..<n)
    return (0..<n).flatMap { i in (i..<n).dropFirst().map { (i, $0) } }
      .shuffled(using: &generator)
      .filter { i, j in
        let (kept, gone) = (labels[i], labels[j])
        guard kept != gone else { return false }
        labels = labels.map { $0 == gone ? kept : $0 }
        return true
      }
  }
}
