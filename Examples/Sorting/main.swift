import SwiftDiscrete

// Learning to sort images of numbers from their order alone, the loop in your own hands. What a
// digit means is never told.
let digits = Glyphs.data(seed: 1)
let training = DigitSequences(images: digits.training, length: 5, digits: 2)
let test = DigitSequences(images: digits.test, length: 5, digits: 2)

// A score for each image; the loss is how improbable the true order is under the relaxed sort of
// the scores. For another method put `.softSort(.absolute)`, `MatchingSorting()` or
// `SampledSorting(.distance, estimator: ...)` here.
var generator = Philox(seed: 1)
var trainer = Trainer(
  Sorter(
    scorer: ImageScorer(
      height: training.size.height, width: training.size.width, using: &generator),
    objective: RelaxedSorting(.neuralSort, temperature: 1)),
  optimizer: Adam(), learningRate: 1e-3)

for step in 1...300 {
  let batch = training.batch(20, from: generator.split())
  let loss = try trainer.descend { sorter in
    sorter.loss(of: batch.items, order: batch.order, using: &generator).mean()
  }
  if step % 50 == 0 { print("step \(step): \(loss) nats a place") }
}

var accuracy = SortingAccuracy()
for _ in 0..<10 {
  let batch = test.batch(50, from: generator.split())
  accuracy.add(trainer.model.order(of: batch.items), against: batch.order)
}
print(
  "of \(accuracy.sequences) unseen sequences \(accuracy.exact) sorted whole, places right \(accuracy.elementwise)"
)

// Five of them as they came and, below, as they are sorted.
let batch = test.batch(5, from: generator.split())
let found = trainer.model.order(of: batch.items)
let (n, pixels) = (training.length, training.size.height * training.size.width)
let images = batch.items.reshaped([5, n, pixels])
var picture = ImageGrid(width: training.size.width, height: training.size.height, columns: n)
for sequences in [images, found.arranging(images)] {
  picture.append(sequences.reshaped([5 * n, pixels]))
}
try atomicWrite(picture.png(), to: "sorting.png")
print("sorting.png")
