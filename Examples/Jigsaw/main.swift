import Foundation
import SwiftDiscrete

// Jigsaws put together by Gumbel-Sinkhorn, the image as a whole the only signal: no piece's place is ever shown.
// --data takes a folder of IDX files, such as MNIST; without it the built-in digits are drawn.
let options = Options(Array(CommandLine.arguments.dropFirst()))
let side = options.integer("side", 2...7)
let steps = options.integer("steps", 1...1_000_000)
let folder = options.text("data")
let data: ImageData
do {
  data = folder.isEmpty ? Glyphs.data(seed: 1) : try ImageData(folder: folder)
} catch {
  Options.stop("\(error)")
}

let training = Puzzles(data.training, side: side)
let test = Puzzles(data.test[0..<min(2000, data.test.count)], side: side)
var generator = Philox(seed: UInt64(options.integer("seed", 0...Int(Int32.max))))
let scrambled = test.scrambled(using: &generator)
var trainer = Trainer(
  Assembler(
    pixels: test.pixelCount, places: test.placeCount,
    estimator: GumbelSinkhorn(temperature: 0.5), using: &generator),
  optimizer: Adam(), learningRate: 1e-3, schedule: .cosine(over: steps))

func report(_ name: String, _ arranged: Tensor) {
  let score = test.score(of: arranged)
  let shares = [score.pieces, score.puzzles].map { String(format: "%.1f%%", 100 * $0) }
  print("\(name): \(shares[0]) of the pieces right, \(shares[1]) of the puzzles")
}
print(
  "\(training.count) puzzles of \(test.placeCount) pieces to learn from, \(test.count) to test on")
report("scrambled", scrambled)
let start = Date()
for step in 1...steps {
  let batch = training[(0..<64).map { _ in Int.random(in: 0..<training.count, using: &generator) }]
  let pieces = batch.scrambled(using: &generator)
  let loss = try trainer.descend {
    $0.loss(pieces, truth: batch.pieces, using: &generator)
  }
  if step % max(1, steps / 8) == 0 {
    let seconds = Int(Date().timeIntervalSince(start))
    report(
      "step \(step), \(seconds) s, loss \(String(format: "%.2f", loss))",
      trainer.model.assembled(scrambled))
  }
}

let shown = 16
var grid = ImageGrid(width: side * test.edge, height: side * test.edge, columns: shown)
for pieces in [scrambled, trainer.model.assembled(scrambled), test.pieces] {
  grid.append(test.images(of: pieces.sliced(along: 0, 0..<min(shown, test.count))))
}
let out = options.text("out")
try atomicWrite(grid.png(scale: 2), to: out)
print("\(out): scrambled, put together, true")
