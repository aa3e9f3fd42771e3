import Foundation
import SwiftDiscrete

// Trees that nobody shows: the value of a nested operation is found by messages along a tree that
// is drawn, and the gradient of what draws it comes from one estimator after another.
// ListOps [--steps 1000] [--length 10] [--depth 3] [--units 60] [--sentences 5000] [--seed 1]
// [--data FILE] [--only NAME]; without a file expressions are drawn.
var options = [
  "--steps": "1000", "--length": "10", "--depth": "3", "--units": "60", "--sentences": "5000",
  "--seed": "1", "--data": "", "--only": "",
]

func stop(_ message: String, _ code: Int32 = 64) -> Never {
  FileHandle.standardError.write(Data("ListOps: \(message)\n".utf8))
  exit(code)
}

let words = Array(CommandLine.arguments.dropFirst())
for index in stride(from: 0, to: words.count, by: 2) {
  guard options[words[index]] != nil, index + 1 < words.count else {
    stop(
      "\(words[index]) is not one of \(options.keys.sorted().joined(separator: ", ")) with a value")
  }
  options[words[index]] = words[index + 1]
}

@MainActor func whole(_ name: String, _ range: ClosedRange<Int>) -> Int {
  guard let value = Int(options[name] ?? ""), range.contains(value) else {
    stop("\(name) is \(options[name] ?? ""), expected a whole number in \(range)")
  }
  return value
}

let steps = whole("--steps", 1...1_000_000)
let (length, depth) = (whole("--length", 4...Sentences.longest), whole("--depth", 2...20))
let (units, count) = (whole("--units", 1...4096), whole("--sentences", 10...1_000_000))
let seed = UInt64(whole("--seed", 0...1_000_000))

var generator = Philox(seed: seed)
var expressions = ListOpsGrammar.simplified(length: length, depth: depth)
  .distinct(count + 1000, using: &generator)
let training = Array(expressions[..<count])
let test = Sentences(expressions[count...])
print("\(count) expressions to learn from, \(test.count) others to test on, \(steps) steps")

@MainActor func report(_ name: String, reader: TreeReader, arcs: Tensor, seconds: Double) {
  let found = reader.values(of: test, along: arcs).sliced(along: 0, at: 0).argmax(along: -1)
  let right = zip(found.values, test.values.values).count { $0 == $1 }
  let (good, all) = test.rightArguments(of: arcs.sliced(along: 0, at: 0))
  let figures = [Double(right) / Double(test.count), Double(good) / Double(all)]
    .map { String(format: "%9.1f", 100 * $0) }.joined()
  print(
    name.padding(toLength: 36, withPad: " ", startingAt: 0) + figures
      + String(format: "%9.0f", seconds))
}

@MainActor func run<E: GradientEstimator>(_ name: String, _ estimator: E) throws
where E.Distribution: ArcLaw {
  guard name.contains(options["--only"] ?? "") || options["--only"] == "" else { return }
  var generator = Philox(seed: seed).folding(1)
  var trainer = Trainer(
    Learner(
      reader: TreeReader(units: units, rounds: depth, using: &generator), estimator: estimator),
    optimizer: Adam(), learningRate: 1e-3, maximumNorm: 1)
  let start = Date()
  for step in 1...steps {
    let batch = Sentences((0..<100).map { _ in training.randomElement(using: &generator)! })
    let loss = try trainer.descend { $0.loss(of: batch, using: &generator) }
    if step % 250 == 0 { print("step \(step) \(loss)") }
  }
  report(
    name, reader: trainer.model.reader, arcs: trainer.model.arcs(of: test),
    seconds: Date().timeIntervalSince(start))
}

@MainActor func runGold() throws {
  guard "gold".contains(options["--only"] ?? "") || options["--only"] == "" else { return }
  var generator = Philox(seed: seed).folding(1)
  var trainer = Trainer(
    TreeReader(units: units, rounds: depth, using: &generator),
    optimizer: Adam(), learningRate: 1e-3, maximumNorm: 1)
  let start = Date()
  for _ in 1...steps {
    let batch = Sentences((0..<100).map { _ in training.randomElement(using: &generator)! })
    _ = try trainer.descend {
      -$0.values(of: batch, along: batch.arcs.expandingDimensions(at: 0))
        .logProbability(ofClasses: batch.values.repeated(1)).mean()
    }
  }
  report(
    "gold", reader: trainer.model, arcs: test.arcs.expandingDimensions(at: 0),
    seconds: Date().timeIntervalSince(start))
}
try runGold()
typealias Trees = Gibbs<ProjectiveDependencies>
print("                                     accuracy     tree  seconds")
try run("SIMPLE", StraightThrough<Trees>())
try run("stochastic softmax", StochasticSoftmax<Trees>(temperature: 1))
try run("RLOO", Reinforce<Trees, _>(samples: 4, baseline: LeaveOneOutBaseline()))
try run("I-MLE", IMLE<Trees>(step: 1))
try run("I-MLE 30", IMLE<Trees>(step: 30))
try run("I-MLE 4", IMLE<Trees>(step: 3, samples: 4))
try run("softmax 0.3", StochasticSoftmax<Trees>(temperature: 0.3))
try run("SIMPLE 4", StraightThrough<Trees>(samples: 4))
try run("SparseMAP", SparseMAP<Trees>())
try run("heads: ST Gumbel 0.01", GumbelSoftmax<Categorical>(temperature: 0.01, isHard: true))
try run("heads: ST Gumbel 1", GumbelSoftmax<Categorical>(temperature: 1, isHard: true))
try run("heads: Gumbel-Rao 0.01", GumbelRao<Categorical>(temperature: 0.01, inner: 100))
try run("heads: RLOO", Reinforce<Categorical, _>(samples: 4, baseline: LeaveOneOutBaseline()))
