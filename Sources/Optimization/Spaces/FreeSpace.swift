import Tensors

/// The space that methods see: what is not fixed, its parts one after the other.
struct FreeSpace: Sendable {
  let kinds: [SpacePart.Kind]
  /// Where the numbers of each part begin.
  private let starts: [Int]
  /// Where the moves of each part begin.
  private let moveStarts: [Int]
  /// Numbers of all moves, some of which are the same or change nothing.
  let moveCount: Int

  init(_ kinds: [SpacePart.Kind]) {
    self.kinds = kinds
    var (start, move) = (0, 0)
    var (starts, moveStarts): ([Int], [Int]) = ([], [])
    for kind in kinds {
      starts.append(start)
      moveStarts.append(move)
      start += kind.length
      move += kind.moveCount
    }
    (self.starts, self.moveStarts, moveCount) = (starts, moveStarts, move)
  }

  /// Numbers that can change, by which rates of mutation are measured.
  var size: Int { max(1, kinds.reduce(0) { $0 + $1.length }) }

  /// Number of points; `nil` where it exceeds what an integer holds.
  var count: Int? {
    let counts = kinds.compactMap(\.count)
    return counts.count == kinds.count ? wholeProduct(counts) : nil
  }

  /// Whether it is one matching.
  var isMatching: Bool {
    guard kinds.count == 1, case .matching = kinds[0] else { return false }
    return true
  }

  /// Ranges of moves by each of which a walk may go: all of them, and those of each sort where
  /// there is one whole order.
  var neighborhoods: [Range<Int>] {
    let all = 0..<moveCount
    guard kinds.count == 1, case .order(let items, let places) = kinds[0], items == places else {
      return [all]
    }
    let pairs = items * items
    return [all] + (0..<3).map { ($0 * pairs)..<(($0 + 1) * pairs) }
  }

  /// A uniform point.
  func random(using generator: inout some RandomNumberGenerator) -> [Int32] {
    kinds.flatMap { $0.random(using: &generator) }
  }

  /// The point of a number below `count`, each once.
  func point(at index: Int) -> [Int32] {
    var rest = index
    return kinds.flatMap { kind in
      let count = kind.count ?? 1
      defer { rest /= count }
      return kind.value(at: rest % count)
    }
  }

  /// The point that a move leads to; `nil` where it changes nothing or is another number's move.
  func moved(_ point: [Int32], by move: Int) -> [Int32]? {
    let part = moveStarts.lastIndex { $0 <= move } ?? 0
    var result = point
    let range = starts[part]..<(starts[part] + kinds[part].length)
    return kinds[part].move(move - moveStarts[part], &result[range]) ? result : nil
  }

  /// The point that a random move leads to; the same point in a space of a single one.
  func moved(
    _ point: [Int32], using generator: inout some RandomNumberGenerator
  ) -> [Int32] {
    guard count != 1 else { return point }
    while true {
      let move = Int.random(in: 0..<moveCount, using: &generator)
      if let next = moved(point, by: move) { return next }
    }
  }
}

extension SpacePart.Kind {
  fileprivate func random(using generator: inout some RandomNumberGenerator) -> [Int32] {
    func uniform(_ count: Int, below limit: Int) -> [Int32] {
      (0..<count).map { _ in Int32.random(in: 0..<Int32(limit), using: &generator) }
    }
    /// The first of a shuffle.
    func distinct(_ count: Int, of items: Int) -> [Int32] {
      var all = (0..<Int32(items)).map { $0 }
      for place in 0..<count {
        all.swapAt(place, Int.random(in: place..<items, using: &generator))
      }
      return Array(all.prefix(count))
    }
    switch self {
    case .bits(let count): return uniform(count, below: 2)
    case .classes(let variables, let classes): return uniform(variables, below: classes)
    case .order(let items, let places): return distinct(places, of: items)
    case .subset(let size, let items): return distinct(size, of: items).sorted()
    case .matching(let items): return distinct(items, of: items)
    case .tree(let vertices): return Trees.tree(uniform(vertices - 2, below: vertices))
    }
  }

  fileprivate func value(at index: Int) -> [Int32] {
    var rest = index
    func digits(_ count: Int, base: Int) -> [Int32] {
      (0..<count).map { _ in
        defer { rest /= base }
        return Int32(rest % base)
      }
    }
    func chosen(_ places: Int, of items: Int) -> [Int32] {
      var left = (0..<Int32(items)).map { $0 }
      return (0..<places).map { _ in
        let count = left.count
        defer { rest /= count }
        return left.remove(at: rest % count)
      }
    }
    switch self {
    case .bits(let count): return digits(count, base: 2)
    case .classes(let variables, let classes): return digits(variables, base: classes)
    case .order(let items, let places): return chosen(places, of: items)
    case .matching(let items): return chosen(items, of: items)
    case .tree(let vertices): return Trees.tree(digits(vertices - 2, base: vertices))
    case .subset(let size, let items):
      var chosen: [Int32] = []
      for item in 0..<items where chosen.count < size {
        // The subsets with this item come first.
        let with = subsetCount(size - chosen.count - 1, of: items - item - 1) ?? Int.max
        if rest < with { chosen.append(Int32(item)) } else { rest -= with }
      }
      return chosen
    }
  }
}
