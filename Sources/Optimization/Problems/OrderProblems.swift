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

/// The disagreements of an order with an election, from a file of rankings: for each pair, the
/// voters who prefer the item that stands behind.
///
/// The lowest order is the consensus of Kemeny. Ties, and items that an order leaves out where
/// these mean nothing, disagree with no order.
struct KemenyConsensus: Problem {
  let space: SearchSpace
  let isMaximized = false
  private let count: Int
  /// Voters who prefer an item, in rows, to another.
  private let wins: [Double]

  init(file path: String) throws {
    let rankings = try Rankings(path)
    let count = rankings.items.count
    space = try SearchSpace(.order(items: count, places: count))
    var wins = [Double](repeating: 0, count: count * count)
    for entry in rankings.entries {
      var groups = entry.groups
      if rankings.unnamed == .last {
        groups.append(Array(Set(0..<count).subtracting(groups.joined())))
      }
      for (place, group) in groups.enumerated() {
        for other in groups[(place + 1)...].joined() {
          for item in group { wins[item * count + other] += Double(entry.multiplicity) }
        }
      }
    }
    (self.count, self.wins) = (count, wins)
  }

  func value(_ point: Point) -> Double {
    var sum = 0.0
    for (place, item) in point.values.enumerated() {
      for behind in point.values[(place + 1)...] {
        sum += disagreements(of: Int(item), before: Int(behind))
      }
    }
    return sum
  }

  /// The voters who would have two items stand the other way round.
  func disagreements(of item: Int, before behind: Int) -> Double { wins[behind * count + item] }
}
