import SwiftDiscrete

struct Trade: TrainingTask {
  let demand = Binomial(logits: [-1, -0.5, 0, 0, 0.5, 1, 1.5], count: 20)

  /// A paper that is left over costs 3, one that is missed costs 5.
  func loss(
    of agent: inout Newsagent, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    let asked = demand.sample(1, using: &noise)
    return agent.estimator.expectation(over: agent.orders, using: &noise) { orders, _ in
      maximum(orders - asked, Tensor(0)) * 3 + maximum(asked - orders, Tensor(0)) * 5
    }.mean()
  }

  func evaluate(
    _ agent: Newsagent, loss: Double, at step: Int, _ stop: StopCheck
  ) -> MeasuredState {
    let sunday = Double(20 * agent.logits.sigmoid().scalars[6])
    return MeasuredState([.init("cost", JSON(loss)), .init("sunday", JSON(sunday))], score: -loss)
  }
}

// A second call with the same folder goes on where the first was stopped, or further.
let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "runs/newsagent"
let steps = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3000 : 3000
let training = Training(
  Trade(), Trainer(Newsagent(), optimizer: Adam(), learningRate: 0.02), seed: 1,
  length: .steps(steps), evaluateEvery: 500)
do {
  Interruption.listen()
  let folder = try (try? RunFolder(opening: path)) ?? RunFolder(creating: path)
  var run = try Run(training, in: folder)
  print(try run.drive { try folder.write(["steps": JSON(steps)], to: "config.json") })
} catch {
  print(error)
}
