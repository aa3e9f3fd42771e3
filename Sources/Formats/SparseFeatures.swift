/// Features of documents as a file lists them: of each document the features that are not zero, by
/// rising numbers.
struct SparseFeatures {
  private var numbers: [Int32] = []
  private var values: [Float] = []
  /// Where the features of each document end.
  private var ends: [Int] = []

  /// The largest number of a feature.
  static let most = Int(Int32.max)

  /// Number of documents.
  var count: Int { ends.count }

  /// The last feature of the document that is being read.
  var last: Int? { numbers.count > (ends.last ?? 0) ? numbers.last.map(Int.init) : nil }

  /// Adds a feature, numbered from 1 to `most`, to the document that is being read.
  mutating func append(_ number: Int, _ value: Float) {
    numbers.append(Int32(number))
    values.append(value)
  }

  /// Ends a document; the sentence that refuses it where too much is held.
  mutating func endDocument() -> String? {
    ends.append(numbers.count)
    // A number and a value, and beside them a grade, a line and the name of a query.
    return MemoryBudget.excess(
      "\(ends.count) documents with \(numbers.count) features",
      [[numbers.count, 8], [ends.count, 64]], width: 1)
  }

  /// The numbers that occur, rising.
  var occurring: [Int] { Set(numbers).sorted().map(Int.init) }

  /// Row by row the values of some features, zero where a document has none; and how many others
  /// occur.
  func table(of columns: [Int]) -> (values: [Float], others: Int) {
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { (Int32($1), $0) })
    var table = [Float](repeating: 0, count: count * columns.count)
    var others: Set<Int32> = []
    var next = 0
    for (row, end) in ends.enumerated() {
      for index in next..<end {
        if let column = places[numbers[index]] {
          table[row * columns.count + column] = values[index]
        } else {
          others.insert(numbers[index])
        }
      }
      next = end
    }
    return (table, others.count)
  }
}
