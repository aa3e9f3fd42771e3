import Formats
import Learning
import Runs
import Tensors

/// A vector that descends its distance to noise around (1, 2, 3), with a running mean of its own.
struct Walker: Parameterized, Sendable {
  var position: Tensor = .zeros([3])
  var mean: Tensor = .zeros([3])

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("position", &position)
    visitor.visit("mean", &mean, .tracked)
  }
}

/// What ``Walker`` is trained by; it can go wrong on purpose.
struct Walk: TrainingTask {
  struct Crash: Error, Equatable {}

  /// The step whose loss is not a number, the step whose loss throws, and the step whose figure is
  /// not finite.
  var spoiledStep: Int?
  var crashingStep: Int?
  var spoiledFigure: Int?

  func loss(
    of model: inout Walker, at step: Int, in shard: Shard, using noise: inout Philox
  ) throws -> Tensor {
    if step == crashingStep { throw Crash() }
    let target = Tensor([1, 2, 3]) + .randomNormal([3], using: &noise)
    model.mean = model.mean * 0.9 + model.position.detached() * 0.1
    let loss = ((model.position - target) * (model.position - target)).sum()
    return step == spoiledStep ? loss * Tensor(Scalar.nan) : loss
  }

  func evaluate(
    _ model: Walker, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    for _ in 0..<3 { try stop() }
    let distance = (model.mean - Tensor([1, 2, 3])).abs().sum().item
    return MeasuredState(
      [
        .init("loss", JSON(loss)),
        .init("distance", JSON(step == spoiledFigure ? .infinity : Double(distance))),
      ], score: -Double(distance))
  }

  func diagnose(_ model: Walker, at step: Int, _ stop: StopCheck) throws -> [JSON.Member] {
    for _ in 0..<2 { try stop() }
    return [.init("diagnosis", JSON(step))]
  }

  func summary(of model: Walker, _ course: Course, _ stop: StopCheck) throws -> [JSON.Member] {
    try stop()
    return [.init("best_step", course.best.map { JSON($0.step) } ?? .null)]
  }

  func samples(of model: Walker) -> Samples? { .texts(["\(model.position)"]) }

  /// A run of so many steps in a folder that is made where it is not there.
  func run(
    _ path: String, steps: Int = 25, evaluateEvery: Int = 4, logEvery: Int = 5,
    isQuiet: Bool = true, origin: Origin = Origin(), stop: StopCheck = .never,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> Run<Training<Walk, Adam>> {
    let folder = try fileExists(path) ? RunFolder(at: path) : RunFolder(creating: path)
    let training = Training(
      self, Trainer(Walker(), optimizer: Adam(), learningRate: 0.1), seed: 7,
      length: .steps(steps), evaluateEvery: evaluateEvery, logEvery: logEvery, diagnoseEvery: 6)
    return try Run(
      training, in: folder, origin: origin,
      policy: RunPolicy(
        checkpointEvery: .steps(3), isQuiet: isQuiet, advice: "go on", stop: stop, tell: tell))
  }
}
