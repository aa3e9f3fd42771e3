import Tensors

/// Vertices that push each other away, and lines that pull.
///
/// k is the square root of 1 over the number of vertices. Two vertices at a distance d push with
/// k²/d, a line pulls with d²/k, and every vertex goes a tenth of the layout's extent along its
/// force; distances and forces below 0.01 count as 0.01. Then the center of the layout goes to 0
/// and its largest coordinate to 1. One step is that of networkx, one iteration of
/// `spring_layout` at a time.
///
/// - Reference: Fruchterman and Reingold (1991), Graph drawing by force-directed placement.
public struct SpringLayout: Sendable {
  /// x and y of each vertex.
  public private(set) var places: [SIMD2<Double>]
  /// The two ends of each line.
  public let lines: [(Int, Int)]

  /// Traps unless there is a vertex, all places are finite, and the ends of each line are two
  /// vertices.
  public init(places: [SIMD2<Double>], lines: [(Int, Int)]) {
    require(!places.isEmpty, "a layout without vertices")
    for (vertex, place) in places.enumerated() {
      require(
        place.x.isFinite && place.y.isFinite, "vertex \(vertex) at (\(place.x), \(place.y))")
    }
    for (i, j) in lines {
      require(
        i != j && places.indices.contains(i) && places.indices.contains(j),
        "a line between \(i) and \(j) of \(places.count) vertices")
    }
    self.places = places
    self.lines = lines
  }

  /// Moves all vertices once.
  ///
  /// - Complexity: O(n²) for n vertices.
  public mutating func step() {
    let forces = forces
    let (lowest, highest) = places.dropFirst().reduce((places[0], places[0])) {
      (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1))
    }
    let stride = 0.1 * (highest - lowest).max()
    for (vertex, force) in forces.enumerated() {
      places[vertex] += force * stride / max(SpringLayout.least, SpringLayout.length(of: force))
    }
    let center = places.reduce(.zero, +) / Double(places.count)
    places = places.map { $0 - center }
    let size = places.reduce(0) { max($0, pointwiseMax($1, -$1).max()) }
    if size > 0 { places = places.map { $0 / size } }
  }

  private static let least = 0.01

  private static func length(of way: SIMD2<Double>) -> Double {
    (way * way).sum().squareRoot()
  }

  private var forces: [SIMD2<Double>] {
    let k = (1 / Double(places.count)).squareRoot()
    func distance(_ way: SIMD2<Double>) -> Double {
      max(SpringLayout.least, SpringLayout.length(of: way))
    }
    var forces = places.map { place in
      places.reduce(into: SIMD2<Double>.zero) { sum, other in
        let way = place - other
        sum += way * (k * k) / (distance(way) * distance(way))
      }
    }
    for (i, j) in lines {
      let way = places[i] - places[j]
      let pull = way * distance(way) / k
      forces[i] -= pull
      forces[j] += pull
    }
    return forces
  }
}
