/// Newton's method for a concave log-likelihood, each step by preconditioned conjugate gradients
/// and shortened until it gains.
///
/// The preconditioner is what the diagonal of the Hessian is near, the observed statistics. Nocedal
/// and Wright, "Numerical optimization", 2006, chapter 7.
struct NewtonMaximizer<Objective: RankingObjective> {
  let objective: Objective
  var mostIterations = 500

  /// Parameters of greatest likelihood, log-worths summing to zero, and the number of steps.
  func solve(
    from start: [Double]
  ) throws(RankingFitError) -> (parameters: [Double], iterations: Int) {
    var parameters = start
    guard var (value, gradient) = objective.evaluate(at: parameters) else { throw .tooFarApart }
    var progress = RankingSolution.Progress()
    for iteration in 0..<mostIterations {
      let mismatch = objective.mismatch(gradient)
      if progress.isDone(mismatch) { return (parameters, iteration) }
      let direction = step(at: parameters, gradient, accuracy: max(1e-6, min(0.1, mismatch)))
      let gain = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard gain > 0 else { throw .flat }
      let rounding = objective.rounding(at: parameters)
      var (length, isWide) = (1.0, false)
      while true {
        let target = centered(zip(parameters, direction).map { $0 + length * $1 })
        // Rounding of the value hides gains as small as those of the last steps.
        if let found = objective.evaluate(at: target) {
          isWide = false
          if found.value >= value + 1e-4 * length * gain - rounding {
            (parameters, value, gradient) = (target, found.value, found.gradient)
            break
          }
        } else {
          isWide = true
        }
        length /= 2
        guard length > 1e-12 else {
          throw isWide ? .tooFarApart : .notConverged(iterations: iteration)
        }
      }
    }
    throw .notConverged(iterations: mostIterations)
  }

  private func centered(_ parameters: [Double]) -> [Double] {
    RankingSolution.centered(Array(parameters.prefix(objective.items)))
      + parameters.dropFirst(objective.items)
  }

  /// Solves curvature x = gradient up to a relative `accuracy`.
  private func step(at parameters: [Double], _ gradient: [Double], accuracy: Double) -> [Double] {
    let curvature = objective.curvature(at: parameters)
    let scale = objective.statistics
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    // A constant added to all log-worths has no curvature: what rounding leaves along it has to go.
    let total = scale[..<objective.items].reduce(0, +)
    func project(_ residual: inout [Double]) {
      let excess = residual[..<objective.items].reduce(0, +) / total
      for item in 0..<objective.items { residual[item] -= excess * scale[item] }
    }
    var solution = [Double](repeating: 0, count: gradient.count)
    var residual = gradient
    project(&residual)
    var direction = zip(residual, scale).map { $0 / $1 }
    var norm = dot(residual, direction)
    let target = accuracy * accuracy * norm
    for _ in 0..<10 * gradient.count + 50 where norm > target {
      let image = curvature(direction)
      let bend = dot(direction, image)
      guard bend > 0 else { break }
      let length = norm / bend
      for index in solution.indices {
        solution[index] += length * direction[index]
        residual[index] -= length * image[index]
      }
      project(&residual)
      let preconditioned = zip(residual, scale).map { $0 / $1 }
      let next = dot(residual, preconditioned)
      for index in direction.indices {
        direction[index] = preconditioned[index] + next / norm * direction[index]
      }
      norm = next
    }
    return solution
  }
}
