import Foundation
import SwiftDiscrete

// A generative adversarial network whose bits are drawn all at once, by one estimator after
// another. OneShotGAN [graphs | glyphs] [STEPS] [PICTURE.png]
let arguments = CommandLine.arguments.dropFirst().map { $0 }
let name = arguments.first ?? "graphs"
let asked = arguments.dropFirst().first ?? (name == "glyphs" ? "8000" : "10000")
let picture = arguments.dropFirst(2).first ?? "one-shot-\(name).png"

func stop(_ message: String) -> Never {
  FileHandle.standardError.write(Data("OneShotGAN: \(message)\n".utf8))
  exit(64)
}

guard ["graphs", "glyphs"].contains(name) else {
  stop("unknown data '\(name)'; known are graphs, glyphs")
}
guard let steps = Int(asked), steps > 0 else {
  stop("steps is '\(asked)', not a whole number of 1 or more")
}

var noise = Philox(seed: 7)
let data = name == "glyphs" ? Bitmaps.glyphs() : Bitmaps.graphs(using: &noise)
let bits = data.pairs.count
let test = PackedBits(data.test)
let truth = GraphStatistics(data.pictures(data.test), nodes: data.width)
var grid = ImageGrid(width: data.width, height: data.width, columns: 24)

@MainActor func report(_ name: String, _ sample: Tensor, seconds: Double?) {
  func cell(_ value: Double, _ places: Int, _ width: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let text = "\((value * scale).rounded() / scale)"
    return String(repeating: " ", count: max(1, width - text.count)) + text
  }
  let packed = PackedBits(sample)
  var line = name + String(repeating: " ", count: max(1, 30 - name.count))
  line += cell(discrepancy(packed, test, bits: bits, scale: Double(bits) / 8) * 1000, 2, 9)
  line += cell(Double(sample.mean().item), 3, 10)
  line += cell(Double(packed.distinct) / Double(sample.shape[0]), 3, 10)
  if data.isSymmetric {
    let found = GraphStatistics(data.pictures(sample), nodes: data.width)
    line += cell(found.distance(to: truth), 3, 10) + cell(found.triangles, 2, 11)
  }
  print(line + (seconds.map { cell($0, 1, 9) } ?? ""))
  grid.append(data.pictures(sample.sliced(along: 0, 0..<24)))
}

let extra = data.isSymmetric ? "   degrees  triangles" : ""
print("                              1000 MMD²      ones  distinct\(extra)  seconds")
report("data", data.training.sliced(along: 0, 0..<2000), seconds: nil)
let means = data.training.mean(along: 0).scalars.map { min(max($0, 1e-4), 1 - 1e-4) }
let logits = Tensor(means.map { $0 / (1 - $0) }).log()
report(
  "independent bits", Bernoulli(logits: logits).sample(2000, using: &noise).tensor, seconds: nil)

@MainActor func run<Estimator: GradientEstimator<Bernoulli>>(
  _ name: String, _ make: (inout Philox) -> Estimator
) throws {
  let clock = ContinuousClock()
  let start = clock.now
  let model = try train(on: data, steps: steps, estimator: make)
  var generator = Philox(seed: 8)
  let seconds = (clock.now - start) / .seconds(1)
  report(name, model.sample(2000, using: &generator), seconds: seconds)
}

try run("straight-through") { _ in StraightThrough<Bernoulli>() }
try run("straight-through Gumbel") { _ in
  GumbelSoftmax<Bernoulli>(temperature: 0.5, isHard: true)
}
try run("leave-one-out, 4") { _ in
  Reinforce<Bernoulli, _>(samples: 4, baseline: LeaveOneOutBaseline())
}
try run("DisARM, 2 pairs") { _ in DisARM(pairs: 2) }
try run("ARMS, 4") { _ in ARMS(samples: 4) }
try run("REBAR") { _ in REBAR<Bernoulli>() }
try run("RELAX") { generator in
  RELAX<Bernoulli>(
    critic: Critic(inputs: bits, contextSize: 32, units: 64, using: &generator), samples: 4)
}
do {
  try atomicWrite(grid.png(scale: name == "glyphs" ? 2 : 4), to: picture)
} catch {
  stop("\(error)")
}
print(picture)
