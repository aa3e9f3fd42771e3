/// One part of a search space: bits, classes, an order, a subset, a matching or a tree, some of it
/// perhaps fixed.
public struct SpacePart: Sendable, Hashable {
  /// The sort of the part.
  public enum Kind: Sendable, Hashable {
    /// So many bits.
    case bits(Int)
    /// So many variables of so many classes each.
    case classes(variables: Int, classes: Int)
    /// The first places of an order of items; all of them for a whole order.
    case order(items: Int, places: Int)
    /// So many of the items.
    case subset(size: Int, items: Int)
    /// As many items matched with as many places: the item of each place, without a sense of what
    /// stands beside what.
    case matching(Int)
    /// A tree that connects so many vertices: for each but vertex 0 the next one on the way there.
    case tree(Int)
  }

  /// The name in a space of several parts; empty in one of a single part.
  public let name: String
  public let kind: Kind
  /// What is fixed: the value of a variable, the item of a place, or 1 and 0 for an item within or
  /// outside of the subset.
  public let fixed: [Int: Int32]

  /// What is not fixed, renumbered from zero.
  let free: Kind
  /// The variables, places or items that are not fixed.
  private let open: [Int32]
  /// The items of an order that are not in a fixed place; of a subset those that are fixed in it.
  private let items: [Int32]

  /// A part whose fixed values are checked.
  ///
  /// - Throws: `SpaceError` for a part without a point or beyond `SearchSpace.mostVariables`, and
  ///   for a fixed value that is out of range or contradicts another one.
  public init(
    name: String = "", _ kind: Kind, fixed: [Int: Int32] = [:]
  ) throws(SpaceError) {
    try kind.check()
    self.name = name
    self.kind = kind
    self.fixed = fixed
    for (place, value) in fixed.sorted(by: { $0.key < $1.key }) {
      try kind.check(fixed: value, at: place)
    }
    open = (0..<Int32(kind.fixableCount)).filter { fixed[Int($0)] == nil }
    switch kind {
    case .bits:
      items = []
      free = .bits(open.count)
    case .classes(_, let classes):
      items = []
      free = .classes(variables: open.count, classes: classes)
    case .order(let count, _), .matching(let count):
      let taken = Set(fixed.values)
      guard taken.count == fixed.count else {
        throw SpaceError("an item is fixed in two places")
      }
      items = (0..<Int32(count)).filter { !taken.contains($0) }
      if case .matching = kind {
        free = .matching(items.count)
      } else {
        free = .order(items: items.count, places: open.count)
      }
    case .subset(let size, let count):
      items = fixed.filter { $0.value == 1 }.keys.map { Int32($0) }.sorted()
      guard items.count <= size, size - items.count <= open.count else {
        throw SpaceError(
          "\(items.count) items fixed within and \(fixed.count - items.count) outside leave no subset of \(size) of \(count)"
        )
      }
      free = .subset(size: size - items.count, items: open.count)
    case .tree:
      (items, free) = ([], kind)
    }
  }

  /// The whole of a part whose free values are given.
  func whole(_ values: ArraySlice<Int32>) -> [Int32] {
    guard !fixed.isEmpty else { return Array(values) }
    switch kind {
    case .bits, .classes, .tree: return merged(Array(values))
    case .order, .matching: return merged(values.map { items[Int($0)] })
    case .subset: return (items + values.map { open[Int($0)] }).sorted()
    }
  }

  private func merged(_ values: [Int32]) -> [Int32] {
    var result = [Int32](repeating: 0, count: kind.length)
    for (place, value) in fixed { result[place] = value }
    for (place, value) in zip(open, values) { result[Int(place)] = value }
    return result
  }

  /// The free values of a whole part; throws where a fixed one has another value.
  func freeValues(of values: ArraySlice<Int32>) throws(SpaceError) -> [Int32] {
    guard !fixed.isEmpty else { return Array(values) }
    let base = values.startIndex
    if case .subset = kind {
      let chosen = Set(values)
      for (item, value) in fixed where chosen.contains(Int32(item)) != (value == 1) {
        throw SpaceError("item \(item) is fixed \(value == 1 ? "within" : "outside")")
      }
      return open.indices.filter { chosen.contains(open[$0]) }.map { Int32($0) }
    }
    for (place, value) in fixed where values[base + place] != value {
      throw SpaceError("\(place) is fixed at \(value), not \(values[base + place])")
    }
    let rest = open.map { values[base + Int($0)] }
    switch kind {
    case .order, .matching: break
    default: return rest
    }
    let number = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, Int32($0)) })
    return rest.compactMap { number[$0] }
  }
}

/// Why a space, or a point of one, cannot be; a sentence without a full stop.
public struct SpaceError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
