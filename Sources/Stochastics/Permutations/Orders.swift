public import Tensors

/// Hard orders of items, without a gradient: at each place the item that stands there, best first.
public struct Orders: Sendable, Hashable {
  /// The item at each place, of shape `[samples] + batch + [places]`.
  public let indices: Indices
  /// Number of items n; indices lie in 0..<n, and those of one order differ.
  public let itemCount: Int

  /// Orders of `itemCount` items, or lists of the first places; traps on an item out of range or
  /// listed twice.
  public init(_ indices: Indices, itemCount: Int) {
    require(!indices.shape.isEmpty, "orders need an axis of places")
    let places = indices.shape[indices.shape.count - 1]
    require(places <= itemCount, "\(places) places for \(itemCount) items")
    var seen = [Int](repeating: -1, count: itemCount)
    for (position, item) in indices.values.enumerated() {
      require(item >= 0 && item < itemCount, "item \(item) is not one of \(itemCount)")
      let row = position / places
      require(seen[Int(item)] != row, "item \(item) is listed twice in order \(row)")
      seen[Int(item)] = row
    }
    self.init(trusted: indices, itemCount: itemCount)
  }

  init(trusted indices: Indices, itemCount: Int) {
    self.indices = indices
    self.itemCount = itemCount
  }

  /// Sizes of the indices, outermost axis first.
  public var shape: [Int] { indices.shape }

  /// Number of places: that of the items, or fewer for lists of the first.
  public var placeCount: Int { shape[shape.count - 1] }

  /// Permutation matrices, row r one-hot at the item in place r, of shape `shape + [itemCount]`.
  public var matrix: Tensor { indices.oneHot(classes: itemCount) }

  /// The rows of a payload `batch + [itemCount] + rest` in these orders, of shape `shape + rest`.
  ///
  /// The payload's batch is that of the orders, or lacks its first axes. What ``matrix`` times the
  /// payload is, in time that does not grow with the number of items.
  public func arranging(_ payload: Tensor) -> Tensor {
    let batch = Array(shape.dropLast())
    let own = Array(batch[payload.missingAxes(of: batch, items: itemCount)...])
    guard !own.isEmpty else { return payload.gathering(indices, along: 0) }
    // Rows of all payloads one after the other, and where each order's begin.
    let (places, payloads) = (placeCount, own.reduce(1, *))
    let rows = Indices(shape: shape) { buffer in
      for (position, item) in indices.values.enumerated() {
        buffer[position] = item + Int32(position / max(1, places) % payloads * itemCount)
      }
    }
    return payload.reshaped([payloads * itemCount] + payload.shape.dropFirst(own.count + 1))
      .gathering(rows, along: 0)
  }

  /// The place of each item, of the same shape; traps unless every item has a place.
  public var places: Indices {
    require(placeCount == itemCount, "\(placeCount) places of \(itemCount) items")
    return Indices(shape: shape) { buffer in
      for (position, item) in indices.values.enumerated() {
        let place = position % itemCount
        buffer[position - place + Int(item)] = Int32(place)
      }
    }
  }

  /// These lists with the items on no place behind them, in any order.
  var completed: Orders {
    let (n, places) = (itemCount, placeCount)
    if places == n { return self }
    let rows = shape.dropLast().reduce(1, *)
    var row = [Int32](repeating: 0, count: n)
    let completed = Indices(shape: shape.dropLast() + [n]) { buffer in
      for index in 0..<rows {
        for item in 0..<n { row[item] = -1 }
        for place in 0..<places {
          let item = indices.values[index * places + place]
          buffer[index * n + place] = item
          row[Int(item)] = item
        }
        var next = index * n + places
        for item in 0..<n where row[item] < 0 {
          buffer[next] = Int32(item)
          next += 1
        }
      }
    }
    return Orders(trusted: completed, itemCount: n)
  }

  /// All lists of `places` of `itemCount` items, [count][places], in lexicographic order.
  static func lists(of itemCount: Int, places: Int) -> [[Int32]] {
    (0..<places).reduce([[]]) { lists, _ in
      lists.flatMap { list in
        (0..<Int32(itemCount)).filter { !list.contains($0) }.map { list + [$0] }
      }
    }
  }

  /// Number of lists of `places` of `itemCount` items, `nil` if it exceeds what an integer holds.
  static func listCount(of itemCount: Int, places: Int) -> Int? {
    wholeProduct((0..<places).map { itemCount - $0 })
  }
}

extension Orders: PlainSample {
  public func mapEvents<E: Error>(_ body: ([Int]) throws(E) -> Scalar) throws(E) -> Tensor {
    try mapRows(of: indices.values.map(Int.init), shape: shape, body)
  }
}
