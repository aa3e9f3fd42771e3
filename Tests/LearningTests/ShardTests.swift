import Learning
import Tensors
import Testing

struct ShardTests {
  /// The mean squared distance of predictions to targets on the examples of a shard; it advances a
  /// running mean.
  private static func loss(_ model: inout Toy, _ shard: Shard, examples: Int) -> Tensor {
    var data = Philox(seed: 3)
    let x = Tensor.randomNormal([examples, 4], using: &data)
    let own = x.sliced(along: 0, shard.range(of: examples))
    let loss = (model(own) - own.sum(along: -1).expandingDimensions(at: -1)).squared().mean()
    model.mean = model.mean * 0.9 + loss.detached() * 0.1
    return loss
  }

  private static func trained(shards: Int, examples: Int, steps: Int = 5) throws -> (Toy, Scalar) {
    var trainer = Trainer(Toy(sizes: [4, 5, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    var value: Scalar = 0
    for _ in 0..<steps {
      value = try trainer.descend(
        in: Sharding(shards), weight: { $0.range(of: examples).count }
      ) { Self.loss(&$0, $1, examples: examples) }
    }
    return (trainer.model, value)
  }

  @Test("shards share out all examples, evenly", arguments: [1, 2, 8, 64], [1, 64, 100])
  func ranges(count: Int, examples: Int) {
    let ranges = (0..<count).map { Shard($0, of: count).range(of: examples) }
    #expect(ranges.flatMap(Array.init) == Array(0..<examples))
    let sizes = ranges.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test("one shard is a plain step, bit for bit")
  func one() throws {
    var plain = Trainer(Toy(sizes: [4, 5, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    for _ in 0..<5 { _ = try plain.descend { Self.loss(&$0, .whole, examples: 12) } }
    #expect(try Self.trained(shards: 1, examples: 12).0.bits == plain.model.bits)
  }

  @Test(
    "value, parameters and state after some shards are those of the batch",
    arguments: [2, 4, 8, 16], [12, 16])
  func several(shards: Int, examples: Int) throws {
    let (whole, value) = try Self.trained(shards: 1, examples: examples)
    let (cut, sum) = try Self.trained(shards: shards, examples: examples)
    #expect(abs(value - sum) < 1e-4 * abs(value))
    for (a, b) in zip(whole.namedParameters(), cut.namedParameters()) {
      #expect(a.tensor.distance(to: b.tensor) < 1e-4, "\(a.name)")
    }
  }

  @Test("a loss that throws, or is not finite, changes nothing")
  func failing() {
    struct Broken: Error {}
    var trainer = Trainer(Toy(sizes: [4, 5, 1], seed: 1), optimizer: Adam(), learningRate: 0.01)
    let before = trainer.bits
    #expect(throws: Broken.self) {
      try trainer.descend(in: Sharding(4)) { model, shard in
        if shard.index == 3 { throw Broken() }
        return Self.loss(&model, shard, examples: 12)
      }
    }
    #expect(throws: NonFiniteError.self) {
      try trainer.descend(in: Sharding(4)) { model, shard in
        let loss = Self.loss(&model, shard, examples: 12)
        return shard.index == 2 ? loss * Tensor(Scalar.nan) : loss
      }
    }
    #expect(trainer.bits == before)
    #expect(trainer.step == 0)
  }
}
