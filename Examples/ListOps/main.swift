import Foundation
import SwiftDiscrete

// Trees that nobody shows: the value of a nested operation is found by messages along a tree that
// is drawn, and the gradient of what draws it comes from one estimator after another.
// ListOps [--steps 2000] [--length 10] [--depth 3] [--units 60] [--sentences 5000] [--seed 1]
// [--data FILE]; without a file expressions are drawn.
var options = [
  "--steps": "2000", "--length": "10", "--depth": "3", "--units": "60", "--sentences": "5000",
  "--seed": "1", "--data": "",
]

func stop(_ message: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("ListOps: \(message)\n".utf8))
  exit(code)
}

let words = Array(CommandLine.arguments.dropFirst())
for index in stride(from: 0, to: words.count, by: 2) {
  guard options[words[index]] != nil, index + 1 < words.count else {
    let names = options.keys.sorted().joined(separator: ", ")
    stop("\(words[index]) is not one of \(names) with a value", 64)
  }
  options[words[index]] = words[index + 1]
}

@MainActor func whole(_ name: String, _ range: ClosedRange<Int>) -> Int {
  guard let value = Int(options[name] ?? ""), range.contains(value) else {
    stop("\(name) is \(options[name] ?? ""), expected a whole number in \(range)", 64)
  }
  return value
}

let path = options["--data"] ?? ""
let steps = whole("--steps", 1...1_000_000)
let (length, depth) = (whole("--length", 6...Sentences.longest), whole("--depth", 2...20))
let units = whole("--units", 1...4096)
// Of at most six tokens there are 33,300 expressions.
let count = whole("--sentences", 1...(length == 6 && path.isEmpty ? 20_000 : 100_000))
let seed = UInt64(whole("--seed", 0...1_000_000))

var noise = Philox(seed: seed)
var expressions: [ListOps]
if path.isEmpty {
  expressions = ListOpsGrammar.simplified(length: length, depth: depth)
    .distinct(count + 1000, using: &noise)
} else {
  do {
    expressions = try ListOps.expressions(of: path)
  } catch {
    stop("\(error)", error.kind == .malformed ? 65 : 66)
  }
  if let place = expressions.firstIndex(where: { $0.tokens.count > Sentences.longest }) {
    let found = expressions[place].tokens.count
    stop(
      "\(path): expression \(place + 1) has \(found) tokens, more than \(Sentences.longest)", 65)
  }
  guard expressions.count > 1 else { stop("\(path): one expression, two are needed", 65) }
  expressions.shuffle(using: &noise)
}
let trainingCount = path.isEmpty ? count : expressions.count - max(1, expressions.count / 6)
let training = Array(expressions[..<trainingCount])
let test = Sentences(expressions[trainingCount...])
print("\(trainingCount) expressions to learn from, \(test.count) others to test on, \(steps) steps")

@MainActor func run(_ name: String, _ make: (TreeReader) -> some Reading) throws {
  var generator = Philox(seed: seed).folding(1)
  var trainer = Trainer(
    make(TreeReader(units: units, rounds: depth, using: &generator)), optimizer: Adam(),
    learningRate: 1e-3, maximumNorm: 1)
  let start = Date()
  for _ in 1...steps {
    let batch = Sentences(
      (0..<100).map { _ in training[Int.random(in: training.indices, using: &generator)] })
    _ = try trainer.descend { $0.loss(of: batch, using: &generator) }
  }
  let seconds = Date().timeIntervalSince(start)
  let model = trainer.model
  let arcs = model.arcs(of: test, using: &generator)
  let found = model.reader.values(of: test, along: arcs).sliced(along: 0, at: 0).argmax(along: -1)
  let right = zip(found.values, test.values.values).count { $0 == $1 }
  let arguments = test.rightArguments(of: arcs.sliced(along: 0, at: 0))
  print(
    name.padding(toLength: 34, withPad: " ", startingAt: 0)
      + String(
        format: "%8.1f%8.1f%8.0f", 100 * Double(right) / Double(test.count),
        100 * Double(arguments.right) / Double(max(1, arguments.all)), seconds))
}

typealias Trees = Gibbs<ProjectiveDependencies>
typealias Heads = Categorical
print("                                  accuracy    tree seconds")
try run("the true tree") { Given(reader: $0, isTrue: true) }
try run("any tree") { Given(reader: $0, isTrue: false) }
try run("trees: SIMPLE") { Learner(reader: $0, estimator: StraightThrough<Trees>()) }
try run("trees: stochastic softmax 1") {
  Learner(reader: $0, estimator: StochasticSoftmax<Trees>(temperature: 1))
}
try run("trees: leave-one-out, 4") {
  Learner(
    reader: $0, estimator: Reinforce<Trees, _>(samples: 4, baseline: LeaveOneOutBaseline()))
}
try run("trees: SparseMAP") { Learner(reader: $0, estimator: SparseMAP<Trees>()) }
try run("trees: I-MLE") { Learner(reader: $0, estimator: IMLE<Trees>()) }
try run("heads: leave-one-out, 4") {
  Learner(
    reader: $0, estimator: Reinforce<Heads, _>(samples: 4, baseline: LeaveOneOutBaseline()))
}
for temperature in [1, 0.01] {
  try run("heads: hard Gumbel-Softmax \(temperature)") {
    Learner(
      reader: $0,
      estimator: GumbelSoftmax<Heads>(temperature: .constant(temperature), isHard: true))
  }
}
try run("heads: Gumbel-Rao 0.01, 100") {
  Learner(reader: $0, estimator: GumbelRao<Heads>(temperature: 0.01, inner: 100))
}
