/// Few states and their weights: the mix whose mean is nearest to some scores.
///
/// The states that are kept are affinely independent. Forbidden parts are in none of them.
struct SparseMixture {
  private let scores: [Double]
  /// The parts of each state.
  private(set) var states: [[Int]] = []
  /// How many parts each two states share.
  private var shared: [[Double]] = []
  /// Positive, and one in sum.
  private(set) var weights: [Double] = []
  private(set) var isFinished = false
  private var mean: [Double]

  init(scores: [Double]) {
    self.scores = scores
    mean = [Double](repeating: 0, count: scores.count)
  }

  /// What the scores have beyond the mean: the state that is best by it brings the mean nearest.
  var direction: [Double] { zip(scores, mean).map { $0 - $1 } }

  /// Takes the state that is best by the direction in, or finishes where it brings nothing.
  mutating func add(_ state: [Int]) {
    guard !states.isEmpty else {
      append(state, weight: 1)
      updateMean()
      return
    }
    let direction = direction
    func along(_ parts: [Int]) -> Double { parts.reduce(0) { $0 + direction[$1] } }
    let present = zip(states, weights).reduce(0) { $0 + $1.1 * along($1.0) }
    let size = state.reduce(1) { $0 + abs(direction[$1]) }
    guard along(state) - present > 1e-7 * size, !states.contains(state) else {
      isFinished = true
      return
    }
    append(state, weight: 0)
    descend()
    updateMean()
  }

  private mutating func append(_ state: [Int], weight: Double) {
    let parts = Set(state)
    let common = states.map { Double($0.count { parts.contains($0) }) }
    for (other, count) in common.enumerated() { shared[other].append(count) }
    shared.append(common + [Double(parts.count)])
    states.append(state)
    weights.append(weight)
  }

  /// Goes to the nearest point of the states' affine hull, leaving those out whose weight would
  /// fall below zero on the way.
  private mutating func descend() {
    while true {
      let aims = solve(states.map { $0.reduce(0) { $0 + scores[$1] } }, sum: 1)
      if aims.allSatisfy({ $0 > 1e-12 }) {
        weights = aims
        return
      }
      var way = 1.0
      for (weight, aim) in zip(weights, aims) where aim <= 1e-12 {
        way = min(way, weight > aim ? weight / (weight - aim) : 0)
      }
      weights = zip(weights, aims).map { $0 + way * ($1 - $0) }
      let kept = weights.indices.filter { weights[$0] > 1e-12 }
      // The one that has just come in may be the one to leave; then nothing is nearer.
      guard kept.count < weights.count, !kept.isEmpty else { return }
      (states, weights) = (kept.map { states[$0] }, kept.map { weights[$0] })
      shared = kept.map { row in kept.map { shared[row][$0] } }
    }
  }

  private mutating func updateMean() {
    mean = [Double](repeating: 0, count: scores.count)
    for (state, weight) in zip(states, weights) {
      for part in state { mean[part] += weight }
    }
  }

  /// The derivative of the mean cost in the score of each part, given the costs of the states.
  func slopes(of costs: [Double]) -> [(part: Int, slope: Double)] {
    zip(states, solve(costs, sum: 0)).flatMap { state, factor in
      state.map { ($0, factor) }
    }
  }

  /// The a with G a + m = b and a given sum, G holding the parts that each two states share.
  private func solve(_ values: [Double], sum: Double) -> [Double] {
    let n = states.count + 1
    var rows = zip(shared, values).map { $0.0 + [1, $0.1] }
    rows.append([Double](repeating: 1, count: n - 1) + [0, sum])
    // Gauss with the largest pivot of each column.
    for column in 0..<n {
      let pivot =
        (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      let top = rows[column]
      guard top[column] != 0 else { continue }
      for row in 0..<n where row != column && rows[row][column] != 0 {
        let factor = rows[row][column] / top[column]
        for place in column...n { rows[row][place] -= factor * top[place] }
      }
    }
    return (0..<n - 1).map { rows[$0][n] / rows[$0][$0] }
  }
}
