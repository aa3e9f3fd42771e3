/// The covariance of log-worths that sum to zero, from the curvature of the log-likelihood at its
/// maximum.
///
/// The curvature is singular along a constant added to all log-worths; with a multiple of that
/// direction's projection added, its inverse gives every variance of a contrast. Memory
/// O(parameters^2), time O(parameters^3) and one pass for each parameter.
struct WorthErrors {
  /// The inverse, row after row.
  private let inverse: [Double]
  private let size: Int

  init(_ objective: some RankingObjective, at parameters: [Double]) throws(RankingFitError) {
    let size = parameters.count
    let curvature = objective.curvature(at: parameters)
    var matrix: [Double] = []
    for index in 0..<size {
      var unit = [Double](repeating: 0, count: size)
      unit[index] = 1
      matrix += curvature(unit)
    }
    let items = objective.items
    let mean = (0..<items).reduce(0) { $0 + matrix[$1 * size + $1] } / Double(items)
    for row in 0..<items {
      for column in 0..<items { matrix[row * size + column] += mean / Double(items) }
    }
    guard let inverse = Self.inverse(matrix, size: size) else { throw .flat }
    self.inverse = inverse
    self.size = size
  }

  /// The covariance of the first `items` log-worths, when these sum to zero, row after row.
  func covariance(items: Int) -> [Double] {
    let rows = (0..<items).map { row in
      inverse[row * size..<row * size + items].reduce(0, +) / Double(items)
    }
    let all = rows.reduce(0, +) / Double(items)
    var result: [Double] = []
    result.reserveCapacity(items * items)
    for row in 0..<items {
      for column in 0..<items {
        let value = inverse[row * size + column] - rows[row] - rows[column] + all
        result.append(row == column ? max(0, value) : value)
      }
    }
    return result
  }

  /// Whether a parameter has hardly any curvature for how much the data say of it: where the
  /// likelihood has no maximum, solvers stop once it stops rising.
  func isFlat(_ objective: some RankingObjective) -> Bool {
    let items = objective.items
    let covariance = covariance(items: items)
    let worths = (0..<items).map { covariance[$0 * items + $0] }
    let ties = (objective.items..<size).map { inverse[$0 * size + $0] }
    return zip(worths + ties, objective.statistics).contains { $0 * $1 > 1e9 }
  }

  /// The inverse of a symmetric matrix by Cholesky's decomposition; `nil` when it is not positive
  /// definite.
  private static func inverse(_ matrix: [Double], size n: Int) -> [Double]? {
    var lower = matrix
    for row in 0..<n {
      for column in 0...row {
        var sum = lower[row * n + column]
        for k in 0..<column { sum -= lower[row * n + k] * lower[column * n + k] }
        if row == column {
          guard sum > 0 else { return nil }
          lower[row * n + row] = sum.squareRoot()
        } else {
          lower[row * n + column] = sum / lower[column * n + column]
        }
      }
    }
    // Row i of `factor` is column i of the inverse of `lower`, which begins at place i.
    var factor = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      factor[column * n + column] = 1 / lower[column * n + column]
      for row in column + 1..<max(n, column + 1) {
        var sum = 0.0
        for k in column..<row { sum -= lower[row * n + k] * factor[column * n + k] }
        factor[column * n + row] = sum / lower[row * n + row]
      }
    }
    var result = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for column in 0...row {
        var sum = 0.0
        for k in row..<n { sum += factor[row * n + k] * factor[column * n + k] }
        result[row * n + column] = sum
        result[column * n + row] = sum
      }
    }
    return result
  }
}
