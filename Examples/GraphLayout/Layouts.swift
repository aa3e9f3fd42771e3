import SwiftDiscrete

/// Random trees and how their layouts come about.
struct Layouts: Sendable {
  let vertices: Int
  /// The lines of the trees, `[graphs, lines]`, in the order of a ``SpanningTree``.
  let lines: Tensor
  /// `[graphs, times, vertices, 2]`.
  let places: Tensor

  /// Trees by Kruskal's algorithm over random keys, laid out from normal places, which are left
  /// out, at so many times.
  init(_ graphs: Int, vertices n: Int, times: Int, using generator: inout Philox) {
    let law = KruskalTraces(
      logits: .zeros([graphs, n * (n - 1) / 2]), vertices: n)
    let trees = KruskalTraces.point(law.sample(1, using: &generator)).sliced(along: 0, at: 0)
    let starts = Tensor.randomNormal([graphs, n, 2], using: &generator).scalars
    let (bits, pairs) = (trees.scalars, Layouts.pairs(n))
    vertices = n
    lines = trees
    places = Tensor(
      (0..<graphs).flatMap { graph in
        var layout = SpringLayout(
          places: (0..<n).map { vertex in
            let place = 2 * (graph * n + vertex)
            return [Double(starts[place]), Double(starts[place + 1])]
          },
          lines: pairs.enumerated().filter { bits[graph * pairs.count + $0.offset] != 0 }
            .map(\.element))
        return (0..<times).flatMap { _ in
          layout.step()
          return layout.places.flatMap { [Scalar($0.x), Scalar($0.y)] }
        }
      }, shape: [graphs, times, n, 2])
  }

  private init(vertices: Int, lines: Tensor, places: Tensor) {
    (self.vertices, self.lines, self.places) = (vertices, lines, places)
  }

  /// The two ends of each line.
  static func pairs(_ n: Int) -> [(Int, Int)] {
    (0..<n).flatMap { i in (i..<n).dropFirst().map { (i, $0) } }
  }

  var count: Int { lines.shape[0] }

  /// The negative distance of the two ends of each line at the last time, `[graphs, lines]`.
  var closeness: Tensor {
    let pairs = Layouts.pairs(vertices)
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
