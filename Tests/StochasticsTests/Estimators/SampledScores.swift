import DiscreteTesting
import Stochastics
import Tensors

/// Standard scores of the mean gradient over `rows` estimates.
func sampledScores<Base: EnumerableDistribution>(
  _ estimator: some GradientEstimator<Base>, _ problem: Problem<Base>, _ cost: Cost, rows: Int
) -> [Double] {
  var (estimator, exact, generator) = (estimator, Exact<Base>(), Philox(seed: 17))
  let own = Tensor([1, 0.5])
  func total(_ z: Base.Point) -> Tensor { problem.check(cost).cost(z, own) }
  let expected = gradient(at: problem.parameters) {
    exact.expectation(
      over: problem.draws.distribution($0, 1), using: &generator,
      of: { (z: Base.Point, _: inout Philox) -> Tensor in total(z) })
  }.scalars.map { Double($0) }
  let start = Tensor.zeros([rows] + problem.parameters.shape) + problem.parameters
  let slopes = gradient(at: start) {
    estimator.expectation(
      over: problem.rows($0), using: &generator,
      of: { (z: Base.Point, _: inout Philox) -> Tensor in total(z) })
  }
  var moments = Moments(coordinates: expected.count)
  for row in 0..<rows { moments.add(slopes.sliced(along: 0, at: row)) }
  return moments.zScores(against: expected, rounding: rounding)
}
