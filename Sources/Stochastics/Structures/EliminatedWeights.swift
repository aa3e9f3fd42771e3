import CKernels

/// The weights of the arcs of a graph, for each of a few rows of scores, with all vertices but the
/// root taken out.
///
/// The arcs into a vertex are divided by the largest of their weights. A weight that falls below
/// the smallest number is lost, which is far below rounding unless all others into a vertex are
/// tiny; then the row has no value.
struct EliminatedWeights: Sendable {
  /// For each row; not finite where it has no value.
  let logNormalizers: [Double]
  private let arcs: ArcTable
  /// What the elimination of each row left behind.
  private let numbers: [Double]

  init(_ scores: [Double], rows: Int, arcs: ArcTable, partCount: Int) {
    let size = dk_tree_size(arcs.vertexCount)
    var logs: [Double] = []
    numbers = [Double](unsafeUninitializedCapacity: rows * size) { numbers, count in
      scores.withUnsafeBufferPointer { scores in
        arcs.withKernelArcs { arcs, space in
          guard let base = numbers.baseAddress else { return }
          for row in 0..<rows {
            let own = scores.baseAddress.map { $0 + row * partCount }
            logs.append(dk_eliminate(arcs, own, base + row * size, space))
          }
        }
      }
      count = rows * size
    }
    (logNormalizers, self.arcs) = (logs, arcs)
  }

  /// The probability of each arc among those into its modifier, of a row, as the table has them.
  ///
  /// Where the root has one child these are the arcs of the others.
  func chances(of row: Int) -> [Double] {
    var chances = [Double](repeating: 0, count: arcs.parts.count)
    withNumbers(of: row) { arcs, numbers, _ in dk_arc_chances(arcs, numbers, &chances) }
    return chances
  }

  /// Adds the probability of each part of a row to `marginals`.
  func addMarginals(of row: Int, to marginals: UnsafeMutablePointer<Double>) {
    withNumbers(of: row) { arcs, numbers, space in
      dk_tree_marginals(arcs, numbers, marginals, space)
    }
  }

  /// Adds the covariance of the parts of a row times a vector to `products`.
  func addCovariance(
    of row: Int, times vector: UnsafePointer<Double>, to products: UnsafeMutablePointer<Double>
  ) {
    withNumbers(of: row) { arcs, numbers, space in
      dk_tree_covariance(arcs, numbers, vector, products, space)
    }
  }

  private func withNumbers(
    of row: Int,
    _ body: (UnsafePointer<dk_arcs>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    numbers.withUnsafeBufferPointer { numbers in
      arcs.withKernelArcs { arcs, space in
        guard let base = numbers.baseAddress else { return }
        body(arcs, base + row * dk_tree_size(self.arcs.vertexCount), space)
      }
    }
  }
}

/// The part of the arc between any two vertices, as kernels take it: by modifiers and then by
/// heads, whose number is padded to whole vectors.
struct ArcTable: Sendable {
  let vertexCount: Int
  let stride: Int
  /// How many children vertex 0 may have.
  let roots: RootCount
  /// -1 where there is no arc.
  let parts: [Int32]

  /// No arc leads into vertex 0, or from a vertex to itself.
  init(vertices n: Int, roots: RootCount, part: (_ head: Int, _ modifier: Int) -> Int) {
    (vertexCount, stride, self.roots) = (n, dk_tree_stride(n), roots)
    var parts = [Int32](repeating: -1, count: n * stride)
    for modifier in 1..<max(1, n) {
      for head in 0..<n where head != modifier {
        parts[modifier * stride + head] = Int32(part(head, modifier))
      }
    }
    self.parts = parts
  }

  /// Calls `body` with the table as kernels take it, and with the space that they need.
  func withKernelArcs(
    _ body: (UnsafePointer<dk_arcs>, UnsafeMutablePointer<Double>) -> Void
  ) {
    parts.withUnsafeBufferPointer { parts in
      withUnsafeTemporaryAllocation(
        of: Double.self, capacity: dk_tree_space(vertexCount)
      ) { space in
        var arcs = dk_arcs(
          vertices: vertexCount, parts: parts.baseAddress, has_one_child: roots == .one)
        if let space = space.baseAddress { body(&arcs, space) }
      }
    }
  }

  /// The part of an arc, -1 for none.
  subscript(head: Int, modifier: Int) -> Int { Int(parts[modifier * stride + head]) }

  /// The score of each arc from h to m, at h * vertices + m; -infinity where there is none.
  func matrix(of scores: [Double]) -> [Double] {
    (0..<vertexCount * vertexCount).map { place in
      let part = self[place / vertexCount, place % vertexCount]
      return part < 0 ? -.infinity : scores[part]
    }
  }
}
