import Learning
import Tensors
import TestSupport
import Testing

struct TrainerTests {
  private static let batchSize = 8
  private static let stepsPerEpoch = 5

  /// The loss of logistic regression on the batch and with the noise of one step, both functions of
  /// (seed, epoch, index).
  private func loss(_ model: inout Toy, step: Int) -> Tensor {
    let (epoch, index) = (step / Self.stepsPerEpoch, step % Self.stepsPerEpoch)
    var data = Philox(seed: 11)
    let examples = Tensor.randomNormal([Self.batchSize * Self.stepsPerEpoch, 6], using: &data)
    var order = Array(0..<examples.shape[0])
    var shuffling = Philox(seed: 12).folding(UInt64(epoch))
    order.shuffle(using: &shuffling)
    let chosen = order[index * Self.batchSize..<(index + 1) * Self.batchSize]
    let scalars = examples.scalars
    let x = Tensor(chosen.flatMap { scalars[6 * $0..<6 * $0 + 6] }, shape: [Self.batchSize, 6])
    var noise = Philox(seed: 13).folding(UInt64(epoch)).folding(UInt64(index))
    let y = Tensor(chosen.map { scalars[6 * $0] > 0 ? 1 : 0 }, shape: [Self.batchSize, 1])
    let logits = model(x + Tensor.randomNormal(x.shape, using: &noise) * 0.1)
    let loss = (logits.softplus() - y * logits).mean()
    model.mean = model.mean * 0.9 + loss.detached() * 0.1
    return loss
  }

  private func trained<O: Optimizer>(
    _ trainer: inout Trainer<Toy, O>, to step: Int
  ) throws -> [Scalar] {
    var losses: [Scalar] = []
    while trainer.step < step {
      let now = trainer.step
      losses.append(try trainer.descend { loss(&$0, step: now) })
    }
    return losses
  }

  @Test(
    "a run resumed from its checkpoint in the middle of an epoch goes on bit for bit",
    arguments: [
      SGD(), SGD(momentum: 0.9, isNesterov: true), Adam(), RMSProp(),
    ] as [any Optimizer])
  func resuming(_ optimizer: any Optimizer) throws { try checkResuming(optimizer) }

  private func checkResuming(_ optimizer: some Optimizer) throws {
    func begun(seed: UInt64) -> Trainer<Toy, some Optimizer> {
      Trainer(
        Toy(sizes: [6, 4, 1], seed: seed), optimizer: optimizer, learningRate: 0.05,
        schedule: .cosine(over: 40))
    }
    var whole = begun(seed: 1)
    let losses = try trained(&whole, to: 23)
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +))

    var stopped = begun(seed: 1)
    let before = try trained(&stopped, to: 12)
    try withTemporaryFolder { folder in
      let path = folder + "/last.safetensors"
      try Checkpoint.save(stopped, metadata: ["step": "12"], to: path)
      var resumed = begun(seed: 2)
      let metadata = try Checkpoint.restore(&resumed, from: path)
      resumed.resume(at: try #require(metadata["step"].flatMap(Int.init)))
      #expect(resumed.bits == stopped.bits)
      #expect(before + (try trained(&resumed, to: 23)) == losses)
      #expect(resumed.bits == whole.bits)
    }
  }

  @Test("steps change the parameters where they stand")
  func places() throws {
    var trainer = Trainer(Toy(sizes: [6, 4, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    _ = try trained(&trainer, to: 2)
    func trainedAddresses() -> [UnsafePointer<Scalar>?] {
      zip(trainer.namedParameters(), trainer.addresses).filter { $0.0.name != "mean" }.map(\.1)
    }
    let addresses = trainedAddresses()
    _ = try trained(&trainer, to: 5)
    #expect(trainedAddresses() == addresses)
  }

  @Test("a copy, such as the best so far, is not touched by later steps")
  func copies() throws {
    var trainer = Trainer(Toy(sizes: [6, 4, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    _ = try trained(&trainer, to: 3)
    let (best, bits) = (trainer, trainer.bits)
    _ = try trained(&trainer, to: 6)
    #expect(best.step == 3 && best.bits == bits && trainer.bits != bits)
  }

  @Test("the schedule scales the rate of each step")
  func schedule() throws {
    var trainer = Trainer(
      Vector(x: [0]), optimizer: SGD(), learningRate: 0.5, schedule: .linear(over: 4))
    var path: [Scalar] = []
    for _ in 0..<6 {
      _ = try trainer.descend { $0.x.sum() }
      path.append(trainer.model.x.item)
    }
    #expect(path == [-0.5, -0.875, -1.125, -1.25, -1.25, -1.25])
  }

  /// How far one step at rate 0.5 along the slopes 2, 3 and 6, of norm 7, moves three tensors that
  /// were zero.
  private func moves(slopesTimes factor: Scalar, maximumNorm: Double?) throws -> [Scalar] {
    var model = Toy(sizes: [1, 1], seed: 1)
    model.forEachParameter { tensor, _ in tensor = .zeros(like: tensor) }
    var trainer = Trainer(
      model, optimizer: SGD(), learningRate: 0.5, maximumNorm: maximumNorm)
    _ = try trainer.descend { model in
      let layer = model.layers[0]
      let slopes = [layer.weight.sum() * 2, layer.bias.sum() * 3, model.scale.sum() * 6]
      return (slopes[0] + slopes[1] + slopes[2]) * factor
    }
    return trainer.namedParameters().map(\.tensor.item)
  }

  @Test("a gradient is scaled down to the largest norm as a whole, and a shorter one left alone")
  func clipping() throws {
    // The running mean comes last, and stays.
    for bound in [nil, 7, 100] as [Double?] {
      #expect(try moves(slopesTimes: 1, maximumNorm: bound) == [-1, -1.5, -3, 0])
    }
    #expect(try moves(slopesTimes: 1, maximumNorm: 3.5) == [-0.5, -0.75, -1.5, 0])
    // However long it was, the step is the rate times the largest norm.
    for factor in [0.75, 1, 30, 1e6] as [Scalar] {
      let moves = try moves(slopesTimes: factor, maximumNorm: 3.5)
      let length = moves.reduce(Scalar(0)) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - 0.5 * 3.5) < 1e-5)
    }
  }

  @Test("names in a checkpoint")
  func names() {
    let trainer = Trainer(Vector(x: [1]), optimizer: Adam(), learningRate: 1)
    #expect(
      trainer.namedParameters().map(\.name) == ["x", "optimizer.first.x", "optimizer.second.x"])
  }

  @Test("a tensor is trained without a type of one's own, at a rate that can be set")
  func parameter() throws {
    var trainer = Trainer(
      Parameter([1, 2], named: "logits"), optimizer: SGD(), learningRate: 0.5)
    #expect(trainer.namedParameters().map(\.name) == ["logits"])
    _ = try trainer.descend { $0.value.sum() }
    trainer.learningRate = 0.25
    _ = try trainer.descend { $0.value.sum() }
    #expect(trainer.model.value.scalars == [0.25, 1.25])
  }

  @Test("a learning rate that is not positive and finite is refused, also when it is set")
  func refusedRate() async {
    await #expect(processExitsWith: .failure) {
      var trainer = Trainer(Parameter([1]), optimizer: SGD(), learningRate: 1)
      trainer.learningRate = 0
    }
    await #expect(processExitsWith: .failure) {
      var trainer = Trainer(Parameter([1]), optimizer: SGD(), learningRate: 1)
      trainer.learningRate = .infinity
    }
  }

  // MARK: Costs that fail

  private struct Unreachable: Error, Equatable {}

  @Test("what a loss throws passes through, and leaves parameters, state and step as they were")
  func throwing() throws {
    var trainer = Trainer(Toy(sizes: [6, 4, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    _ = try trained(&trainer, to: 2)
    let (bits, places) = (trainer.bits, trainer.addresses)
    #expect(throws: Unreachable()) {
      try trainer.descend { model in
        let value = loss(&model, step: 2)
        model.scale = model.scale * 3
        guard value.item > .infinity else { throw Unreachable() }
        return value
      }
    }
    #expect(trainer.step == 2 && trainer.bits == bits)
    // The copy that is gone back to was never made anew, but for what the loss itself changed.
    #expect(trainer.addresses == places)
    #expect(!trainer.model.scale.isTracked)

    var other = Trainer(Toy(sizes: [6, 4, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    let losses = try trained(&other, to: 4)
    #expect(try trained(&trainer, to: 4) == Array(losses.suffix(2)))
    #expect(trainer.bits == other.bits)
  }

  @Test("a loss that may throw and does not is checked as any other")
  func throwingAndNotFinite() throws {
    func value(_ scalar: Scalar) throws -> Tensor { Tensor(scalar) }
    var trainer = Trainer(Parameter([1]), optimizer: SGD(), learningRate: 1)
    #expect(throws: NonFiniteError.self) {
      try trainer.descend { ($0.value * (try value(.nan))).sum() }
    }
    #expect(trainer.step == 0 && trainer.model.value.scalars == [1])
    #expect(try trainer.descend { ($0.value * (try value(2))).sum() } == 2)
    #expect(trainer.step == 1 && trainer.model.value.scalars == [-1])
  }

  // MARK: Values that are not finite

  /// Takes two good steps, then the given loss, which must fail and leave everything as it was.
  private func failure(
    _ loss: (inout Toy) -> Tensor
  ) throws -> NonFiniteError {
    var trainer = Trainer(Toy(sizes: [6, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    _ = try trained(&trainer, to: 2)
    let bits = trainer.bits
    let error = try #require(throws: NonFiniteError.self) {
      _ = try trainer.descend { model in
        model.mean = model.mean + Tensor(.nan)
        return loss(&model)
      }
    }
    #expect(trainer.step == 2 && trainer.bits == bits)
    #expect(error.step == 3)
    _ = try trained(&trainer, to: 3)
    return error
  }

  @Test("a loss that is not a number stops training, and leaves even the running mean as it was")
  func nonFiniteLoss() throws {
    let error = try failure { _ in Tensor(.nan) }
    #expect(error.parameter == nil && error.loss.isNaN)
    #expect("\(error)" == "the loss is nan at step 3")
    #expect(spelled(-Double.nan) == "nan" && spelled(-Double.infinity) == "-inf")
  }

  @Test("an infinite gradient of a finite loss stops training, and its parameter is named")
  func nonFiniteGradient() throws {
    let error = try failure { model in
      (model.scale - model.scale.detached()).abs().sqrt().sum() + model.layers[0].bias.sum()
    }
    #expect(error.parameter == "scale" && error.loss.isFinite)
    #expect("\(error)" == "the gradient of scale is not finite at step 3")
  }

  @Test("a loss that is not finite names the first parameter it reaches")
  func nonFiniteBoth() throws {
    let error = try failure { $0.layers[0].bias.sum() * Tensor(.infinity) }
    #expect(error.parameter == "layers.0.bias")
    let description = "\(error)"
    #expect(
      description.hasSuffix(" at step 3, and the gradient of layers.0.bias is not finite"),
      "\(description)")
  }

  @Test("an update that spoils a parameter is found at once, also by the last step")
  func spoiledUpdate() throws {
    let rate = Double(Scalar.greatestFiniteMagnitude)
    for (gradient, isSpoiled) in [(0.5 as Scalar, false), (2, true)] {
      var trainer = Trainer(Vector(x: [0, 0]), optimizer: SGD(), learningRate: rate)
      let loss = { (model: inout Vector) in (model.x * Tensor([0, gradient])).sum() }
      guard isSpoiled else {
        #expect(try trainer.descend(loss) == 0)
        continue
      }
      let error = try #require(throws: NonFiniteError.self) { _ = try trainer.descend(loss) }
      #expect(error.isUpdated && error.loss == 0 && error.step == 1 && trainer.step == 1)
      #expect("\(error)" == "x is not finite after the update at step 1")
    }
  }

  @Test("the first tensor with a scalar that is not finite is found by name")
  func firstNonFinite() {
    var toy = Toy(sizes: [3, 2, 1], seed: 1)
    #expect(toy.firstNonFinite == nil)
    toy.mean = Tensor(-.infinity)
    #expect(toy.firstNonFinite == "mean")
    toy.layers[1].weight = toy.layers[1].weight * Tensor(.nan)
    #expect(toy.firstNonFinite == "layers.1.weight")
  }
}
