public import Learning
import RealModule
public import Stochastics
public import Tensors

/// Bits, each given those before it in an order: a network whose masks let no output see what comes
/// at its own place or later.
///
/// Every hidden unit has a degree; it reads inputs of places up to it, and outputs of later places
/// read it. One pass gives all conditional log-odds. Trained with one mask it is one autoregressive
/// law. Germain, Gregor, Murray and Larochelle (2015), MADE: masked autoencoder for distribution
/// estimation.
public struct MADE: Parameterized, Sendable {
  /// The place of each bit in the order, from 0.
  public let places: [Int]
  /// The degrees of the units of each hidden layer: they see the bits of that many first places.
  public let degrees: [[Int]]
  public var layers: [Linear]
  private let masks: [Tensor]

  /// A network with weights N(0, 1/fan-in), the output's bias at the logits of the data mean.
  ///
  /// Traps unless there is a hidden layer and a bit, and the places are an order.
  /// - Parameters:
  ///   - hidden: sizes of the hidden layers.
  ///   - places: the place of each bit in the order; `nil` for the bits' own.
  ///   - mean: the training mean, [bits], in [0, 1].
  public init(
    hidden: [Int], places: [Int]? = nil, mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    let bits = mean.count
    let places = places ?? Array(0..<bits)
    require(
      bits > 0 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }
        && places.sorted() == Array(0..<bits),
      "a masked network of hidden layers \(hidden) for \(bits) bits in \(places.count) places")
    self.places = places
    // Degrees go round in every layer, so that no bit lacks units and none is cut off.
    let degrees = hidden.map { size in
      (0..<size).map { bits > 1 ? 1 + $0 * (bits - 1) / size : 0 }.shuffled(using: &generator)
    }
    self.degrees = degrees
    let levels = [places.map { $0 + 1 }] + degrees
    masks = (0...hidden.count).map { layer in
      let below = levels[layer]
      // An output sees what is before its place.
      let above = layer < hidden.count ? degrees[layer] : places
      return Tensor(
        below.flatMap { from in above.map { from <= $0 ? 1 : 0 } },
        shape: [below.count, above.count])
    }
    let sizes = [bits] + hidden + [bits]
    layers = zip(sizes, sizes.dropFirst()).map {
      Linear(inputs: $0, outputs: $1, using: &generator)
    }
    layers[hidden.count].bias = mean.clippedLogits()
  }

  /// Number of bits.
  public var variableCount: Int { places.count }

  /// The log-odds of each bit given those of earlier places, [..., bits].
  public func logits(of x: Bits) -> Tensor {
    // A sum of the rows of set bits groups its terms by their number, so that a later bit would
    // move the last digit of an earlier output; what a dense product adds for it is exactly zero.
    var value = x.tensor * 1
    for (layer, mask) in zip(layers.dropLast(), masks) {
      value = maximum(value.affine(layer.weight * mask, layer.bias), 0)
    }
    let last = layers[layers.count - 1]
    return value.affine(last.weight * masks[layers.count - 1], last.bias)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }
}

extension MADE: StepwiseDistribution, EnumerableDistribution {
  public typealias Sample = Bits
  public typealias Point = Tensor

  public var batch: [Int] { [] }

  /// The log-probability of each bit given those of earlier places, in the shape of the sample.
  public func logProbabilities(_ sample: Bits) -> Tensor {
    Bernoulli(logits: logits(of: sample)).logProbabilities(sample)
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    Bernoulli(logits: logits(of: sample)).logProbability(sample)
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }

  /// Samples [count, bits], bit by bit.
  ///
  /// - Complexity: for all bits together that of one pass.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    require(count >= 0, "\(count) samples")
    var noise = Philox(seed: generator.next())
    var walk = choices(samples: count)
    var bits: [[Int32]] = []
    for _ in 0..<choiceCount {
      let logs = walk.logProbabilities()
      bits.append((0..<count).map { -noise.exponential() < logs[2 * $0 + 1] ? 1 : 0 })
      walk.take(bits[bits.count - 1])
    }
    return sample(count, of: (0..<count).flatMap { row in bits.map { $0[row] } })
  }

  public var stateCount: Int? { Bernoulli(logits: .zeros([variableCount])).stateCount }

  public func states() -> Bits { Bernoulli(logits: .zeros([variableCount])).states() }
}

extension RandomNumberGenerator {
  /// A standard exponential variate of one word.
  fileprivate mutating func exponential() -> Double { -Double.log(uniform()) }
}
