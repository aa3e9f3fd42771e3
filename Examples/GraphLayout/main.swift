import Foundation
import SwiftDiscrete

// Trees that nobody shows: how the vertices of a tree move while it is laid out is foretold from
// lines that are drawn, by a law over trees, over so many lines, or over each line by itself.
// GraphLayout [STEPS] [SEEDS] [GRAPHS]
let words = Array(CommandLine.arguments.dropFirst())
let numbers = words.compactMap { Int($0) }.filter { $0 > 0 }
guard words.count <= 4 else {
  FileHandle.standardError.write(
    Data("GraphLayout: expected positive numbers of steps, seeds and graphs\n".utf8))
  exit(64)
}
let (steps, seeds) = (numbers.first ?? 2000, numbers.dropFirst().first ?? 3)
let graphs = numbers.dropFirst(2).first ?? 5000
let (vertices, times, units, batch) = (10, 10, 64, 50)
let variance = 5e-5

@MainActor func run<E: GradientEstimator>(_ name: String, _ estimator: E) throws
where E.Distribution: LineLaw {
  for seed in 1...seeds {
    guard words.count < 4 || name.contains(words[3]) else { continue }
    var generator = Philox(seed: UInt64(seed))
    let training = Layouts(graphs, vertices: vertices, times: times, using: &generator)
    let test = Layouts(500, vertices: vertices, times: times, using: &generator)
    var trainer = Trainer(
      Learner(
        model: LayoutModel(vertices: vertices, times: times, units: units, using: &generator),
        estimator: estimator), optimizer: Adam(), learningRate: 3e-3,
      schedule: .cosine(over: steps), maximumNorm: 1000)
    let start = Date()
    for step in 1...steps {
      let rows = (0..<batch).map { _ in Int.random(in: 0..<graphs, using: &generator) }
      let loss = try trainer.descend {
        $0.loss(
          of: training[rows],
          variance: variance * pow(100, max(0, 1 - Double(step) / (0.6 * Double(steps)))),
          using: &generator)
      }
      if step % 250 == 0 {
        print(
          "step \(step) \(loss) \(trainer.model.figures(of: test, variance: variance, using: &generator))"
        )
      }
    }
    let figures = trainer.model.figures(of: test, variance: variance, using: &generator)
    print(
      name.padding(toLength: 36, withPad: " ", startingAt: 0)
        + String(
          format: "%6d%9.0f%9.1f%9.1f%9.0f", seed, figures.bound, 100 * figures.precision,
          100 * figures.recall, Date().timeIntervalSince(start)))
  }
}

print("                                      seed    bound precision   recall  seconds")
try run("tree, SIMPLE", StraightThrough<Gibbs<SpanningTree>>())
try run("tree, SIMPLE 4", StraightThrough<Gibbs<SpanningTree>>(samples: 4))
try run(
  "tree, RLOO", Reinforce<Gibbs<SpanningTree>, _>(samples: 4, baseline: LeaveOneOutBaseline()))
try run("tree, relaxed", StochasticSoftmax<Gibbs<SpanningTree>>(temperature: 0.5))
try run("9 lines, SIMPLE", StraightThrough<KSubset>())
try run("9 lines, relaxed", StochasticSoftmax<KSubset>(temperature: 0.5))
try run("each line, straight-through", StraightThrough<Bernoulli>())
try run("each line, relaxed", GumbelSoftmax<Bernoulli>(temperature: 0.5))
