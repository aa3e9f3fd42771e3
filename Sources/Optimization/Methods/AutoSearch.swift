import Tensors

/// Several methods that share the first tenth of the evaluations, and the one that did best after
/// that.
///
/// The best is the one with the lowest cost, and of equal ones that which found it first. It is
/// then told of the best point of all.
struct AutoSearch: Search {
  private var methods: [(name: String, search: any Search)]
  private(set) var trials: [SearchTrial]
  /// Answers that each method gets before one is chosen.
  private let share: Int
  private var chosen: Int?
  private var best = Incumbent()

  init(_ methods: [(name: String, search: any Search)], horizon: Int) {
    self.methods = methods
    trials = methods.map { SearchTrial(method: $0.name) }
    share = max(1, horizon / 10 / methods.count)
  }

  var isConverged: Bool { chosen.map { methods[$0].search.isConverged } ?? false }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    let place = chosen ?? trials.firstIndex { $0.evaluations < share } ?? 0
    guard let proposal = methods[place].search.propose(using: &generator) else { return nil }
    return Proposal(values: proposal.values, mark: proposal.mark * methods.count + place)
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    _ = best.take(values, cost: cost)
    guard let mark else {
      for place in methods.indices {
        methods[place].search.learn(values, cost: cost, mark: nil, using: &generator)
      }
      return
    }
    let place = mark % methods.count
    methods[place].search.learn(
      values, cost: cost, mark: mark / methods.count, using: &generator)
    guard chosen == nil else { return }
    trials[place].add(cost)
    if trials.allSatisfy({ $0.evaluations >= share }) { choose(using: &generator) }
  }

  private mutating func choose(using generator: inout Philox) {
    let place = trials.indices.min {
      (trials[$0].cost, trials[$0].found) < (trials[$1].cost, trials[$1].found)
    }
    guard let place else { return }
    chosen = place
    trials[place].isChosen = true
    if let values = best.values {
      methods[place].search.learn(values, cost: best.cost, mark: nil, using: &generator)
    }
  }
}

/// What a method came to in its share of the evaluations.
struct SearchTrial: Sendable {
  let method: String
  private(set) var evaluations = 0
  private(set) var cost = Double.infinity
  /// The evaluation at which the lowest cost was found.
  private(set) var found = 0
  var isChosen = false

  init(method: String) { self.method = method }

  fileprivate mutating func add(_ cost: Double) {
    evaluations += 1
    if cost < self.cost { (self.cost, found) = (cost, evaluations) }
  }
}
