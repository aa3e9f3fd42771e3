import Stochastics
import Tensors

/// Gradients in three logits of E[(c - 1.5)²], where the classes cost 0, 1 and 4: a square in the
/// point, so that relaxing it matters.
struct RelaxedGradients {
  static let costs: [Scalar] = [0, 1, 4]
  static let middle: Scalar = 1.5

  let study: GradientStudy<Categorical>
  /// The exact gradient.
  let target: [Double]
  let draws: Int
  let seed: UInt64

  init(draws: Int, seed: UInt64) {
    (self.draws, self.seed) = (draws, seed)
    let costs = Tensor(Self.costs)
    study = GradientStudy<Categorical>(
      parameters: Tensor(Picture.probabilities, shape: [1, 3]).log(),
      distribution: { Categorical(logits: $0) },
      cost: { (($0 * costs).sum(along: -1).sum(along: -1) - Self.middle).squared() })
    var (exact, generator) = (Exact<Categorical>(), Philox(seed: 0))
    target = gradient(at: study.parameters) { [study] logits in
      exact.expectation(
        over: Categorical(logits: logits), using: &generator,
        of: { (point: Tensor, _: inout Philox) -> Tensor in study.cost(point) })
    }.scalars.map { Double($0) }
  }

  /// The norm of the bias of a Gumbel-Softmax, and the variance summed over the logits.
  func errors(temperature: Double, isHard: Bool) -> (bias: Double, variance: Double) {
    let found = study.measure(
      GumbelSoftmax(temperature: .constant(temperature), isHard: isHard), draws: draws, pilot: 0,
      seed: seed)
    let bias = zip(found.mean, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (bias.squareRoot(), found.variance)
  }
}
