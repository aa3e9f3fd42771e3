import Foundation
import SwiftDiscrete

// Jigsaws put together by Gumbel-Sinkhorn without a word about which piece goes where. --signal
// image compares what was put together with the image that was cut up, as Mena et al. (2018) do.
// --signal judge does not even show that: an autoencoder has learned from other images, and the
// pieces are put so that it finds nothing odd. --data takes a folder of IDX files, such as MNIST;
// without it the built-in digits are drawn.
let options = Options(Array(CommandLine.arguments.dropFirst()))
let side = options.integer("side", 2...7)
let steps = options.integer("steps", 1...1_000_000)
let data = options.images(side: side)

let training = Puzzles(data.training, side: side)
// Progress is read off the one, the figures at the end off the other.
let validation = Puzzles(data.validation[0..<min(2000, data.validation.count)], side: side)
let test = Puzzles(data.test, side: side)
// Where there is a judge, it has the whole images and the assembler the puzzles of others.
let wholes = options.hasJudge ? training.count / 2 : 0
var generator = Philox(seed: options.seed)
let (watched, scrambled) = (
  validation.scrambled(using: &generator), test.scrambled(using: &generator)
)
let start = Date()

func report(_ name: String, _ puzzles: Puzzles, _ arranged: Tensor) {
  let score = puzzles.score(of: arranged)
  let shares = [score.pieces, score.puzzles].map { String(format: "%.1f%%", 100 * $0) }
  let seconds = Int(Date().timeIntervalSince(start))
  print("\(name): \(shares[0]) of the pieces right, \(shares[1]) of the puzzles, \(seconds) s")
}

print(
  "\(training.count - wholes) puzzles of \(test.placeCount) pieces to learn from, \(test.count) others to test on"
)
report("scrambled", test, scrambled)
var judging = Trainer(
  Judge(pixels: test.placeCount * test.pixelCount, using: &generator), optimizer: Adam(),
  learningRate: 1e-3, schedule: .cosine(over: steps))
if options.hasJudge {
  for _ in 1...steps {
    let images = training.batch(64, of: 0..<wholes, using: &generator).pieces
    _ = try judging.descend { $0.energy(images, of: images).mean() }
  }
  let energies = [test.pieces, scrambled].map { judging.model.energy($0, of: $0).mean().item }
  print(
    "judge of \(wholes) other images: energy \(energies[0]) of whole ones, \(energies[1]) of scrambled ones"
  )
}

let judge = judging.model
var trainer = Trainer(
  Assembler(
    pixels: test.pixelCount, places: test.placeCount,
    estimator: GumbelSinkhorn(temperature: 0.5), using: &generator),
  optimizer: Adam(), learningRate: 1e-3, schedule: .cosine(over: steps))
for step in 1...steps {
  let puzzles = training.batch(64, of: wholes..<training.count, using: &generator)
  let pieces = puzzles.scrambled(using: &generator)
  _ = try trainer.descend { assembler in
    assembler.loss(pieces, using: &generator) { arranged in
      options.hasJudge
        ? judge.energy(arranged, of: pieces)
        : (arranged - puzzles.pieces).squared().sum(along: -1).sum(along: -1)
    }
  }
  if step % max(1, steps / 8) == 0 {
    report("step \(step)", validation, trainer.model.assembled(watched))
  }
}

let assembled = trainer.model.assembled(scrambled)
report("\(test.count) test puzzles", test, assembled)

let shown = min(16, test.count)
var grid = ImageGrid(width: side * test.edge, height: side * test.edge, columns: shown)
for pieces in [scrambled, assembled, test.pieces] {
  grid.append(test.images(of: pieces.sliced(along: 0, 0..<shown)))
}
do {
  try atomicWrite(grid.png(scale: 2), to: options.text("out"))
} catch {
  Options.stop("\(error)")
}
print("\(options.text("out")): scrambled, put together, true")
