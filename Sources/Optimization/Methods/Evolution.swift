import Tensors

/// The (1+1) evolutionary algorithm: a mutant replaces its parent unless it is worse.
///
/// A mutant makes a binomial number of random moves, at least one. Their mean is half or twice the
/// present rate by a coin; the rate becomes that of a mutant which was better, and wanders a little
/// otherwise.
///
/// - Reference: Doerr, Gießen, Witt and Yang (2019), The (1+λ) evolutionary algorithm with
///   self-adjusting mutation rate.
struct Evolution: Search {
  let space: FreeSpace
  private var parent = Incumbent()
  /// The logarithm of the mean number of moves to base two.
  private var rate = 0

  init(_ space: FreeSpace) { self.space = space }

  /// The highest rate: a quarter of the numbers.
  private var highest: Int { max(0, Int.bitWidth - 1 - (space.size / 4).leadingZeroBitCount) }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    guard let values = parent.values else {
      return Proposal(values: space.random(using: &generator), mark: rate)
    }
    let own = min(max(0, rate + (Bool.random(using: &generator) ? 1 : -1)), highest)
    let mean = Double(1 << own)
    var mutant = values
    for _ in 0..<moves(mean, using: &generator) {
      mutant = space.moved(mutant, using: &generator)
    }
    return Proposal(values: mutant, mark: own)
  }

  /// A binomial number of moves with a mean, at least one.
  private func moves(_ mean: Double, using generator: inout Philox) -> Int {
    let share = mean / Double(space.size)
    return max(1, (0..<space.size).count { _ in generator.uniform() < share })
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    let isBetter = cost < parent.cost
    guard parent.take(values, cost: cost) || mark == nil else {
      // One failure in so many lets the rate wander, or it would stay where nothing succeeds.
      if Int.random(in: 0..<8, using: &generator) == 0, let mark { rate = mark }
      return
    }
    if isBetter, let mark { rate = mark }
  }
}
