/// Documents with grades of relevance and features, in groups that answer one query each.
public struct JudgedDocuments: Sendable {
  /// Grade of each document, from 0 to 100.
  public let grades: [Double]
  /// Where the documents of each query stand, one after the other.
  public let queries: [Range<Int>]
  /// Row by row, `featureCount` numbers of each document; numbers that a file leaves out are zero.
  public let features: [Float]
  /// The number of each column's feature in the file, rising from 1 or more: only features that
  /// occur have a column.
  public let featureNumbers: [Int]
  /// Number of features of the file that were not asked for and are left out.
  public let ignoredFeatureCount: Int
  /// The file of group sizes that told the queries; `nil` where the lines did.
  public let groups: String?

  /// Number of columns.
  public var featureCount: Int { featureNumbers.count }

  /// Reads a file in the format of SVMlight and LETOR, plain or gzip:
  /// `grade qid:query number:value ... # comment` on each line.
  ///
  /// Queries are told by neighboring lines of equal `qid`, or by a second file with the number of
  /// lines of each query, as LightGBM has it; where no line has a `qid`, that is taken which stands
  /// beside the file as `FILE.query`, a `.gz` left out or not.
  ///
  /// - Parameters:
  ///   - featureNumbers: those of another file, whose columns these are to be; without them what
  ///     occurs.
  ///   - pause: called every thousand lines; what it throws ends the reading.
  /// - Throws: `FormatError` with the line, for a grade that is not a number from 0 to 100,
  ///   features out of order, a value that is not finite, a query that comes back after another,
  ///   groups that do not add up; and for a file without documents or features, or with more than a
  ///   gibibyte of them.
  public init(
    svmlight path: String, groups: String? = nil, featureNumbers known: [Int]? = nil,
    pause: () throws -> Void = {}
  ) throws {
    var grades: [Double] = []
    var rows = SparseFeatures()
    var lines: [Int] = []
    var names: [String?] = []
    for (number, line) in try TextLines(try fileBytes(path), path: path) {
      if number.isMultiple(of: 1000) { try pause() }
      let text = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
      if text.isEmpty { continue }
      let words = text.split { $0 == 0x20 || $0 == 0x09 }
      // The gain of a grade is a power of two, which a float must hold.
      guard let grade = Double(String(decoding: words[0], as: UTF8.self)), (0...100).contains(grade)
      else {
        throw FormatError.malformed(
          path, line: number,
          "the grade is '\(words[0].excerpt)', expected a number from 0 to 100")
      }
      var name: String?
      for word in words.dropFirst() {
        let parts = word.split(
          separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].elementsEqual("qid".utf8), rows.last == nil,
          name == nil
        {
          name = String(decoding: parts[1], as: UTF8.self)
          continue
        }
        guard parts.count == 2, let feature = parts[0].wholeNumber,
          let value = Float(String(decoding: parts[1], as: UTF8.self)), value.isFinite
        else {
          throw FormatError.malformed(
            path, line: number, "'\(word.excerpt)', expected number:value with a finite value")
        }
        guard feature > 0, feature <= SparseFeatures.most else {
          throw FormatError.malformed(
            path, line: number,
            "feature \(feature) in '\(word.excerpt)', expected a number from 1 to \(SparseFeatures.most)"
          )
        }
        if let last = rows.last, feature <= last {
          throw FormatError.malformed(
            path, line: number, "feature \(feature) after feature \(last), expected rising numbers")
        }
        rows.append(feature, value)
      }
      if let excess = rows.endDocument() { throw FormatError.malformed(path, line: number, excess) }
      grades.append(grade)
      lines.append(number)
      names.append(name)
    }
    guard rows.count > 0 else { throw FormatError.malformed(path, "has no documents") }
    let numbers = known ?? rows.occurring
    guard !numbers.isEmpty else { throw FormatError.malformed(path, "has no features") }
    if let excess = MemoryBudget.excess(
      "\(rows.count) documents of \(numbers.count) features", [[rows.count, numbers.count]])
    {
      throw FormatError.malformed(path, excess)
    }
    self.grades = grades
    featureNumbers = numbers
    try pause()
    (features, ignoredFeatureCount) = rows.table(of: numbers)
    let isGrouped = groups == nil && names.allSatisfy { $0 == nil }
    self.groups = isGrouped ? try JudgedDocuments.groups(beside: path) : groups
    if let groups = self.groups {
      queries = try JudgedDocuments.groups(groups, of: rows.count, in: path)
    } else {
      queries = try JudgedDocuments.queries(names, lines: lines, path: path)
    }
  }

  /// Some of the queries with their documents, in the order of `places`; the columns stay.
  ///
  /// Traps on a place that is not a query's. O(numbers).
  package func ofQueries(at places: [Int]) -> JudgedDocuments {
    JudgedDocuments(self, queries: places)
  }

  private init(_ whole: JudgedDocuments, queries places: [Int]) {
    var (grades, features, queries) = ([Double](), [Float](), [Range<Int>]())
    let width = whole.featureCount
    for place in places {
      let rows = whole.queries[place]
      queries.append(grades.count..<grades.count + rows.count)
      grades += whole.grades[rows]
      features += whole.features[rows.lowerBound * width..<rows.upperBound * width]
    }
    (self.grades, self.features, self.queries) = (grades, features, queries)
    (featureNumbers, ignoredFeatureCount) = (whole.featureNumbers, whole.ignoredFeatureCount)
    groups = whole.groups
  }

  /// A digest of grades, queries and features, the same whatever file they came from.
  ///
  /// O(numbers).
  public var digest: String {
    func digest<Number>(_ values: [Number]) -> String {
      values.withUnsafeBytes { Digest.sha256(of: $0) }
    }
    return Digest.sha256(ofTexts: [
      digest(grades), digest(queries.map(\.count)), digest(featureNumbers), digest(features),
    ])
  }

  /// The end of what is said of lines without queries.
  package static let noQueries = "no qid, expected one on every line or else a file of group sizes"

  private static func groups(beside path: String) throws(FormatError) -> String? {
    let plain = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    for name in ["\(path).query", "\(plain).query"] where try fileExists(name) { return name }
    return nil
  }

  /// Runs of equal names.
  private static func queries(
    _ names: [String?], lines: [Int], path: String
  ) throws(FormatError) -> [Range<Int>] {
    var queries: [Range<Int>] = []
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      guard let name else {
        throw .malformed(path, line: lines[index], noQueries)
      }
      if index > 0, names[index - 1] == name {
        queries[queries.count - 1] = queries[queries.count - 1].lowerBound..<(index + 1)
      } else {
        guard seen.insert(name).inserted else {
          throw .malformed(path, line: lines[index], "query '\(name)' comes back after another")
        }
        queries.append(index..<(index + 1))
      }
    }
    return queries
  }

  /// A size a line.
  private static func groups(
    _ file: String, of documents: Int, in path: String
  ) throws(FormatError) -> [Range<Int>] {
    var queries: [Range<Int>] = []
    var next = 0
    for (number, line) in try TextLines(try fileBytes(file), path: file) where !line.isEmpty {
      guard let size = line.wholeNumber, size > 0 else {
        throw .malformed(
          file, line: number, "'\(line.excerpt)', expected a number of documents of 1 or more")
      }
      guard size <= documents - next else {
        throw .malformed(
          file, line: number, "\(size) documents, but only \(documents - next) are left of \(path)")
      }
      queries.append(next..<(next + size))
      next += size
    }
    guard next == documents else {
      throw .malformed(
        file, "groups of \(next) documents in all, expected the \(documents) of \(path)")
    }
    return queries
  }
}
