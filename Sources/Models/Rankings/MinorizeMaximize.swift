import RealModule

/// Plackett-Luce by minorize-maximize: every worth becomes its wins over the summed reciprocals of
/// the sets that hold it.
///
/// An iteration is one pass over the sets. Steps are extrapolated, as the plain ones can take
/// thousands. Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics
/// 2004; Varadhan and Roland, "Simple and globally convergent methods for accelerating the
/// convergence of any EM algorithm", Scandinavian Journal of Statistics 2008 (scheme S3).
struct MinorizeMaximize {
  let objective: PlackettLuceObjective
  var mostIterations = 200_000

  /// Log-worths of greatest likelihood, summing to zero, and the number of passes.
  func solve() throws(RankingFitError) -> (parameters: [Double], iterations: Int) {
    var current = try step([Double](repeating: 0, count: objective.items))
    var iterations = 1
    var progress = RankingSolution.Progress()
    while iterations < mostIterations {
      if progress.isDone(current.mismatch) { return (current.from, iterations) }
      let second = try step(current.next)
      // Where a geometric series of such steps would end.
      let first = zip(current.next, current.from).map { $0 - $1 }
      let bend = zip(zip(second.next, current.next), first).map { $0.0 - $0.1 - $1 }
      let (change, turn) = (squares(first), squares(bend))
      let length = turn > 0 ? max(1, (change / turn).squareRoot()) : 1
      let target = current.from.indices.map {
        current.from[$0] + 2 * length * first[$0] + length * length * bend[$0]
      }
      iterations += 2
      // An extrapolation that loses likelihood is dropped for the plain steps, which never do.
      if let next = improved(target, on: second.value) {
        current = next
      } else {
        current = try step(second.next)
      }
    }
    throw .notConverged(iterations: iterations)
  }

  private struct Step {
    let from: [Double]
    let next: [Double]
    let value: Double
    let mismatch: Double
  }

  private func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }

  private func step(_ logWorths: [Double]) throws(RankingFitError) -> Step {
    guard let pass = objective.pass(at: logWorths) else { throw .tooFarApart }
    let wins = objective.sets.wins
    var mismatch = 0.0
    for item in wins.indices {
      mismatch = max(mismatch, abs(wins[item] - pass.worths[item] * pass.rates[item]) / wins[item])
    }
    let next = RankingSolution.centered(wins.indices.map { Double.log(wins[$0] / pass.rates[$0]) })
    return Step(from: logWorths, next: next, value: pass.value, mismatch: mismatch)
  }

  private func improved(_ logWorths: [Double], on value: Double) -> Step? {
    guard let step = try? step(logWorths) else { return nil }
    return step.value >= value - objective.rounding(at: logWorths) ? step : nil
  }
}
