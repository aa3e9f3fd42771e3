import Formats

/// A quadratic assignment of facilities to places, from a file of QAPLIB: the sum over i and j of
/// `first[i, j] * second[p(i), p(j)]`.
struct QuadraticAssignment: Problem {
  let space: SearchSpace
  let isMaximized = false
  private let matrices: QAPLIB

  init(file path: String) throws {
    matrices = try QAPLIB(path)
    space = try SearchSpace(.order(items: matrices.size, places: matrices.size))
  }

  func value(_ point: Point) -> Double {
    let n = matrices.size
    var sum = 0.0
    for i in 0..<n {
      let row = Int(point.values[i]) * n
      for j in 0..<n {
        sum += matrices.first[i * n + j] * matrices.second[row + Int(point.values[j])]
      }
    }
    return sum
  }
}

/// The length of a round trip, from a file of TSPLIB.
struct TravelingSalesman: Problem {
  let space: SearchSpace
  let isMaximized = false
  private let file: TSPLIB

  init(file path: String) throws {
    file = try TSPLIB(path)
    space = try SearchSpace(.order(items: file.size, places: file.size))
  }

  func value(_ point: Point) -> Double {
    let order = point.values
    return zip(order, order.dropFirst() + order.prefix(1)).reduce(0) { sum, leg in
      sum + file.distances[Int(leg.0) * file.size + Int(leg.1)]
    }
  }
}
