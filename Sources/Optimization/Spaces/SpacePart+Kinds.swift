import Formats
import Tensors

extension SpacePart.Kind {
  /// Numbers that write a value.
  var length: Int {
    switch self {
    case .bits(let count), .classes(let count, _): count
    case .order(_, let places): places
    case .subset(let size, _): size
    case .matching(let items): items
    case .tree(let vertices): vertices - 1
    }
  }

  /// Variables, places or items that can be fixed.
  var fixableCount: Int {
    switch self {
    case .subset(_, let items): items
    case .tree: 0
    default: length
    }
  }

  /// Number of values; `nil` where it exceeds what an integer holds.
  var count: Int? {
    switch self {
    case .bits(let count): wholePower(2, count)
    case .classes(let variables, let classes): wholePower(classes, variables)
    case .order(let items, let places): wholeProduct((items - places + 1)..<(items + 1))
    case .subset(let size, let items): subsetCount(size, of: items)
    case .matching(let items): wholeProduct(1..<(items + 1))
    case .tree(let vertices): wholePower(vertices, vertices - 2)
    }
  }

  func check() throws(SpaceError) {
    let most = SearchSpace.mostVariables
    let (sizes, isEmpty): ([Int], Bool) =
      switch self {
      case .bits(let count): ([count], count < 1)
      case .classes(let variables, let classes):
        ([variables, classes], variables < 1 || classes < 1)
      case .order(let items, let places): ([items], places < 1 || places > items)
      case .subset(let size, let items): ([items], size < 0 || items < 1 || size > items)
      case .matching(let items): ([items], items < 1)
      case .tree(let vertices): ([vertices], vertices < 2)
      }
    guard !isEmpty else { throw SpaceError("\(self) has no point") }
    guard sizes.allSatisfy({ $0 <= most }) else {
      throw SpaceError("\(self) is too large: at most \(most) variables, classes or items")
    }
  }

  func check(fixed value: Int32, at place: Int) throws(SpaceError) {
    let (values, what): (Int, String) =
      switch self {
      case .bits: (2, "bits")
      case .classes(_, let classes): (classes, "classes")
      case .order(let items, _), .matching(let items): (items, "items")
      case .subset: (2, "0 for outside, 1 for within")
      case .tree: (0, "")
      }
    guard fixableCount > 0 else { throw SpaceError("nothing can be fixed in \(self)") }
    guard (0..<fixableCount).contains(place) else {
      throw SpaceError("\(place) cannot be fixed, \(self) has 0 to \(fixableCount - 1)")
    }
    guard (0..<values).contains(Int(value)) else {
      throw SpaceError("\(place) is fixed at \(value), expected 0 to \(values - 1), \(what)")
    }
  }

  // MARK: Texts

  /// The text of a value: bits as 0101, everything else as numbers with commas.
  func text(_ values: ArraySlice<Int32>) -> String {
    if case .bits = self {
      return String(decoding: values.map { UInt8(ascii: "0") + UInt8($0) }, as: UTF8.self)
    }
    return values.map { String($0) }.joined(separator: ",")
  }

  /// The value of a text; a subset may have its items in any order.
  func values(of text: Substring) throws(SpaceError) -> [Int32] {
    if case .bits(let count) = self {
      let bits = text.utf8.compactMap { $0 >> 1 == UInt8(ascii: "0") >> 1 ? Int32($0 & 1) : nil }
      guard bits.count == count, text.utf8.count == count else {
        throw SpaceError("'\(text.prefix(40))' is not \(count) bits of 0 and 1")
      }
      return bits
    }
    var values: [Int32] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
      guard let value = word.whole(in: 0...Int(Int32.max)) else {
        throw SpaceError("'\(word.prefix(40))' is not a whole number from 0")
      }
      values.append(Int32(value))
    }
    guard values.count == length else {
      throw SpaceError("'\(text.prefix(40))' has \(values.count) numbers, expected \(length)")
    }
    try check(values)
    if case .subset = self { values.sort() }
    if case .tree = self, !Trees.isTree(values) {
      throw SpaceError("'\(text.prefix(40))' is not a tree: some vertex has no way to vertex 0")
    }
    return values
  }

  private func check(_ values: [Int32]) throws(SpaceError) {
    let (limit, areDistinct): (Int, Bool) =
      switch self {
      case .bits: (2, false)
      case .classes(_, let classes): (classes, false)
      case .order(let items, _), .subset(_, let items), .matching(let items): (items, true)
      case .tree(let vertices): (vertices, false)
      }
    if let wrong = values.first(where: { $0 >= Int32(limit) }) {
      throw SpaceError("\(wrong) is not one of 0 to \(limit - 1)")
    }
    guard areDistinct else { return }
    var seen: Set<Int32> = []
    for value in values where !seen.insert(value).inserted {
      throw SpaceError("\(value) stands there twice")
    }
  }
}

extension SpacePart.Kind: CustomStringConvertible {
  /// The words of the command line that make it, such as `bits 64`.
  public var description: String {
    switch self {
    case .bits(let count): "bits \(count)"
    case .classes(let variables, let classes): "classes \(variables)x\(classes)"
    case .order(let items, let places):
      places == items ? "order \(items)" : "order \(items) top \(places)"
    case .subset(let size, let items): "subset \(size)/\(items)"
    case .matching(let items): "matching \(items)"
    case .tree(let vertices): "tree \(vertices)"
    }
  }
}
