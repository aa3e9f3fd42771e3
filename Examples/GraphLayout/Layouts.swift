import SwiftDiscrete

/// Random trees and how their layouts come about.
struct Layouts: Sendable {
  let vertices: Int
  /// The lines of the trees, `[graphs, lines]`, in the order of a ``SpanningTree``.
  let lines: Tensor
  /// `[graphs, times, vertices, 2]`.
  let places: Tensor

  init(_ graphs: Int, vertices n: Int, times: Int, using generator: inout Philox) {
    let drawn = (0..<graphs).map { _ in
      TreeLayout(vertices: n, times: times, using: &generator)
    }
    let structure = SpanningTree(vertices: n)
    vertices = n
    lines = Tensor(shape: [graphs, structure.partCount]) { buffer in
      buffer.update(repeating: 0)
      for (graph, tree) in drawn.enumerated() {
        for (i, j) in tree.lines {
          buffer[graph * structure.partCount + structure.part(between: i, and: j)] = 1
        }
      }
    }
    places = Tensor(
      drawn.flatMap { $0.places.flatMap { $0.flatMap { [Scalar($0.x), Scalar($0.y)] } } },
      shape: [graphs, times, n, 2])
  }

  private init(vertices: Int, lines: Tensor, places: Tensor) {
    (self.vertices, self.lines, self.places) = (vertices, lines, places)
  }

  var count: Int { lines.shape[0] }

  /// The negative distance of the two ends of each line at the last time, `[graphs, lines]`.
  var closeness: Tensor {
    let pairs = (0..<vertices).flatMap { i in (i..<vertices).dropFirst().map { (i, $0) } }
    let last = places.sliced(along: 1, at: places.shape[1] - 1)
    func ends(_ vertices: [Int]) -> Tensor {
      last.gathering(Indices(vertices, shape: [vertices.count]), along: 1)
    }
    return -(ends(pairs.map(\.0)) - ends(pairs.map(\.1))).squared().sum(along: 2).sqrt()
  }

  /// Some of the graphs.
  subscript(_ rows: [Int]) -> Layouts {
    let rows = Indices(rows, shape: [rows.count])
    return Layouts(
      vertices: vertices, lines: lines.gathering(rows, along: 0),
      places: places.gathering(rows, along: 0))
  }
}
