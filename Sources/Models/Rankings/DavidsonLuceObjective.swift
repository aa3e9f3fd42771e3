import RealModule

/// The log-likelihood of log-worths and tie prevalences under the Davidson-Luce model.
///
/// From a set of items A the group S is chosen with probability proportional to delta_|S| (prod_{i
/// in S} worth_i)^(1/|S|), delta_1 = 1. The normalizer is sum_k delta_k e_k(worth_i^(1/k), i in A),
/// e_k the elementary symmetric polynomial, which takes O(k) for each item that joins instead of a
/// sum over all groups: O(n D^2) for a chain of n items and ties of up to D. Firth, Kosmidis,
/// Turner, "Davidson-Luce model for multi-item choice with ties", 2019.
///
/// Parameters are the log-worths, then log delta of the tie sizes that occur. Gradient and
/// curvature come from one reverse pass in numbers that carry a derivative; all terms are positive.
struct DavidsonLuceObjective: RankingObjective {
  let sets: ChoiceSets
  /// The comparisons with a ghost item, which are never tied; the ghost's is then the last
  /// log-worth.
  let prior: PlackettLuceObjective?
  /// Sizes of what was chosen, 1 first.
  let orders: [Int]
  let statistics: [Double]

  var items: Int { prior?.items ?? sets.items }

  /// The sizes that occur are those of the parameters.
  ///
  /// Throws `RankingFitError.tiesUndetermined` when single items are never chosen, or one size
  /// whenever it could be.
  init(_ sets: ChoiceSets, prior: PlackettLuceObjective?) throws(RankingFitError) {
    let orders = sets.ties.indices.filter { $0 == 1 || sets.ties[$0] > 0 }
    for order in orders where orders.count > 1 {
      let chances = zip(sets.sizes, sets.weights).reduce(0) {
        $0 + ($1.0 >= order ? $1.1 : 0)
      }
      guard sets.ties[order] > 0, order == 1 || sets.ties[order] < chances else {
        throw .tiesUndetermined
      }
    }
    let width = orders.reduce(0) { $0 + $1 + 1 }
    guard (sets.items + 1) * width <= 1 << 26 else {
      throw .tooLarge("ties of too many sizes, \(orders.count), among \(sets.items) items")
    }
    self.init(sets, prior: prior, orders: orders)
  }

  /// Sizes of ties that the parameters are of, 1 first, among them all that occur.
  init(_ sets: ChoiceSets, prior: PlackettLuceObjective?, orders: [Int]) {
    self.sets = sets
    self.prior = prior
    self.orders = orders
    var wins = sets.wins
    if let prior {
      wins.append(0)
      for item in wins.indices { wins[item] += prior.sets.wins[item] }
    }
    statistics = wins + orders.dropFirst().map { $0 < sets.ties.count ? sets.ties[$0] : 0 }
  }

  /// Where to begin: equal worths, and prevalences that give every size about as often as it was
  /// chosen.
  ///
  /// There are so many large groups that prevalences of one would let them crowd out all others.
  var start: [Double] {
    var logFactorials = [0.0]
    for n in 1...max(1, sets.items) {
      logFactorials.append(logFactorials[n - 1] + Double.log(Double(n)))
    }
    /// The logarithm of how often a choice per group would choose groups of that size.
    func chances(_ order: Int) -> Double {
      Double.log(
        zip(sets.sizes, sets.weights).reduce(0) { sum, set in
          guard set.0 >= order else { return sum }
          let logCount =
            logFactorials[set.0] - logFactorials[order] - logFactorials[set.0 - order]
          return sum + set.1 * Double.exp(logCount)
        })
    }
    let single = chances(1) - Double.log(sets.ties[1])
    return [Double](repeating: 0, count: items)
      + orders.dropFirst().map { Double.log(sets.ties[$0]) - chances($0) + single }
  }

  func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double])? {
    for part in [parameters[..<items], [0] + parameters[items...]] {
      let (low, high) = (part.min() ?? 0, part.max() ?? 0)
      // Also refuses what is not a number.
      guard part.allSatisfy({ $0.isFinite }), high - low <= RankingSolution.widest else {
        return nil
      }
    }
    let still = [Double](repeating: 0, count: parameters.count)
    let (logNormalizers, expected) = pass(at: parameters, along: still)
    var sum = CompensatedSum()
    sum += -logNormalizers
    for (item, wins) in sets.wins.enumerated() { sum += wins * parameters[item] }
    for index in items..<parameters.count { sum += statistics[index] * parameters[index] }
    var gradient = statistics.indices.map { statistics[$0] - expected[$0].value }
    if let prior {
      guard let (priorValue, priorGradient) = prior.evaluate(at: Array(parameters[..<items])) else {
        return nil
      }
      sum += priorValue
      // The statistics hold the wins against the ghost.
      for item in 0..<items { gradient[item] += priorGradient[item] - prior.sets.wins[item] }
    }
    // The polynomials of a thousand items overflow.
    return sum.value.isFinite ? (sum.value, gradient) : nil
  }

  func curvature(at parameters: [Double]) -> (_ direction: [Double]) -> [Double] {
    let priorCurvature = prior?.curvature(at: Array(parameters[..<items]))
    return { direction in
      var result = pass(at: parameters, along: direction).expected.map(\.slope)
      if let priorCurvature {
        for (item, value) in priorCurvature(Array(direction[..<items])).enumerated() {
          result[item] += value
        }
      }
      return result
    }
  }

  /// The sum of the log-normalizers, and what the statistics should be, with their derivatives
  /// along `direction`.
  private func pass(
    at parameters: [Double], along direction: [Double]
  ) -> (logNormalizers: Double, expected: [Dual]) {
    let top = parameters[..<items].max() ?? 0
    // Where the polynomials of each order begin in a row of them: 1, e_1, ..., e_k.
    var starts: [Int] = []
    var width = 0
    for order in orders {
      starts.append(width)
      width += order + 1
    }
    let roots: [[Dual]] = orders.map { order in
      (0..<sets.items).map { item in
        let part = 1 / Double(order)
        return .exponential(of: (parameters[item] - top) * part, slope: direction[item] * part)
      }
    }
    let prevalences = orders.indices.map { index in
      index == 0
        ? Dual(1)
        : Dual.exponential(of: parameters[items + index - 1], slope: direction[items + index - 1])
    }
    var logNormalizers = CompensatedSum()
    var expected = [Dual](repeating: Dual(0), count: parameters.count)
    var rows = [Dual](repeating: Dual(0), count: (sets.items + 1) * width)
    for row in 0...sets.items {
      for start in starts { rows[row * width + start] = Dual(1) }
    }
    var weights = [Dual](repeating: Dual(0), count: sets.sizes.count)
    for chain in sets.chains {
      var joined = 0
      let largest = sets.sizes[chain.sets.upperBound - 1]
      for set in chain.sets {
        while joined < sets.sizes[set] {
          let item = Int(sets.members[chain.start + joined])
          for (index, order) in orders.enumerated() {
            let before = joined * width + starts[index]
            let (after, root) = (before + width, roots[index][item])
            for k in degrees(of: order, after: joined, of: largest) {
              rows[after + k + 1] = rows[before + k + 1] + root * rows[before + k]
            }
          }
          joined += 1
        }
        var normalizer = Dual(0)
        for (index, order) in orders.enumerated() {
          normalizer += prevalences[index] * rows[joined * width + starts[index] + order]
        }
        logNormalizers += sets.weights[set] * (Double.log(normalizer.value) + top)
        weights[set] = Dual(sets.weights[set]) / normalizer
      }
      backward(
        chain, width: width, starts: starts, roots: roots, prevalences: prevalences, rows: rows,
        weights: weights, expected: &expected)
    }
    return (logNormalizers.value, expected)
  }

  /// The degrees of the polynomials of `joined` items that matter for e_order of the whole chain,
  /// one less than those that the next item makes of them: higher ones are zero, lower ones cannot
  /// reach the order any more.
  private func degrees(of order: Int, after joined: Int, of largest: Int) -> Range<Int> {
    let low = max(0, order - (largest - joined))
    return low..<max(low, min(order, joined + 1))
  }

  /// Adds what the sets of a chain expect: the derivatives of their log-normalizers, from the
  /// largest set to the smallest.
  private func backward(
    _ chain: ChoiceSets.Chain, width: Int, starts: [Int], roots: [[Dual]], prevalences: [Dual],
    rows: [Dual], weights: [Dual], expected: inout [Dual]
  ) {
    var adjoints = [Dual](repeating: Dual(0), count: width)
    let largest = sets.sizes[chain.sets.upperBound - 1]
    for set in chain.sets.reversed() {
      let size = sets.sizes[set]
      for (index, order) in orders.enumerated() {
        let weight = weights[set] * prevalences[index]
        adjoints[starts[index] + order] += weight
        if index > 0 {
          expected[items + index - 1] += weight * rows[size * width + starts[index] + order]
        }
      }
      let smaller = set > chain.sets.lowerBound ? sets.sizes[set - 1] : 0
      for place in (smaller..<size).reversed() {
        let item = Int(sets.members[chain.start + place])
        for (index, order) in orders.enumerated() {
          let root = roots[index][item]
          let before = place * width + starts[index]
          var slope = Dual(0)
          for k in degrees(of: order, after: place, of: largest) {
            let adjoint = adjoints[starts[index] + k + 1]
            slope += adjoint * rows[before + k]
            adjoints[starts[index] + k] += root * adjoint
          }
          expected[item] += slope * root * Dual(1 / Double(order))
        }
      }
    }
  }
}
