import SwiftDiscrete

var generator = Philox(seed: 1)
let digits = Glyphs.data(seed: 1).training
let batches = BatchStream(digits, size: 100, binarization: .dynamic, seed: 1)

// 784 pixels under 200 binary latents; `.disARM()` in place of `.nvil(…)` changes nothing else.
let network = BeliefNetwork(
  .init(visible: digits.pixelCount, layers: [200]), mean: digits.mean, using: &generator)
let baseline = NetworkBaseline(center: digits.mean, using: &generator)
var trainer = Trainer(
  Trained(model: network, estimators: LayerEstimators<Bernoulli>([.nvil(network: baseline)])),
  optimizer: Adam(), learningRate: 1e-3)

for step in 0..<1000 {
  let loss = try trainer.descend { $0.loss(of: batches[step], using: &generator) }
  if step % 100 == 99 { print("step \(step + 1): \(-loss) nats") }
}
