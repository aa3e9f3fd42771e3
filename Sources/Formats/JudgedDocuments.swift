/// Documents with grades of relevance and features, in groups that answer one query each.
public struct JudgedDocuments: Sendable {
  /// Grade of each document, from 0 to 100.
  public let grades: [Double]
  /// Where the documents of each query stand, one after the other.
  public let queries: [Range<Int>]
  /// Row by row, `featureCount` numbers of each document; those that a file leaves out are zero.
  public let features: [Float]
  /// One more than the largest feature's number less one: features count from 1.
  public let featureCount: Int
  /// The file of group sizes that told the queries; `nil` where the lines did.
  public let groups: String?

  /// Reads a file in the format of SVMlight and LETOR, plain or gzip: `grade qid:query number:value ... # comment` on each line.
  ///
  /// Queries are told by neighbouring lines of equal `qid`, or by a second file with the number of
  /// lines of each query, as LightGBM has it; where no line has a `qid`, that is taken which stands
  /// beside the file as `FILE.query`, a `.gz` left out or not.
  ///
  /// - Parameter featureCount: that of another file, whose features these are too; without it the largest that occurs.
  /// - Throws: `FormatError` with the line, for a grade that is no number from 0 to 100, features out of order or beyond the count, a value that is
  ///   not finite, a query that comes back after another, groups that do not add up, and for a file without documents.
  public init(
    svmlight path: String, groups: String? = nil, featureCount most: Int? = nil
  ) throws(FormatError) {
    var grades: [Double] = []
    var rows: [[(feature: Int, value: Float)]] = []
    var lines: [Int] = []
    var names: [String?] = []
    for (number, line) in try TextLines(try fileBytes(path), path: path) {
      let text = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
      if text.isEmpty { continue }
      let words = text.split { $0 == 0x20 || $0 == 0x09 }
      // The gain of a grade is a power of two, which a float must hold.
      guard let grade = Double(String(decoding: words[0], as: UTF8.self)), (0...100).contains(grade)
      else {
        throw .malformed(
          path, line: number,
          "the grade is '\(words[0].excerpt)', expected a number from 0 to 100")
      }
      var name: String?
      var row: [(feature: Int, value: Float)] = []
      for word in words.dropFirst() {
        let parts = word.split(
          separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].elementsEqual("qid".utf8), row.isEmpty, name == nil {
          name = String(decoding: parts[1], as: UTF8.self)
          continue
        }
        guard parts.count == 2, let feature = parts[0].wholeNumber, feature > 0,
          feature <= 1_000_000, let value = Float(String(decoding: parts[1], as: UTF8.self)),
          value.isFinite
        else {
          throw .malformed(
            path, line: number, "'\(word.excerpt)', expected number:value with a finite value")
        }
        if let last = row.last?.feature, feature <= last {
          throw .malformed(
            path, line: number, "feature \(feature) after feature \(last), expected rising numbers")
        }
        if let most, feature > most {
          throw .malformed(
            path, line: number, "feature \(feature), expected at most \(most) as in training")
        }
        row.append((feature, value))
      }
      grades.append(grade)
      rows.append(row)
      lines.append(number)
      names.append(name)
    }
    guard !rows.isEmpty else { throw .malformed(path, "has no documents") }
    let largest = most ?? rows.reduce(0) { max($0, $1.last?.feature ?? 0) }
    guard largest > 0 else { throw .malformed(path, "has no features") }
    guard rows.count * largest <= 1 << 28 else {
      throw .malformed(path, "\(rows.count) documents of \(largest) features, too many to hold")
    }
    self.grades = grades
    featureCount = largest
    var features = [Float](repeating: 0, count: rows.count * largest)
    for (index, row) in rows.enumerated() {
      for (feature, value) in row { features[index * largest + feature - 1] = value }
    }
    self.features = features
    let isGrouped = groups == nil && names.allSatisfy { $0 == nil }
    self.groups = isGrouped ? try JudgedDocuments.groups(beside: path) : groups
    if let groups = self.groups {
      queries = try JudgedDocuments.groups(groups, of: rows.count, in: path)
    } else {
      queries = try JudgedDocuments.queries(names, lines: lines, path: path)
    }
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
