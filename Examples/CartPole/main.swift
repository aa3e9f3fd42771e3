import SwiftDiscrete

// A pole balanced by policy gradients: REINFORCE with each baseline, and RELAX with a critic at
// every step. CartPole [SEEDS] [EPISODES] [FIGURE.svg]
let arguments = CommandLine.arguments.dropFirst().map { $0 }
let seeds = arguments.first.flatMap(Int.init) ?? 5
let episodes = arguments.dropFirst().first.flatMap(Int.init) ?? 3000
let figure = arguments.dropFirst(2).first ?? "cartpole.svg"

typealias Law = Prescribed<Categorical>

/// Lengths of all episodes until the mean of a hundred is above 195, or until the end.
func train<Estimator: BlackBoxGradientEstimator<Law>>(
  seed: Int, _ make: (inout Philox) -> Estimator
) -> [Int] {
  var generator = Philox(seed: UInt64(seed))
  let policy = Policy(using: &generator)
  var trainer = Trainer(
    Agent(policy: policy, estimator: make(&generator)), optimizer: RMSProp(), learningRate: 0.01)
  var lengths: [Int] = []
  while lengths.count < episodes {
    let episode = trainer.model.policy.play(using: &generator)
    lengths.append(episode.length)
    if lengths.count >= 100 && lengths.suffix(100).reduce(0, +) > 19_500 { break }
    _ = try? trainer.descend { agent in agent.loss(episode, using: &generator) }
  }
  return lengths
}

/// A smoothed curve of mean lengths; a solved run stays at the end where it was.
func curve(_ runs: [[Int]]) -> [(x: Double, y: Double)] {
  let most = runs.map(\.count).max() ?? 0
  return stride(from: 20, through: most, by: 10).map { end in
    let means = runs.map { run -> Double in
      let part = run.prefix(end).suffix(20)
      return Double(part.reduce(0, +)) / Double(max(1, part.count))
    }
    return (Double(end), means.reduce(0, +) / Double(means.count))
  }
}

let learners: [(name: String, run: (Int) -> [Int])] = [
  ("REINFORCE", { train(seed: $0) { _ in Reinforce<Law, _>(baseline: NoBaseline()) } }),
  (
    "constant baseline",
    { train(seed: $0) { _ in Reinforce<Law, _>(baseline: ConstantBaseline()) } }
  ),
  (
    "moving average",
    { train(seed: $0) { _ in Reinforce<Law, _>(baseline: MovingAverageBaseline()) } }
  ),
  (
    "learned baseline",
    {
      train(seed: $0) { generator in
        Reinforce<Law, _>(
          baseline: NetworkBaseline(center: .zeros([4]), units: 10, using: &generator))
      }
    }
  ),
  (
    "RELAX",
    {
      train(seed: $0) { generator in
        var critic = Critic(inputs: 2, contextSize: 4, units: 10, using: &generator)
        critic.scale = 1
        return RELAX<Law>(critic: critic)
      }
    }
  ),
]

print(
  "episodes until the mean of a hundred is above 195, \(seeds) seeds; - where \(episodes) were not enough"
)
var series: [LineChart.Series] = []
for learner in learners {
  let runs = (1...seeds).map(learner.run)
  let solved = runs.map { $0.count < episodes ? "\($0.count)" : "-" }
  let mean = runs.map(\.count).reduce(0, +) / seeds
  let name = learner.name + String(repeating: " ", count: max(1, 20 - learner.name.count))
  print("\(name)mean \(mean)   \(solved.joined(separator: "  "))")
  series.append(.init(name: learner.name, points: curve(runs)))
}
let chart = LineChart(
  title: "CartPole, mean of \(seeds) seeds",
  panels: [.init(title: "steps survived, of 200", xLabel: "episodes", series: series)])
try atomicWrite(Array(chart.svg().utf8), to: figure)
print(figure)
