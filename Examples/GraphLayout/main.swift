import Foundation
import SwiftDiscrete

// Trees that nobody shows: how the vertices of a tree move while it is laid out is foretold from
// lines that are drawn, by a law over trees, over so many lines, or over each line by itself.
// GraphLayout [STEPS] [SEEDS] [GRAPHS]
let words = Array(CommandLine.arguments.dropFirst())
let numbers = words.compactMap { Int($0) }.filter { $0 > 0 }
guard words.count <= 3, numbers.count == words.count else {
  FileHandle.standardError.write(
    Data("GraphLayout: expected positive numbers of steps, seeds and graphs\n".utf8))
  exit(64)
}
let (steps, seeds) = (numbers.first ?? 1000, numbers.dropFirst().first ?? 3)
let graphs = numbers.dropFirst(2).first ?? 5000
let (vertices, times, batch) = (10, 10, 50)

@MainActor func report(_ name: String, _ seed: Int, _ found: LineScore, _ more: String = "") {
  print(
    name.padding(toLength: 28, withPad: " ", startingAt: 0)
      + String(format: "%6d%11.1f%8.1f", seed, 100 * found.precision, 100 * found.recall) + more)
}

@MainActor func run<E: GradientEstimator>(
  _ name: String, _ seed: Int, _ training: Layouts, _ test: Layouts, _ estimator: E
) throws where E.Distribution: LineLaw {
  var generator = Philox(seed: UInt64(seed)).folding(1)
  var trainer = Trainer(
    Learner(
      model: LayoutModel(vertices: vertices, times: times, units: 64, using: &generator),
      estimator: estimator), optimizer: Adam(), learningRate: 3e-3,
    schedule: .cosine(over: steps), maximumNorm: 1000)
  let start = Date()
  for step in 1...steps {
    let rows = (0..<batch).map { _ in Int.random(in: 0..<graphs, using: &generator) }
    _ = try trainer.descend {
      $0.loss(of: training[rows], isHeld: step <= steps / 10, using: &generator)
    }
  }
  let seconds = Date().timeIntervalSince(start)
  let bound = Double(trainer.model.bounds(of: test, using: &generator).mean().item)
  report(
    name, seed, LineScore(trainer.model.lines(of: test), of: test),
    String(format: "%9.0f%9.0f", bound, seconds))
}

print("                              seed  precision  recall    bound  seconds")
for seed in 1...seeds {
  var generator = Philox(seed: UInt64(seed))
  let training = Layouts(graphs, vertices: vertices, times: times, using: &generator)
  let test = Layouts(500, vertices: vertices, times: times, using: &generator)
  let closest = Gibbs<SpanningTree>(lines: test.closeness, vertices: vertices).mode()
  report("tree of the closest", seed, LineScore(closest, of: test))
  try run(
    "tree, relaxed", seed, training, test,
    StochasticSoftmax<Gibbs<SpanningTree>>(temperature: 0.5))
  try run(
    "tree, leave-one-out of 4", seed, training, test,
    Reinforce<Gibbs<SpanningTree>, _>(samples: 4, baseline: LeaveOneOutBaseline()))
  try run(
    "nine lines, relaxed", seed, training, test, StochasticSoftmax<KSubset>(temperature: 0.5))
  try run(
    "each line, relaxed", seed, training, test, GumbelSoftmax<Bernoulli>(temperature: 0.5))
}
