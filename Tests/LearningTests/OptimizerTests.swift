import Tensors
import Testing

@testable import Learning

struct OptimizerTests {
  /// From (1, -2, 3) five steps of 0.05 down (x² + 10 y² + z² / 10) / 2.
  private func descended(_ optimizer: some Optimizer) -> [Scalar] {
    var optimizer = optimizer
    var model = Vector(x: [1, -2, 3])
    for _ in 0..<5 {
      let gradient = Vector(x: model.x * [1, 10, 0.1])
      optimizer.update(&model, along: gradient, learningRate: 0.05)
    }
    return model.x.scalars
  }

  @Test(
    "five steps end where a loop over Python's floats ends",
    arguments: [
      (SGD(), [0.7737809375, -0.0625, 2.925746259366]),
      (SGD(momentum: 0.9), [0.4171559375, 1.0436, 2.805154343616]),
      (
        SGD(momentum: 0.9, isNesterov: true), [0.315942305066, 0.022274375, 2.752650650347]
      ),
      (Adam(), [0.751477892594, -1.750633764607, 2.750401125435]),
      (
        Adam(beta1: 0.5, beta2: 0.8, epsilon: 0.1),
        [0.777667569363, -1.753424545248, 2.813975965887]
      ),
      (RMSProp(), [0.524463661161, -1.493639070172, 2.484477306452]),
    ] as [(any Optimizer, [Double])])
  func numbers(_ optimizer: any Optimizer, _ expected: [Double]) {
    let tolerance = 8 * Double(Scalar.ulpOfOne) + 1e-12
    for (found, expected) in zip(descended(optimizer), expected) {
      #expect(abs(Double(found) - expected) < tolerance * (1 + abs(expected)))
    }
  }

  @Test("matrices shrink by rate times decay before they move, biases do not")
  func decay() {
    var (plain, decayed) = (Toy(sizes: [5, 4], seed: 1), Toy(sizes: [5, 4], seed: 1))
    let gradient = Toy(sizes: [5, 4], seed: 2)
    var optimizers = (Adam(), Adam(weightDecay: 0.5))
    let before = plain.namedParameters()
    optimizers.0.update(&plain, along: gradient, learningRate: 0.1)
    optimizers.1.update(&decayed, along: gradient, learningRate: 0.1)
    for (before, (plain, decayed)) in zip(
      before, zip(plain.namedParameters(), decayed.namedParameters()))
    where before.role == .trained {
      let shrunk = before.tensor.rank > 1 ? before.tensor * 0.05 : before.tensor * 0
      #expect((plain.tensor - shrunk).distance(to: decayed.tensor) < 1e-6, "\(before.name)")
    }
  }

  @Test("Adam's fused pass is its composition of tensor operations")
  func composition() {
    var model = Toy(sizes: [30, 40, 20], seed: 1)
    var optimizer = Adam()
    var expected = model.namedParameters().dropLast().map {
      (p: $0.tensor, m: Tensor(0), v: Tensor(0))
    }
    for step in 1...4 {
      let gradient = Toy(sizes: [30, 40, 20], seed: 100 + UInt64(step))
      optimizer.update(&model, along: gradient, learningRate: 0.01)
      for (index, g) in gradient.namedParameters().dropLast().map(\.tensor).enumerated() {
        let m = expected[index].m * 0.9 + g * 0.1
        let v = expected[index].v * 0.999 + g.squared() * 0.001
        let (c1, c2) = (
          (1...step).reduce(1.0) { c, _ in c * 0.9 }, (1...step).reduce(1.0) { c, _ in c * 0.999 }
        )
        let move = m / Scalar(1 - c1) / ((v / Scalar(1 - c2)).sqrt() + 1e-8)
        expected[index] = (expected[index].p - move * 0.01, m, v)
      }
    }
    for (found, expected) in zip(model.namedParameters(), expected) {
      // 1 - 0.999^t has lost three digits in single precision.
      #expect(found.tensor.distance(to: expected.p) < 1e-5, "\(found.name)")
    }
  }

  @Test(
    "parameters and running tensors change where they stand; a copy keeps its values",
    arguments: [SGD(), SGD(momentum: 0.9), Adam(), RMSProp()] as [any Optimizer])
  func places(_ optimizer: any Optimizer) { checkPlaces(optimizer) }

  private func checkPlaces(_ optimizer: some Optimizer) {
    var optimizer = optimizer
    var model = Toy(sizes: [30, 20], seed: 1)
    let gradient = Toy(sizes: [30, 20], seed: 2)
    optimizer.update(&model, along: gradient, learningRate: 0.1)
    let (parameters, slots) = (model.addresses, optimizer.addresses)
    optimizer.update(&model, along: gradient, learningRate: 0.1)
    #expect(model.addresses == parameters)
    #expect(optimizer.addresses == slots)

    let (copy, keptOptimizer) = (model, optimizer)
    let (values, state) = (copy.bits, keptOptimizer.bits)
    optimizer.update(&model, along: gradient, learningRate: 0.1)
    #expect(copy.bits == values && model.bits != values)
    #expect(keptOptimizer.bits == state)
    #expect(gradient.bits == Toy(sizes: [30, 20], seed: 2).bits)
  }

  @Test("tracked tensors stay, and have no state")
  func roles() {
    var model = Toy(sizes: [3, 2], seed: 1)
    model.mean = 7
    var gradient = Toy(sizes: [3, 2], seed: 2)
    gradient.mean = 5
    var optimizer = Adam()
    optimizer.update(&model, along: gradient, learningRate: 0.1)
    #expect(model.mean.item == 7)
    #expect(
      optimizer.namedParameters().map(\.name) == [
        "first.layers.0.weight", "first.layers.0.bias", "first.scale",
        "second.layers.0.weight", "second.layers.0.bias", "second.scale",
      ])
    #expect(optimizer.namedParameters().allSatisfy { $0.role == .tracked })
  }

  @Test("without momentum there is no velocity to keep")
  func stateless() {
    var model = Vector(x: [1, 2])
    var optimizer = SGD()
    optimizer.update(&model, along: Vector(x: [1, 1]), learningRate: 0.5)
    #expect(model.x.scalars == [0.5, 1.5])
    #expect(optimizer.namedParameters().isEmpty)
  }

  @Test("tensors without scalars and gradients that are views")
  func views() {
    var model = Vector(x: .zeros([0]))
    var optimizer = Adam()
    optimizer.update(&model, along: Vector(x: .zeros([0])), learningRate: 1)
    #expect(model.x.shape == [0])

    model = Vector(x: .zeros([2, 3]))
    var descent = SGD()
    let gradient = Vector(x: Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]).transposed())
    descent.update(&model, along: gradient, learningRate: 1)
    #expect(model.x.scalars == [-1, -3, -5, -2, -4, -6])
  }
}
