import Tensors

/// A point of a search space: the numbers of its parts one after the other.
public struct Point: Sendable, Hashable {
  public let values: [Int32]

  public init(_ values: [Int32]) { self.values = values }
}

/// The points among which the best is sought: one part, or several with names.
public struct SearchSpace: Sendable, Hashable {
  /// The largest number of variables, classes or items of a part.
  public static let mostVariables = 1 << 16

  public let parts: [SpacePart]

  /// A space of some parts.
  ///
  /// - Throws: `SpaceError` without a part, and for names that are missing or stand there twice.
  public init(_ parts: [SpacePart]) throws(SpaceError) {
    guard !parts.isEmpty else { throw SpaceError("a space without parts has no point") }
    let names = Set(parts.map(\.name))
    guard parts.count == 1 || names.count == parts.count && !names.contains("") else {
      throw SpaceError("parts need names of their own")
    }
    self.parts = parts
  }

  /// A space of one part, of which nothing is fixed.
  public init(_ kind: SpacePart.Kind) throws(SpaceError) {
    try self.init([SpacePart(kind)])
  }

  /// Number of points; `nil` where it exceeds what an integer holds.
  public var count: Int? {
    let counts = parts.compactMap(\.free.count)
    return counts.count == parts.count ? wholeProduct(counts) : nil
  }

  /// The text of a point: that of its part, or `name=text` of each with spaces between them.
  public func text(_ point: Point) -> String {
    var start = 0
    let texts = parts.map { part in
      let values = point.values[start..<(start + part.kind.length)]
      start += part.kind.length
      return (part.name.isEmpty ? "" : part.name + "=") + part.kind.text(values)
    }
    return texts.joined(separator: " ")
  }

  /// The point of a text; throws `SpaceError` where that is not a point of the space.
  public func point(of text: String) throws(SpaceError) -> Point {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == parts.count else {
      throw SpaceError("'\(text.prefix(40))' has \(words.count) parts, expected \(parts.count)")
    }
    var values: [Int32] = []
    for (part, word) in zip(parts, words) {
      let head = part.name.isEmpty ? "" : part.name + "="
      guard word.hasPrefix(head) else {
        throw SpaceError("'\(word.prefix(40))' does not begin with '\(head)'")
      }
      let own = try part.kind.values(of: word.dropFirst(head.count))
      _ = try part.freeValues(of: own[...])
      values += own
    }
    return Point(values)
  }

  // MARK: What is free

  /// The sorts of the parts without what is fixed.
  var free: FreeSpace { FreeSpace(parts.map(\.free)) }

  /// The point whose free values are given.
  func point(free values: [Int32]) -> Point {
    var start = 0
    var result: [Int32] = []
    for part in parts {
      result += part.whole(values[start..<(start + part.free.length)])
      start += part.free.length
    }
    return Point(result)
  }

  /// The free values of a point.
  func freeValues(of point: Point) throws(SpaceError) -> [Int32] {
    var start = 0
    var result: [Int32] = []
    for part in parts {
      result += try part.freeValues(of: point.values[start..<(start + part.kind.length)])
      start += part.kind.length
    }
    return result
  }
}

extension SearchSpace: CustomStringConvertible {
  /// As on the command line, with what is fixed.
  public var description: String {
    parts.map { part in
      let fixed = part.fixed.sorted { $0.key < $1.key }.map { " fix \($0.key)=\($0.value)" }
      return (part.name.isEmpty ? "" : part.name + ": ") + "\(part.kind)" + fixed.joined()
    }.joined(separator: "; ")
  }
}
