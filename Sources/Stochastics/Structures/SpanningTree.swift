import Tensors

/// Trees that connect n vertices by lines without direction.
///
/// Parts: the line (i, j), i < j, by i and then by j.
///
/// - Complexity: that of ``Elimination``.
/// - Reference: Paulus, Choi, Tarlow, Krause and Maddison (2020), Gradient estimation with
///   stochastic softmax tricks.
public struct SpanningTree: Structure {
  public let vertices: Int
  public let engine: Elimination

  /// Traps unless there is a vertex.
  public init(vertices n: Int) {
    require(n > 0, "a tree of \(n) vertices")
    vertices = n
    engine = Elimination(vertices: n, partCount: n * (n - 1) / 2) {
      Self.line(min($0, $1), max($0, $1), of: n)
    }
  }

  /// The part of a line among those of n vertices.
  static func line(_ i: Int, _ j: Int, of n: Int) -> Int {
    i * n - i * (i + 1) / 2 + j - i - 1
  }

  /// The part of the line between two vertices.
  public func part(between i: Int, and j: Int) -> Int {
    require(
      i != j && min(i, j) >= 0 && max(i, j) < vertices,
      "a line between \(i) and \(j) of \(vertices) vertices")
    return Self.line(min(i, j), max(i, j), of: vertices)
  }

  /// The first vertices of more.
  public func places(of smaller: SpanningTree) -> [Int] {
    require(
      smaller.vertices <= vertices, "\(smaller.vertices) vertices in \(vertices)")
    return (0..<smaller.vertices).flatMap { i in
      (i..<smaller.vertices).dropFirst().map { Self.line(i, $0, of: vertices) }
    }
  }
}
