package import Tensors

/// Noise that is listed or integrated, one batch entry for each piece of it, and the weight of
/// each.
package struct NoiseRows {
  /// Shape [rows, n].
  package let values: Tensor
  /// Shape [rows].
  package let weights: Tensor

  package var count: Int { weights.count }

  package init(values: Tensor, weights: Tensor) {
    self.values = values
    self.weights = weights
  }

  /// One coordinate after the other: for each its nodes and their weights.
  package init(_ nodes: [[(value: Double, weight: Double)]]) {
    var rows: [(values: [Double], weight: Double)] = [([], 1)]
    for coordinate in nodes {
      rows = rows.flatMap { row in
        coordinate.map { (row.values + [$0.value], row.weight * $0.weight) }
      }
    }
    values = Tensor(
      rows.flatMap { $0.values.map { Scalar($0) } }, shape: [rows.count, nodes.count])
    weights = Tensor(rows.map { Scalar($0.weight) })
  }

  /// Uniforms in (0, 1): the midpoints of the intervals between `cuts`, which integrate exactly
  /// what is linear in each.
  package static func pieces(_ cuts: [[Double]]) -> NoiseRows {
    NoiseRows(
      cuts.map { cuts in
        let ends = [0] + cuts.sorted() + [1]
        return zip(ends, ends.dropFirst()).filter { $0.1 > $0.0 }.map {
          (($0.0 + $0.1) / 2, $0.1 - $0.0)
        }
      })
  }

  /// Gauss-Legendre nodes in the intervals between `cuts`, for what is smooth in each.
  package static func quadrature(_ cuts: [[Double]], nodes: Int) -> NoiseRows {
    let rule = gaussLegendre(nodes)
    return NoiseRows(
      cuts.map { cuts in
        let ends = [0] + cuts.sorted() + [1]
        return zip(ends, ends.dropFirst()).flatMap { start, end in
          rule.map { (start + (end - start) * $0.value, (end - start) * $0.weight) }
        }
      })
  }

  /// All pairs of rows of two noises.
  package static func product(_ a: NoiseRows, _ b: NoiseRows) -> (
    a: Tensor, b: Tensor, weights: Tensor
  ) {
    let (m, n) = (a.count, b.count)
    let left = a.values.reshaped([m, 1, a.values.shape[1]])
      .broadcast(to: [m, n, a.values.shape[1]])
    let right = b.values.broadcast(to: [m, n, b.values.shape[1]])
    let weights = a.weights.reshaped([m, 1]) * b.weights
    return (
      left.reshaped([m * n, a.values.shape[1]]), right.reshaped([m * n, b.values.shape[1]]),
      weights.reshaped([m * n])
    )
  }
}

/// Nodes and weights of Gauss and Legendre's rule on (0, 1), by Newton's method on the polynomial.
package func gaussLegendre(_ n: Int) -> [(value: Double, weight: Double)] {
  (0..<n).map { index in
    var x = cosine(Double.pi * (Double(index) + 0.75) / (Double(n) + 0.5))
    var slope = 0.0
    for _ in 0..<100 {
      var (last, current) = (1.0, x)
      for k in 2...max(2, n) {
        (last, current) = (
          current, ((2 * Double(k) - 1) * x * current - (Double(k) - 1) * last) / Double(k)
        )
      }
      slope = Double(n) * (x * current - last) / (x * x - 1)
      let step = current / slope
      x -= step
      if abs(step) < 1e-15 { break }
    }
    return ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope))
  }
}

private func cosine(_ x: Double) -> Double { Double(Tensor(Scalar(x)).cos().item) }
