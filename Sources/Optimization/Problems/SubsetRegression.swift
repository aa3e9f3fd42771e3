import Formats
import Runs

/// The sum of squares that a regression on a subset of columns, and a constant, leaves of the last
/// column of a table.
///
/// - Complexity: O(k^3) for each subset of k columns, whatever the number of rows.
struct SubsetRegression: Problem {
  let space: SearchSpace
  let isMaximized = false
  private let columns: Int
  /// Products of the columns about their means, each column of length one and the last as it is.
  private let products: [Double]

  /// Pivots below are those of columns that others make up.
  private static let smallestPivot = 1e-12

  init(file path: String, over space: SearchSpace?) throws {
    let table = try NumberTable(path)
    let columns = table.width - 1
    guard columns > 0 else {
      throw FormatError(.malformed, "\(path): one column, expected some and then what they explain")
    }
    guard let space, space.parts.count == 1, case .subset(_, columns) = space.parts[0].kind else {
      throw Failure(
        .usage,
        "problem regression of \(path) is over subsets of \(columns) columns, as in --subset \((columns + 1) / 2)/\(columns)"
      )
    }
    self.space = space
    self.columns = columns
    let means = (0...columns).map { column in
      table.rows.reduce(0) { $0 + $1[column] } / Double(table.rows.count)
    }
    let width = columns + 1
    var products = [Double](repeating: 0, count: width * width)
    for row in table.rows {
      for i in 0..<width {
        for j in 0..<width { products[i * width + j] += (row[i] - means[i]) * (row[j] - means[j]) }
      }
    }
    let lengths = (0..<width).map { i in
      let square = products[i * width + i]
      return i == columns || square == 0 ? 1 : square.squareRoot()
    }
    for i in 0..<width { for j in 0..<width { products[i * width + j] /= lengths[i] * lengths[j] } }
    self.products = products
  }

  func value(_ point: Point) -> Double {
    let chosen = point.values.map { Int($0) } + [columns]
    let width = columns + 1
    // Cholesky's factors row by row: the last pivot is what the others leave.
    var factors: [[Double]] = []
    for (i, column) in chosen.enumerated() {
      var row: [Double] = []
      for j in 0..<i {
        let known = (0..<j).reduce(0) { $0 + row[$1] * factors[j][$1] }
        let pivot = factors[j][j]
        row.append(pivot == 0 ? 0 : (products[column * width + chosen[j]] - known) / pivot)
      }
      let rest = products[column * width + column] - row.reduce(0) { $0 + $1 * $1 }
      if i == chosen.count - 1 { return max(0, rest) }
      row.append(rest < SubsetRegression.smallestPivot ? 0 : rest.squareRoot())
      factors.append(row)
    }
    return 0
  }
}
