import SwiftDiscrete

/// A network from noise to the logits of bits that are independent given it, and the estimator that
/// trains it.
struct Generator<Estimator: GradientEstimator<Bernoulli>>: Parameterized, Sendable {
  var network: Perceptron
  var estimator: Estimator
  let noise: Int

  init(bits: Int, noise: Int, units: Int, estimator: Estimator, using generator: inout Philox) {
    network = Perceptron(inputs: noise, hidden: [units, units], outputs: bits, using: &generator)
    self.estimator = estimator
    self.noise = noise
  }

  /// Some noise, and the law of the bits given each of its rows.
  private func law(_ count: Int, using generator: inout Philox) -> (z: Tensor, q: Bernoulli) {
    let z = Tensor.randomNormal([count, noise], using: &generator)
    return (z, Bernoulli(logits: network(z)))
  }

  /// Bits all at once, [count, bits].
  func sample(_ count: Int, using generator: inout Philox) -> Tensor {
    law(count, using: &generator).q.sample(1, using: &generator).tensor
      .sliced(along: 0, at: 0)
  }

  /// The expected -log of the judge's probability of being data, which the estimator alone
  /// differentiates in the logits.
  mutating func loss(
    _ count: Int, judge: Perceptron, using generator: inout Philox
  ) -> Tensor {
    let (z, q) = law(count, using: &generator)
    return estimator.expectation(over: q, given: z, using: &generator) { x, _ in
      (-judge(x)).softplus().sum(along: -1)
    }.mean()
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("network", &network)
    visitor.visit("estimator", &estimator)
  }
}

/// Trains a generator against a judge in turn; returns the moving average of its weights.
///
/// The two circle around each other, and the average lies inside the circle.
func train<Estimator: GradientEstimator<Bernoulli>>(
  on data: Bitmaps, steps: Int, estimator: (inout Philox) -> Estimator
) throws -> Generator<Estimator> {
  let (batch, kept) = (64, Scalar(0.998))
  var generator = Philox(seed: 1)
  let bits = data.pairs.count
  let model = Generator(
    bits: bits, noise: 32, units: 128, estimator: estimator(&generator), using: &generator)
  var artist = Trainer(model, optimizer: Adam(beta1: 0.5), learningRate: 1e-3)
  var judge = Trainer(
    Perceptron(inputs: bits, hidden: [128, 128], outputs: 1, using: &generator),
    optimizer: Adam(beta1: 0.5), learningRate: 1e-3)
  var average = model
  for _ in 0..<steps {
    let real = data.batch(batch, using: &generator)
    let fake = artist.model.sample(batch, using: &generator)
    _ = try judge.descend { judge in
      let (real, fake) = (judge(real), judge(fake))
      // Certainty about data is held down: without it the generator flees from sample to sample.
      return (-real).softplus().mean() + fake.softplus().mean()
        + (real.squared().mean() + fake.squared().mean()) * 0.01
    }
    let critic = judge.model
    _ = try artist.descend { $0.loss(batch, judge: critic, using: &generator) }
    average.network.move(toward: artist.model.network, by: 1 - kept)
  }
  return average
}
