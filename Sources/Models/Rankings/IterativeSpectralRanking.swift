import RealModule

/// Plackett-Luce by iterated spectral ranking: worths are the stationary law of a chain that moves
/// from every loser of a stage to its winner at the rate 1 / sum of the worths in its set, until
/// the rates and the law agree.
///
/// An iteration takes one pass over the choices and O(items^3) for the law. Maystre and
/// Grossglauser, "Fast and accurate inference of Plackett-Luce models", NIPS 2015.
struct IterativeSpectralRanking {
  let objective: PlackettLuceObjective
  var mostIterations = 10_000
  /// Per set its winners, each once.
  private let choices: [ChoiceSets.Choice]

  init(objective: PlackettLuceObjective) {
    self.objective = objective
    let sorted = objective.sets.choices.sorted { ($0.set, $0.winner) < ($1.set, $1.winner) }
    var choices: [ChoiceSets.Choice] = []
    for choice in sorted {
      if let last = choices.last, last.set == choice.set, last.winner == choice.winner {
        choices[choices.count - 1].weight += choice.weight
      } else {
        choices.append(choice)
      }
    }
    self.choices = choices
  }

  /// Log-worths of greatest likelihood, summing to zero, and the number of chains that were solved.
  func solve() throws(RankingFitError) -> (parameters: [Double], iterations: Int) {
    let wins = objective.sets.wins
    var logWorths = [Double](repeating: 0, count: objective.items)
    var progress = RankingSolution.Progress()
    for iteration in 0..<mostIterations {
      guard let pass = objective.pass(at: logWorths) else { throw .tooFarApart }
      let gradient = wins.indices.map { wins[$0] - pass.worths[$0] * pass.rates[$0] }
      if progress.isDone(objective.mismatch(gradient)) { return (logWorths, iteration) }
      let law = Self.stationaryLaw(rates: rates(pass), states: objective.items)
      logWorths = RankingSolution.centered(law.map { Double.log($0) })
    }
    throw .notConverged(iterations: mostIterations)
  }

  /// The rate into state j from state i at [j * items + i].
  private func rates(_ pass: PlackettLuceObjective.Pass) -> [Double] {
    let (sets, n) = (objective.sets, objective.items)
    var rates = [Double](repeating: 0, count: n * n)
    var next = 0
    for chain in sets.chains {
      // Choices are in the order of their sets, and chains as well.
      while next < choices.count, Int(choices[next].set) < chain.sets.upperBound {
        let (set, row) = (Int(choices[next].set), Int(choices[next].winner) * n)
        let rate = choices[next].weight / pass.sums[set]
        for place in chain.start..<chain.start + sets.sizes[set] {
          rates[row + Int(sets.members[place])] += rate
        }
        next += 1
      }
    }
    return rates
  }

  /// The stationary law of a connected chain, up to a factor, by eliminating state after state.
  ///
  /// Nothing is subtracted, so every entry is accurate relative to itself: Grassmann, Taksar,
  /// Heyman, "Regenerative analysis and steady state distributions for Markov chains", Operations
  /// Research 1985. The diagonal is not read.
  static func stationaryLaw(rates: [Double], states n: Int) -> [Double] {
    var rates = rates
    for last in stride(from: n - 1, to: 0, by: -1) {
      var leaving = 0.0
      for to in 0..<last { leaving += rates[to * n + last] }
      for from in 0..<last { rates[last * n + from] /= leaving }
      for to in 0..<last {
        let through = rates[to * n + last]
        guard through > 0 else { continue }
        for from in 0..<last { rates[to * n + from] += rates[last * n + from] * through }
      }
    }
    var law = [1.0]
    for state in 1..<max(n, 1) {
      law.append((0..<state).reduce(0) { $0 + law[$1] * rates[state * n + $1] })
    }
    return law
  }
}
