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
    let (n, size) = (arcs.vertexCount, dk_tree_size(arcs.vertexCount))
    var logs: [Double] = []
    numbers = [Double](unsafeUninitializedCapacity: rows * size) { numbers, count in
      scores.withUnsafeBufferPointer { scores in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: dk_tree_space(n)) { space in
          guard let base = numbers.baseAddress else { return }
          for row in 0..<rows {
            let own = scores.baseAddress.map { $0 + row * partCount }
            logs.append(dk_eliminate(n, arcs.parts, own, base + row * size, space.baseAddress))
          }
        }
      }
      count = rows * size
    }
    (logNormalizers, self.arcs) = (logs, arcs)
  }

  /// The probability of each arc among those into its modifier, of a row; in the order of the table.
  func chances(of row: Int) -> [Double] {
    var chances = [Double](repeating: 0, count: arcs.parts.count)
    numbers.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      dk_arc_chances(arcs.vertexCount, base + row * dk_tree_size(arcs.vertexCount), &chances)
    }
    return chances
  }

  /// Adds the probability of each part of a row to `marginals`.
  func addMarginals(of row: Int, to marginals: UnsafeMutablePointer<Double>) {
    let n = arcs.vertexCount
    numbers.withUnsafeBufferPointer { numbers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dk_tree_space(n)) { space in
        guard let base = numbers.baseAddress else { return }
        dk_tree_marginals(
          n, arcs.parts, base + row * dk_tree_size(n), marginals, space.baseAddress)
      }
    }
  }
}

/// The part of the arc between any two vertices, as kernels take it: by modifiers and then by
/// heads, whose number is padded to whole vectors.
struct ArcTable: Sendable {
  let vertexCount: Int
  let stride: Int
  /// -1 where there is no arc.
  let parts: [Int32]

  /// No arc leads into vertex 0, or from a vertex to itself.
  init(vertices n: Int, part: (_ head: Int, _ modifier: Int) -> Int) {
    (vertexCount, stride) = (n, dk_tree_stride(n))
    var parts = [Int32](repeating: -1, count: n * stride)
    for modifier in 1..<max(1, n) {
      for head in 0..<n where head != modifier {
        parts[modifier * stride + head] = Int32(part(head, modifier))
      }
    }
    self.parts = parts
  }

  /// The part of an arc, -1 for none.
  subscript(head: Int, modifier: Int) -> Int { Int(parts[modifier * stride + head]) }

  /// The score of each arc from h to m, at h * vertices + m; -infinity where there is none.
  func matrix(of scores: ArraySlice<Double>) -> [Double] {
    (0..<vertexCount * vertexCount).map { place in
      let part = self[place / vertexCount, place % vertexCount]
      return part < 0 ? -.infinity : scores[scores.startIndex + part]
    }
  }
}
