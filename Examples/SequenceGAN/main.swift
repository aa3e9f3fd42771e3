import SwiftDiscrete

// SeqGAN with the loop in your own hands: a generator of sequences learns from an oracle's samples,
// first by likelihood and then from what a discriminator says of its own, and is judged by two
// numbers, as one alone can be cheated.
var generator = Philox(seed: 1)
let oracle = SequenceGenerator(
  vocabulary: 200, length: 10, units: 16, deviation: 1, using: &generator)
let data = oracle.sample(2000, using: &generator)
let fresh = oracle.sample(2000, using: &generator)

// The gradient is REINFORCE with the mean of the other samples as baseline; `.none` is the paper's,
// and `StepwiseRELAX(vocabulary: 200, stateSize: 16, using: &generator)` another unbiased one.
var gan = SequenceGAN(
  generator: SequenceGenerator(vocabulary: 200, length: 10, units: 16, using: &generator),
  discriminator: SequenceDiscriminator(
    vocabulary: 200, filters: (1...5).map { .init(width: $0, count: 32) }, using: &generator),
  gradient: PolicyGradient(baseline: .leaveOneOut))

@MainActor func report(_ phase: String) {
  let samples = gan.generator.sample(2000, using: &generator)
  let (quality, diversity) = (
    oracle.negativeLogLikelihood(of: samples), gan.generator.negativeLogLikelihood(of: fresh)
  )
  print(
    "\(phase): samples under the oracle \(quality), fresh data under the generator \(diversity)")
}

print("the oracle on itself: \(oracle.negativeLogLikelihood(of: fresh)) nats a token")
report("untrained")
for epoch in 1...20 {
  let order = Array(0..<2000).shuffled(using: &generator)
  for first in stride(from: 0, to: 2000, by: 64) {
    _ = try gan.pretrain(on: data.rows(Array(order[first..<min(2000, first + 64)])))
  }
  if epoch % 10 == 0 { report("epoch \(epoch)") }
}
for _ in 0..<5 {
  _ = try gan.teachDiscriminator(with: data, epochs: 1, batchSize: 64, using: &generator)
}
for step in 1...30 {
  let reward = try gan.followDiscriminator(64, rollOuts: 8, using: &generator)
  _ = try gan.teachDiscriminator(with: data, epochs: 1, batchSize: 64, using: &generator)
  if step % 10 == 0 { report("step \(step), taken for data with probability \(reward)") }
}

print("samples:")
let samples = gan.generator.sample(5, using: &generator)
for row in 0..<5 {
  let tokens = samples.indices.values[(row * 10)..<(row * 10 + 10)]
  print("  " + tokens.map { "\($0)" }.joined(separator: " "))
}
