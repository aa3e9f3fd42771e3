import Tensors

/// Restarted local search with tabu: a walk that never comes back to a point.
///
/// Neighbors are tried in a random order. One that is better than the present point is taken at
/// once; when all are known the walk goes on to the best of those it has not visited. A walk
/// without a new best of its own for long is given up for another, which begins in turn at a random
/// point and near the best point of all. Neighbors are flips of bits, other classes, exchanges of
/// subsets, and of orders swaps, reversals (2-opt) and insertions.
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

  init(_ space: FreeSpace) { self.space = space }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    if let values = walk?.nextNeighbor(of: space, using: &generator) {
      return Proposal(values: values)
    }
    if let walk, !walk.isStuck { return nil }
    walk = nil
    if start == nil { start = nextStart(using: &generator) }
    guard !isStartAsked, let start else { return nil }
    isStartAsked = true
    return Proposal(values: start)
  }

  private mutating func nextStart(using generator: inout Philox) -> [Int32] {
    walks += 1
    guard let best = best.values, walks.isMultiple(of: 2) else {
      return space.random(using: &generator)
    }
    var values = best
    for _ in 0..<Int.random(in: 2...max(2, space.size / 4), using: &generator) {
      values = space.moved(values, using: &generator)
    }
    return values
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    _ = best.take(values, cost: cost)
    if values == start {
      (start, isStartAsked) = (nil, false)
      walk = Walk(values, cost: cost, in: space, using: &generator)
      return
    }
    walk?.learn(values, cost: cost, in: space, using: &generator)
  }
}

/// A walk of a local search.
private struct Walk: Sendable {
  private var current: [Int32]
  private var cost: Double
  private var visited: Set<[Int32]>
  /// The lowest cost of this walk, and the steps since.
  private var lowest: Double
  private var stepsSince = 0
  private let patience: Int
  private(set) var isStuck = false

  // Neighbors are the numbers offset + stride * i of all moves, each once since the stride has no
  // divisor in common with their number.
  private var (offset, stride, scanned) = (0, 1, 0)
  private var unanswered: Set<[Int32]> = []
  private var bestNeighbor: (values: [Int32], cost: Double)?

  init(
    _ values: [Int32], cost: Double, in space: FreeSpace, using generator: inout Philox
  ) {
    (current, self.cost, lowest) = (values, cost, cost)
    visited = [values]
    patience = 4 * space.size
    beginScan(space, using: &generator)
  }

  private mutating func beginScan(_ space: FreeSpace, using generator: inout Philox) {
    let count = max(1, space.moveCount)
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
      while scanned < space.moveCount {
        let move = (offset + scanned * stride) % space.moveCount
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
      step(to: next.values, next.cost, space, using: &generator)
    }
    return nil
  }

  mutating func learn(
    _ values: [Int32], cost: Double, in space: FreeSpace, using generator: inout Philox
  ) {
    if cost < self.cost, !visited.contains(values) {
      step(to: values, cost, space, using: &generator)
    } else if unanswered.remove(values) != nil, bestNeighbor.map({ cost < $0.cost }) ?? true {
      bestNeighbor = (values, cost)
    }
  }

  private mutating func step(
    to values: [Int32], _ cost: Double, _ space: FreeSpace, using generator: inout Philox
  ) {
    (current, self.cost) = (values, cost)
    visited.insert(values)
    stepsSince += 1
    if cost < lowest { (lowest, stepsSince) = (cost, 0) }
    if stepsSince > patience { isStuck = true }
    beginScan(space, using: &generator)
  }
}

private func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
