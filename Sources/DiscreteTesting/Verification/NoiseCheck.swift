package import Stochastics
package import Tensors

/// Compares enumeration with the sum over an estimator's noise, on one cost.
package struct NoiseCheck<Base: EnumerableDistribution> {
  package let problem: Problem<Base>
  package let cost: Cost

  package init(problem: Problem<Base>, cost: Cost) {
    (self.problem, self.cost) = (problem, cost)
  }

  /// The largest differences from enumeration of the value, of the gradient in the parameters, and
  /// of that in the cost's own.
  ///
  /// - Parameter estimate: the results, [rows], at parameters of a batch of rows and of a cost with
  ///   parameters of its own.
  package func errors(
    weights: Tensor, scale: Scalar = 1,
    _ estimate: (_ q: Base, _ cost: @escaping (Base.Point) -> Tensor) -> Tensor
  ) -> (value: Double, gradient: Double, direct: Double) {
    let check = problem.check(cost)
    let (variable, own) = (problem.parameters.variable(), check.costParameters.variable())
    let expected = expectation(variable, own)
    let results = estimate(problem.draws.distribution(variable, weights.count)) {
      check.cost($0, own)
    }
    let mean = (results * weights).sum()
    let slopes = gradients(of: mean, withRespectTo: [variable, own])
    let exact = gradients(of: expected, withRespectTo: [variable, own])
    func distance(_ a: Tensor, _ b: Tensor) -> Double {
      zip(a.scalars, b.scalars).map { pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : difference
      }.max() ?? 0
    }
    return (
      distance(mean.detached(), expected.detached()), distance(slopes[0], exact[0] * scale),
      distance(slopes[1], exact[1])
    )
  }

  private func expectation(_ parameters: Tensor, _ own: Tensor) -> Tensor {
    let q = problem.draws.distribution(parameters, 1)
    let states = q.states()
    return (q.logProbability(states).exp() * problem.check(cost).cost(Base.point(states), own))
      .sum()
  }
}

/// The cuts at which the bits of an antithetic pair change, for logits.
package func antitheticCuts(_ logits: Tensor) -> [[Double]] {
  logits.sigmoid().scalars.map { [Double($0), 1 - Double($0)] }
}
