import Tensors

/// Restarted local search with tabu: walks that never come back to a point of their own.
///
/// Neighbors are tried in a random order. One that is better than the present point is taken at
/// once; when all are known the walk goes on to the best of those it has not visited. A walk
/// without a new best of its own for long is given up for another, which begins in turn at a random
/// point and near the best point of all. Neighbors are flips of bits, other classes, exchanges of
/// subsets, swaps of matchings, other lines of trees, and of orders swaps, reversals (2-opt) and
/// insertions: a walk over orders tries all three or one alone, most often those whose walks have
/// ended lowest.
///
/// - Reference: Bošković, Brglez and Brest (2017), Low-autocorrelation binary sequences: on
///   improved merit factors and runtime predictions to achieve them.
struct LocalSearch: Search {
  let space: FreeSpace
  private var best = Incumbent()
  /// The beginning of a walk whose cost is not known yet.
  private var start: [Int32]?
  private var isStartAsked = false
  private var walk: Walk?
  private var walks = 0
  private var neighborhoods: [Neighborhood]
  /// The neighborhood of the present walk.
  private var present = 0

  /// One walk in so many takes any neighborhood.
  private static let explored = 4

  init(_ space: FreeSpace) {
    self.space = space
    neighborhoods = space.neighborhoods.map { Neighborhood(moves: $0) }
  }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    if let values = walk?.nextNeighbor(of: space, using: &generator) {
      return Proposal(values: values)
    }
    if let walk {
      guard walk.isStuck else { return nil }
      neighborhoods[present].add(walk.lowest)
    }
    walk = nil
    if start == nil { start = nextStart(using: &generator) }
    guard !isStartAsked, let start else { return nil }
    isStartAsked = true
    return Proposal(values: start)
  }

  private mutating func nextStart(using generator: inout Philox) -> [Int32] {
    walks += 1
    present = nextNeighborhood(using: &generator)
    guard let best = best.values, walks.isMultiple(of: 2) else {
      return space.random(using: &generator)
    }
    var values = best
    for _ in 0..<Int.random(in: 2...max(2, space.size / 4), using: &generator) {
      values = space.moved(values, using: &generator)
    }
    return values
  }

  private func nextNeighborhood(using generator: inout Philox) -> Int {
    if let fresh = neighborhoods.firstIndex(where: { $0.mean == nil }) { return fresh }
    guard neighborhoods.count > 1 else { return 0 }
    if Int.random(in: 0..<LocalSearch.explored, using: &generator) == 0 {
      return Int.random(in: neighborhoods.indices, using: &generator)
    }
    return neighborhoods.indices.min {
      (neighborhoods[$0].mean ?? .infinity) < (neighborhoods[$1].mean ?? .infinity)
    } ?? 0
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    _ = best.take(values, cost: cost)
    if values == start {
      (start, isStartAsked) = (nil, false)
      walk = Walk(
        values, cost: cost, neighborhoods[present].moves, patience: 3 * space.size * space.size,
        using: &generator)
      return
    }
    walk?.learn(values, cost: cost, using: &generator)
  }
}

/// The moves of some walks, and how low these came.
private struct Neighborhood: Sendable {
  let moves: Range<Int>
  private var walks = 0
  private var sum = 0.0

  init(moves: Range<Int>) { self.moves = moves }

  /// The mean lowest cost, infinite where every walk met only points that cannot be; `nil` before
  /// the first walk.
  private(set) var mean: Double?

  mutating func add(_ lowest: Double) {
    if lowest.isFinite { (walks, sum) = (walks + 1, sum + lowest) }
    mean = walks == 0 ? .infinity : sum / Double(walks)
  }
}

/// A walk of a local search.
private struct Walk: Sendable {
  private var current: [Int32]
  private var cost: Double
  private var visited: Set<[Int32]>
  /// The lowest cost of this walk, and the answers since.
  private(set) var lowest: Double
  private var answersSince = 0
  private let moves: Range<Int>
  private let patience: Int
  private(set) var isStuck = false

  // Neighbors are the numbers offset + stride * i of all moves, each once since the stride has no
  // divisor in common with their number.
  private var (offset, stride, scanned) = (0, 1, 0)
  private var unanswered: Set<[Int32]> = []
  private var bestNeighbor: (values: [Int32], cost: Double)?

  init(
    _ values: [Int32], cost: Double, _ moves: Range<Int>, patience: Int,
    using generator: inout Philox
  ) {
    (current, self.cost, lowest) = (values, cost, cost)
    visited = [values]
    (self.moves, self.patience) = (moves, patience)
    beginScan(using: &generator)
  }

  private mutating func beginScan(using generator: inout Philox) {
    let count = max(1, moves.count)
    (scanned, bestNeighbor) = (0, nil)
    unanswered.removeAll(keepingCapacity: true)
    offset = Int.random(in: 0..<count, using: &generator)
    repeat {
      stride = Int.random(in: 1...count, using: &generator)
    } while commonDivisor(stride, count) != 1
  }

  /// The next neighbor to ask for; `nil` where answers are missing or the walk is stuck.
  mutating func nextNeighbor(
    of space: FreeSpace, using generator: inout Philox
  ) -> [Int32]? {
    while !isStuck {
      while scanned < moves.count {
        let move = moves.lowerBound + (offset + scanned * stride) % moves.count
        scanned += 1
        guard let next = space.moved(current, by: move), !visited.contains(next),
          unanswered.insert(next).inserted
        else { continue }
        return next
      }
      guard unanswered.isEmpty else { return nil }
      guard let next = bestNeighbor else {
        isStuck = true
        return nil
      }
      step(to: next.values, next.cost, using: &generator)
    }
    return nil
  }

  mutating func learn(_ values: [Int32], cost: Double, using generator: inout Philox) {
    // The mean of a point that was evaluated again has changed.
    if values == current { self.cost = cost }
    answersSince += 1
    if cost < self.cost, !visited.contains(values) {
      step(to: values, cost, using: &generator)
    } else if unanswered.remove(values) != nil, bestNeighbor.map({ cost < $0.cost }) ?? true {
      bestNeighbor = (values, cost)
    }
    if answersSince > patience { isStuck = true }
  }

  private mutating func step(
    to values: [Int32], _ cost: Double, using generator: inout Philox
  ) {
    (current, self.cost) = (values, cost)
    visited.insert(values)
    if cost < lowest { (lowest, answersSince) = (cost, 0) }
    beginScan(using: &generator)
  }
}

private func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
