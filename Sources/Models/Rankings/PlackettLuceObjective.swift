import RealModule

/// The log-likelihood of log-worths under the Plackett-Luce model: the sum of theta_winner - log
/// sum of exp(theta) over the stages.
///
/// Every pass takes O(items) for each chain and adds positive numbers only, so that small worths
/// lose no digits.
struct PlackettLuceObjective: RankingObjective {
  let sets: ChoiceSets

  var items: Int { sets.items }
  var statistics: [Double] { sets.wins }

  /// The result of one pass over all sets.
  struct Pass {
    /// exp(theta - max theta).
    let worths: [Double]
    let value: Double
    /// Per set the sum of its worths.
    let sums: [Double]
    /// Per item the sum of weight / sum over the sets that hold it: the denominators of
    /// minorize-maximize.
    let rates: [Double]
  }

  func pass(at logWorths: [Double]) -> Pass? {
    let top = logWorths.max() ?? 0
    // Also refuses what is not a number.
    guard logWorths.allSatisfy({ top - $0 <= RankingSolution.widest }) else { return nil }
    let worths = logWorths.map { Double.exp($0 - top) }
    var value = CompensatedSum()
    for (wins, logWorth) in zip(sets.wins, logWorths) { value += wins * (logWorth - top) }
    var sums = [Double](repeating: 0, count: sets.sizes.count)
    var rates = [Double](repeating: 0, count: items)
    for chain in sets.chains {
      var (sum, place) = (0.0, chain.start)
      for set in chain.sets {
        while place < chain.start + sets.sizes[set] {
          sum += worths[Int(sets.members[place])]
          place += 1
        }
        sums[set] = sum
        value += -sets.weights[set] * Double.log(sum)
      }
      var rate = 0.0
      for set in chain.sets.reversed() {
        rate += sets.weights[set] / sums[set]
        let before = set > chain.sets.lowerBound ? sets.sizes[set - 1] : 0
        for place in chain.start + before..<chain.start + sets.sizes[set] {
          rates[Int(sets.members[place])] += rate
        }
      }
    }
    return Pass(worths: worths, value: value.value, sums: sums, rates: rates)
  }

  func evaluate(at logWorths: [Double]) -> (value: Double, gradient: [Double])? {
    guard let pass = pass(at: logWorths) else { return nil }
    return (pass.value, sets.wins.indices.map { sets.wins[$0] - pass.worths[$0] * pass.rates[$0] })
  }

  func curvature(at logWorths: [Double]) -> (_ direction: [Double]) -> [Double] {
    guard let pass = pass(at: logWorths) else {
      fatalError("log-worths that are too far apart")
    }
    return { curvature(of: pass, along: $0) }
  }

  private func curvature(of pass: Pass, along direction: [Double]) -> [Double] {
    // The sum of p (u - p'u) over the sets, p the worths of a set divided by their sum.
    var means = [Double](repeating: 0, count: items)
    var ratios: [Double] = []
    for chain in sets.chains {
      var (sum, place) = (0.0, chain.start)
      ratios.removeAll(keepingCapacity: true)
      for set in chain.sets {
        while place < chain.start + sets.sizes[set] {
          let item = Int(sets.members[place])
          sum += pass.worths[item] * direction[item]
          place += 1
        }
        ratios.append(sets.weights[set] * sum / (pass.sums[set] * pass.sums[set]))
      }
      var total = 0.0
      for set in chain.sets.reversed() {
        total += ratios[set - chain.sets.lowerBound]
        let before = set > chain.sets.lowerBound ? sets.sizes[set - 1] : 0
        for place in chain.start + before..<chain.start + sets.sizes[set] {
          means[Int(sets.members[place])] += total
        }
      }
    }
    return means.indices.map {
      pass.worths[$0] * (direction[$0] * pass.rates[$0] - means[$0])
    }
  }
}
