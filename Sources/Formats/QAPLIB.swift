/// A quadratic assignment problem: the text of QAPLIB is n, then two matrices of n x n numbers.
package struct QAPLIB: Sendable {
  package static let most = 2048

  package let size: Int
  /// Row by row.
  package let first: [Double]
  package let second: [Double]

  /// Reads a file; throws `FormatError` that names the line.
  package init(_ path: String) throws(FormatError) {
    var words = try NumberWords(path)
    size = try words.whole("the size", in: 1...QAPLIB.most)
    var matrices: [[Double]] = []
    for name in ["first", "second"] {
      var matrix: [Double] = []
      for index in 0..<(size * size) {
        matrix.append(
          try words.number("entry \(index + 1) of \(size * size) of the \(name) matrix"))
      }
      matrices.append(matrix)
    }
    try words.end(after: "two matrices of \(size) x \(size)")
    (first, second) = (matrices[0], matrices[1])
  }
}
