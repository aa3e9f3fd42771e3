/// Reader and writer of PrefLib's orders: strict or with ties, complete or not (`.soc`, `.soi`,
/// `.toc`, `.toi`).
///
/// Header lines are `# KEY: value`, orders `count: 3,1,{2,4}` with alternatives from 1. Mattei and
/// Walsh: "PrefLib: a library for preferences", ADT 2013.
public enum PrefLib {
  /// Reads a file, plain or gzip, in time linear in its size.
  ///
  /// Throws `FormatError`, with the line, when the file is missing or of another type, when an
  /// order is empty, repeats an alternative, names an unknown one, or is not of the type that the
  /// header tells, and when voters or orders do not add up to the header's.
  public static func rankings(_ path: String) throws(FormatError) -> Rankings {
    try rankings(parsing: fileBytes(path, atMost: MemoryBudget.textBytes), path: path)
  }

  /// As `rankings(_:)`, of bytes at hand.
  package static func rankings(
    parsing bytes: [UInt8], path: String
  ) throws(FormatError) -> Rankings {
    var header = Header(path: path)
    var orders: Orders?
    for (number, line) in try TextLines(bytes, path: path) where !line.isEmpty {
      if line.first == UInt8(ascii: "#") {
        guard orders == nil else {
          throw .malformed(path, line: number, "a header line after the orders")
        }
        try header.read(line.dropFirst(), number: number)
      } else {
        if orders == nil { orders = Orders(try header.finished(before: number, line)) }
        try orders?.read(line, number: number)
      }
    }
    guard let orders else {
      throw .malformed(path, bytes.isEmpty ? "is empty" : "holds no orders")
    }
    return try orders.finished()
  }

  /// Whether bytes begin as files of PrefLib do, those before 2022 included.
  static func begins(_ bytes: [UInt8]) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let lines = bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0).prefix(4096)
      .split(separator: UInt8(ascii: "\n")).map(\.trimmed)
    let keys = ["FILE NAME", "DATA TYPE", Header.alternatives].map { Array("\($0):".utf8) }
    if lines.first?.first == UInt8(ascii: "#") {
      return lines.prefix { $0.first == UInt8(ascii: "#") }.contains { line in
        keys.contains { line.dropFirst().trimmed.starts(with: $0) }
      }
    }
    // The number of alternatives, then each with its number and its name, which numbers alone are
    // not.
    guard let count = lines.first?.wholeNumber, count > 0, lines.count > 1 else { return false }
    return lines[1].starts(with: Array("1,".utf8))
      && lines[1].contains { ($0 | 0x20) >= UInt8(ascii: "a") }
  }

  /// Orders as the text of a file, of the narrowest type that holds them.
  ///
  /// Throws `FormatError` when the file would not give the name of an item back: when it is empty,
  /// or has line breaks, or spaces at an end, or is that of another item.
  public static func text(of rankings: Rankings) throws(FormatError) -> String {
    var names: Set<String> = []
    for (item, name) in rankings.items.enumerated() {
      guard names.insert(name).inserted else {
        throw FormatError(
          .malformed, "two items are named '\(name)', expected a name for each in PrefLib")
      }
      let bytes = Array(name.utf8)
      guard !bytes.isEmpty, bytes[...].trimmed.count == bytes.count,
        !bytes.contains(UInt8(ascii: "\n"))
      else {
        throw FormatError(
          .malformed,
          "item \(item + 1) is named '\(name)', expected a name without line breaks and spaces at its ends for PrefLib"
        )
      }
    }
    let isStrict = rankings.entries.allSatisfy { $0.groups.allSatisfy { $0.count == 1 } }
    let isComplete = rankings.entries.allSatisfy {
      $0.groups.reduce(0) { $0 + $1.count } == rankings.items.count
    }
    let type: Header.Order =
      isStrict
      ? isComplete ? .strictComplete : .strictIncomplete
      : isComplete ? .tiedComplete : .tiedIncomplete
    var lines = [
      "# DATA TYPE: \(type.rawValue)", "# \(Header.alternatives): \(rankings.items.count)",
      "# \(Header.voters): \(rankings.count)", "# \(Header.unique): \(rankings.entries.count)",
    ]
    for (item, name) in rankings.items.enumerated() {
      lines.append("# ALTERNATIVE NAME \(item + 1): \(name)")
    }
    for entry in rankings.entries {
      let places = entry.groups.map { group in
        let numbers = group.map { "\($0 + 1)" }.joined(separator: ",")
        return group.count == 1 ? numbers : "{\(numbers)}"
      }
      lines.append("\(entry.multiplicity): \(places.joined(separator: ","))")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension FormatError {
  static func malformed(_ path: String, line: Int, _ found: String) -> FormatError {
    FormatError(.malformed, "\(path), line \(line): \(found)")
  }
}

/// The contents of the header.
private struct Header {
  enum Order: String {
    case strictComplete = "soc"
    case strictIncomplete = "soi"
    case tiedComplete = "toc"
    case tiedIncomplete = "toi"

    var isStrict: Bool { self == .strictComplete || self == .strictIncomplete }
    var isComplete: Bool { self == .strictComplete || self == .tiedComplete }
  }

  let path: String
  private(set) var type: Order?
  private(set) var numbers: [String: Int] = [:]
  private(set) var names: [Int: String] = [:]
  private var alternatives: [String: Int] = [:]

  static let alternatives = "NUMBER ALTERNATIVES"
  static let voters = "NUMBER VOTERS"
  static let unique = "NUMBER UNIQUE ORDERS"

  init(path: String) { self.path = path }

  /// Reads `KEY: value`; keys that say nothing about the orders are passed over.
  mutating func read(_ line: ArraySlice<UInt8>, number: Int) throws(FormatError) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let key = String(decoding: line[..<colon].trimmed, as: UTF8.self)
    let value = line[(colon + 1)...].trimmed
    switch key {
    case "DATA TYPE":
      guard let read = Order(rawValue: String(decoding: value, as: UTF8.self)) else {
        throw .malformed(
          path, line: number, "data type '\(value.excerpt)', expected soc, soi, toc or toi")
      }
      type = read
    case Header.alternatives, Header.voters, Header.unique:
      guard let count = value.wholeNumber, count > 0 else {
        throw .malformed(
          path, line: number, "\(key) is '\(value.excerpt)', expected a whole number from 1")
      }
      guard numbers.updateValue(count, forKey: key) == nil else {
        throw .malformed(path, line: number, "\(key) a second time")
      }
    default:
      let prefix = "ALTERNATIVE NAME "
      guard key.hasPrefix(prefix) else { return }
      let digits = Array(key.dropFirst(prefix.count).utf8)
      guard let alternative = digits[...].trimmed.wholeNumber, alternative > 0 else {
        throw .malformed(path, line: number, "'\(key)' numbers no alternative from 1")
      }
      guard !value.isEmpty else {
        throw .malformed(path, line: number, "the name of alternative \(alternative) is empty")
      }
      let name = String(decoding: value, as: UTF8.self)
      guard names.updateValue(name, forKey: alternative) == nil else {
        throw .malformed(
          path, line: number, "the name of alternative \(alternative) a second time")
      }
      if let other = alternatives.updateValue(alternative, forKey: name) {
        throw .malformed(
          path, line: number,
          "alternative \(alternative) is named '\(value.excerpt)', as alternative \(other) is")
      }
    }
  }

  struct Finished {
    let path: String
    let type: Order
    let names: [String]
    let voters: Int
    let unique: Int
  }

  /// The header whole, before the first order in `line`.
  func finished(before number: Int, _ line: ArraySlice<UInt8>) throws(FormatError) -> Finished {
    if type == nil && numbers.isEmpty {
      let found =
        line.wholeNumber == nil
        ? "'\(line.excerpt)', expected a header line '# KEY: value'"
        : "a header of PrefLib before 2022, lines '# KEY: value' are expected; preflib.org has the file anew"
      throw .malformed(path, line: number, found)
    }
    guard let type else { throw missing("DATA TYPE") }
    guard let count = numbers[Header.alternatives] else { throw missing(Header.alternatives) }
    guard let voters = numbers[Header.voters] else { throw missing(Header.voters) }
    guard let unique = numbers[Header.unique] else { throw missing(Header.unique) }
    if let beyond = names.keys.filter({ $0 > count }).min() {
      throw .malformed(path, "alternative \(beyond) has a name, there are \(count) alternatives")
    }
    // The names in hand bound what is allocated for the count.
    guard names.count == count else {
      let absent = (1...count).first { names[$0] == nil } ?? 0
      throw .malformed(
        path, "alternative \(absent) of \(count) has no header line 'ALTERNATIVE NAME \(absent)'")
    }
    return Finished(
      path: path, type: type, names: (1...count).map { names[$0] ?? "" }, voters: voters,
      unique: unique)
  }

  private func missing(_ key: String) -> FormatError {
    .malformed(path, "the header has no line '# \(key): ...'")
  }
}

/// The orders read so far.
private struct Orders {
  private let header: Header.Finished
  private var entries: [Rankings.Entry] = []
  private var size = RankingsSize()
  private var voters = 0
  /// The line in which an alternative was last seen.
  private var seen: [Int]

  init(_ header: Header.Finished) {
    self.header = header
    seen = Array(repeating: 0, count: header.names.count)
  }

  mutating func read(_ line: ArraySlice<UInt8>, number: Int) throws(FormatError) {
    func malformed(_ found: String) -> FormatError {
      .malformed(header.path, line: number, found)
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw malformed("'\(line.excerpt)' is not an order, expected 'count: 3,1,2'")
    }
    let count = line[..<colon].trimmed
    guard let multiplicity = count.wholeNumber, multiplicity > 0 else {
      throw malformed("'\(count.excerpt)' voters, expected a whole number from 1")
    }
    let (sum, isOver) = voters.addingReportingOverflow(multiplicity)
    guard !isOver, sum <= header.voters else {
      throw malformed("more voters up to here than the \(header.voters) of the header")
    }
    voters = sum
    let text = line[(colon + 1)...].trimmed
    guard !text.isEmpty else { throw malformed("an empty order") }
    let groups = try places(of: text, number: number)
    let placed = groups.reduce(0) { $0 + $1.count }
    if header.type.isComplete, placed < header.names.count {
      throw malformed(
        "\(placed) of the \(header.names.count) alternatives, all were expected in a file of type \(header.type.rawValue)"
      )
    }
    try size.add(places: groups.count, path: header.path, line: number)
    entries.append(Rankings.Entry(groups: groups, multiplicity: multiplicity, line: number))
  }

  private mutating func places(
    of text: ArraySlice<UInt8>, number: Int
  ) throws(FormatError) -> [[Int]] {
    func malformed(_ found: String) -> FormatError {
      .malformed(header.path, line: number, found)
    }
    var groups: [[Int]] = []
    var tied: [Int]?
    var rest = text
    while true {
      rest = rest.trimmed
      if tied == nil, rest.first == UInt8(ascii: "{") {
        guard !header.type.isStrict else {
          throw malformed("a tie in a file of type \(header.type.rawValue)")
        }
        tied = []
        rest = rest.dropFirst()
      }
      let end =
        rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? rest.endIndex
      let item = try alternative(rest[..<end].trimmed, number: number)
      rest = rest[end...]
      if tied == nil { groups.append([item]) } else { tied?.append(item) }
      if rest.first == UInt8(ascii: "}") {
        guard let group = tied else { throw malformed("'}' without '{'") }
        groups.append(group)
        tied = nil
        rest = rest.dropFirst().trimmed
      }
      guard let comma = rest.first else { break }
      guard comma == UInt8(ascii: ",") else {
        throw malformed("'\(rest.excerpt)' where ',' was expected")
      }
      rest = rest.dropFirst()
    }
    guard tied == nil else { throw malformed("'{' without '}'") }
    return groups
  }

  private mutating func alternative(
    _ text: ArraySlice<UInt8>, number: Int
  ) throws(FormatError) -> Int {
    guard let item = text.wholeNumber, seen.indices.contains(item - 1) else {
      let found = text.isEmpty ? "an empty place" : "'\(text.excerpt)' is not an alternative"
      throw .malformed(header.path, line: number, "\(found), expected 1 to \(seen.count)")
    }
    guard seen[item - 1] != number else {
      throw .malformed(header.path, line: number, "alternative \(item) a second time")
    }
    seen[item - 1] = number
    return item - 1
  }

  func finished() throws(FormatError) -> Rankings {
    guard voters == header.voters else {
      throw .malformed(
        header.path, "\(voters) voters gave the orders, the header says \(header.voters)")
    }
    guard entries.count == header.unique else {
      throw .malformed(
        header.path, "\(entries.count) orders, the header says \(header.unique)")
    }
    return Rankings(items: header.names, entries: entries)
  }
}
