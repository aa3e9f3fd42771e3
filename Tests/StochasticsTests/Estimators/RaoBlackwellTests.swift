import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct RaoBlackwellTests {
  /// Standard scores of the gradient's mean, three samples beside the sum of the likeliest states.
  private static func scores<Base: DistinctSampling>(
    _ problem: Problem<Base>, _ cost: Cost, top: Int, rows: Int
  ) -> [Double] {
    var (exact, generator) = (Exact<Base>(), Philox(seed: 3))
    var estimator = RaoBlackwell<Base, Reinforce<Remainder<Base>, LeaveOneOutBaseline>>(
      top: top, Reinforce(samples: 3, baseline: .leaveOneOut))
    let expected = gradient(at: problem.parameters) {
      exact.expectation(
        over: problem.draws.distribution($0, 1), using: &generator,
        of: { (z: Base.Point, _: inout Philox) -> Tensor in cost(problem.values(z)) })
    }.scalars.map { Double($0) }
    let start = Tensor.zeros([rows] + problem.parameters.shape) + problem.parameters
    let variable = start.variable()
    let slopes = gradients(
      of: estimator.expectation(
        over: problem.rows(variable), using: &generator,
        of: { (z: Base.Point, _: inout Philox) -> Tensor in cost(problem.values(z)) }),
      withRespectTo: [variable])[0]
    var moments = Moments(coordinates: expected.count)
    for row in 0..<rows { moments.add(slopes.sliced(along: 0, at: row)) }
    return moments.zScores(against: expected, rounding: rounding)
  }

  @Test(
    "sum and sample, drawn for real: 60,000 draws, false alarms below 1e-6",
    arguments: Cost.allCases,
    [1, 3])
  func sumAndSample(cost: Cost, top: Int) {
    // Four costs, two numbers of states, nine coordinates.
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * 2 * 9)
    let found =
      Self.scores(bits, cost, top: top, rows: 20_000)
      + Self.scores(classes, cost, top: top, rows: 20_000)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("the same over structures: 15,000 draws, false alarms below 1e-6", arguments: [1, 2])
  func structures(top: Int) {
    let found =
      Self.scores(structured(BinaryTree(leaves: 5)), .quadratic, top: top, rows: 5000)
      + Self.scores(structured(Chain(steps: 2, labels: 2)), .quadratic, top: top, rows: 5000)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 2 * found.count)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("with all but one state summed nothing is random")
  func nearlyAll() {
    var (estimator, generator) = (
      RaoBlackwell<Bernoulli, Reinforce<Remainder<Bernoulli>, NoBaseline>>(
        top: 7, Reinforce(baseline: .none)), Philox(seed: 3)
    )
    var exact = Exact<Bernoulli>()
    let q = Bernoulli(logits: bits.parameters)
    let cost = { (z: Bits, _: inout Philox) -> Tensor in Cost.product(z.tensor) }
    let value = estimator.expectation(over: q, using: &generator, ofBlackBox: cost)
    let expected = exact.expectation(over: q, using: &generator, ofBlackBox: cost)
    #expect(abs(Double(value.item - expected.item)) < rounding)
    #expect(estimator.evaluations(over: q) == 8)
  }

  @Test("of a peaked law none of the states that are left out is drawn")
  func excluding() {
    var generator = Philox(seed: 97)
    for logit in [0, -1.3] as [Scalar] {
      let q = Bernoulli(logits: [20, logit])
      let first = q.likeliest(2)
      #expect(first.tensor.sliced(along: -1, at: 0).scalars == [1, 1])
      let rest = q.sample(1000, excluding: first, using: &generator)
      #expect(rest.tensor.sliced(along: -1, at: 0).scalars.allSatisfy { $0 == 0 })
    }
  }
}
