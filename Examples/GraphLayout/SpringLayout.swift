import Foundation
import SwiftDiscrete

/// Vertices that push each other away, and lines that pull: Fruchterman and Reingold (1991), Graph
/// drawing by force-directed placement.
///
/// k is the square root of 1 over the number of vertices. Two vertices at a distance d push with
/// k²/d, a line pulls with d²/k, and all vertices go equally far: a tenth of the extent of the
/// layout. Then its center goes to 0, and its largest coordinate to 1.
struct SpringLayout {
  /// x and y of each vertex.
  private(set) var places: [SIMD2<Double>]
  private let lines: [(Int, Int)]

  init(places: [SIMD2<Double>], lines: [(Int, Int)]) {
    self.places = places
    self.lines = lines
  }

  mutating func step() {
    let k = (1 / Double(places.count)).squareRoot()
    var forces = places.indices.map { vertex in
      places.indices.reduce(into: SIMD2<Double>.zero) { sum, other in
        let way = places[vertex] - places[other]
        sum += way * k * k / max(1e-4, (way * way).sum())
      }
    }
    for (i, j) in lines {
      let way = places[i] - places[j]
      let pull = way * (way * way).sum().squareRoot() / k
      forces[i] -= pull
      forces[j] += pull
    }
    let (lowest, highest) = places.dropFirst().reduce((places[0], places[0])) {
      (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1))
    }
    let stride = 0.1 * (highest - lowest).max()
    for vertex in places.indices {
      places[vertex] +=
        forces[vertex] * stride / max(0.01, (forces[vertex] * forces[vertex]).sum().squareRoot())
    }
    let center = places.reduce(.zero, +) / Double(places.count)
    places = places.map { $0 - center }
    let size = places.map { pointwiseMax($0, -$0).max() }.max() ?? 1
    places = places.map { $0 / size }
  }
}
