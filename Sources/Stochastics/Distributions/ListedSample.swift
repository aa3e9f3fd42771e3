package import Tensors

/// Samples of which any can be taken by their places on the first axis.
package protocol ListedSample: Sendable {
  /// The samples at `[count, rows]` places of the first axis, of shape `[count, rows]` and the axes
  /// behind the second, which has one entry.
  func listed(_ places: [[Int]]) -> Self
}

extension Indices {
  fileprivate func listed(_ places: [[Int]]) -> Indices {
    let event = shape.dropFirst(2)
    let (width, values) = (event.reduce(1, *), values)
    return Indices(
      places.joined().flatMap { place in
        values[(place * width)..<((place + 1) * width)].map { Int($0) }
      }, shape: [places.count, places.first?.count ?? 0] + event)
  }
}

extension Bits: ListedSample {
  package func listed(_ places: [[Int]]) -> Bits {
    let all = Array(places.joined())
    return Bits(
      tensor.gathering(Indices(all, shape: [all.count]), along: 0)
        .reshaped([places.count, places.first?.count ?? 0] + shape.dropFirst(2)))
  }
}

extension Classes: ListedSample {
  package func listed(_ places: [[Int]]) -> Classes {
    Classes(trusted: indices.listed(places), classCount: classCount)
  }
}

extension Orders: ListedSample {
  package func listed(_ places: [[Int]]) -> Orders {
    Orders(trusted: indices.listed(places), itemCount: itemCount)
  }
}
