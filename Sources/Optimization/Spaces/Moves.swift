/// Moves to a neighbor: a flip, another class, a swap, a reversal or an insertion of an order, an
/// exchange of a subset, a swap of a matching, another line of a tree.
extension SpacePart.Kind {
  /// Numbers of moves, some of which are void so that a number gives its move without a list.
  var moveCount: Int {
    switch self {
    case .bits(let count): count
    case .classes(let variables, let classes): variables * (classes - 1)
    case .order(let items, let places): 3 * places * places + places * (items - places)
    case .subset(let size, let items): size * (items - size)
    case .matching(let items): items * items
    case .tree(let vertices): (vertices - 1) * vertices * vertices
    }
  }

  /// Makes a move; `false`, with nothing changed, where it is void.
  func move(_ number: Int, _ values: inout ArraySlice<Int32>) -> Bool {
    let base = values.startIndex
    switch self {
    case .bits:
      values[base + number] ^= 1
    case .classes(_, let classes):
      let (variable, step) = (base + number / (classes - 1), number % (classes - 1) + 1)
      values[variable] = (values[variable] + Int32(step)) % Int32(classes)
    case .order(let items, let places):
      return moveOrder(number, &values, items, places)
    case .subset(let size, let items):
      let outside = unlisted(values, of: items)
      values[base + number % size] = outside[number / size]
      values.sort()
    case .matching(let items):
      guard number / items < number % items else { return false }
      values.swapAt(base + number / items, base + number % items)
    case .tree(let vertices):
      let rest = number / vertices
      return Trees.reconnect(
        &values, from: rest / vertices + 1, at: rest % vertices, to: number % vertices)
    }
    return true
  }

  private func moveOrder(
    _ number: Int, _ values: inout ArraySlice<Int32>, _ items: Int, _ places: Int
  ) -> Bool {
    let base = values.startIndex
    let pairs = places * places
    let (i, j) = (base + number % pairs / places, base + number % places)
    switch number / pairs {
    case 0:
      guard i < j else { return false }
      values.swapAt(i, j)
    case 1:
      // A reversal of two is a swap.
      guard j - i >= 2 else { return false }
      values[i...j].reverse()
    case 2:
      // So is an insertion one place further.
      guard abs(i - j) >= 2 else { return false }
      values.insert(values.remove(at: i), at: j)
    default:
      let rest = number - 3 * pairs
      values[base + rest % places] = unlisted(values, of: items)[rest / places]
    }
    return true
  }

  /// The items that a value does not list, ascending.
  private func unlisted(_ values: ArraySlice<Int32>, of items: Int) -> [Int32] {
    var isListed = [Bool](repeating: false, count: items)
    for value in values { isListed[Int(value)] = true }
    return (0..<Int32(items)).filter { !isListed[Int($0)] }
  }
}
