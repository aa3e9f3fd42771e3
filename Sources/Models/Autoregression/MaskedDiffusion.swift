public import Learning
import Stochastics
public import Tensors

/// Bits in any order: one network that gives every bit from whichever others it is shown.
///
/// It reads the bits that are seen, with zeros for the others, and which they are. Averaged over
/// all orders, -log p is the bound of diffusion that masks places one after the other: with a set S
/// of m hidden places of D, m uniform and S uniform of its size, E[D / m · sum over S of
/// -log p(x_j | seen)]. Uria, Murray and Larochelle (2014), A deep and tractable density estimator;
/// Austin and others (2021), Structured denoising diffusion models in discrete state-spaces;
/// Hoogeboom and others (2022), Autoregressive diffusion models.
public struct MaskedDiffusion: Parameterized, Sendable {
  public var layers: [Linear]

  /// A network with weights N(0, 1/fan-in), the output's bias at the logits of the data mean.
  ///
  /// Traps unless there is a hidden layer and a bit.
  /// - Parameters:
  ///   - hidden: sizes of the hidden layers.
  ///   - mean: the training mean, [bits], in [0, 1].
  public init(hidden: [Int], mean: Tensor, using generator: inout some RandomNumberGenerator) {
    require(
      mean.count > 0 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 },
      "a network of hidden layers \(hidden) for \(mean.count) bits")
    layers = Linear.chain([2 * mean.count] + hidden + [mean.count], using: &generator)
    layers[hidden.count].bias = mean.clippedLogits()
  }

  /// Number of bits.
  public var variableCount: Int { layers[layers.count - 1].bias.count }

  /// The log-odds of each bit given those that are seen, [..., bits].
  ///
  /// - Parameter seen: ones and zeros, of the shape of x.
  public func logits(of x: Bits, seen: Bits) -> Tensor {
    var value = Bits(concatenate([x.tensor * seen.tensor, seen.tensor], along: -1)).tensor
    for layer in layers.dropLast() { value = maximum(layer(value), 0) }
    return layers[layers.count - 1](value)
  }

  /// The negative bound of each example [batch, bits] by one set of hidden places, [batch].
  ///
  /// - Parameter seen: the complement of the sets, of the shape of x; a bit at least is hidden.
  public func negativeBound(of x: Bits, seen: Bits) -> Tensor {
    let hidden = 1 - seen.tensor
    let logs = Bernoulli(logits: logits(of: x, seen: seen)).logProbabilities(x)
    return (logs * hidden).sum(along: -1) * (-Scalar(variableCount)) / hidden.sum(along: -1)
  }

  /// The same by sets that are drawn, without bias for the mean over all orders.
  ///
  /// Sizes are spread evenly over the batch, each of them uniform.
  public func negativeBound(
    of x: Bits, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    negativeBound(
      of: x, seen: MaskedDiffusion.seen(x.shape[0], of: variableCount, using: &generator))
  }

  /// Which places of each row are seen, [rows, bits].
  package static func seen(
    _ rows: Int, of bits: Int, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    var seen = [Scalar](repeating: 1, count: rows * bits)
    // Of rows · bits ticks every row has one, bits apart from the next, all shifted as one.
    let shift = Int.random(in: 0..<max(1, rows * bits), using: &generator)
    for row in 0..<rows {
      let hidden = 1 + (shift + row * bits) % (rows * bits) / rows
      for bit in (0..<bits).shuffled(using: &generator).prefix(hidden) {
        seen[row * bits + bit] = 0
      }
    }
    return Bits(Tensor(seen, shape: [rows, bits]))
  }

  /// Samples [count, bits], each in an order of its own.
  ///
  /// With a step for every bit the law is the mean of those of all orders; in fewer steps, several
  /// bits are drawn at once as if they were independent given those before.
  /// Traps unless steps are from 1 to the number of bits.
  /// - Complexity: one pass a step.
  public func sample(
    _ count: Int, steps: Int, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    let bits = variableCount
    require(
      count >= 0 && steps > 0 && steps <= bits, "\(count) samples of \(bits) bits in \(steps) steps"
    )
    let orders = (0..<count).map { _ in (0..<bits).shuffled(using: &generator) }
    var x = [Scalar](repeating: 0, count: count * bits)
    var seen = x
    func tensor(_ scalars: [Scalar]) -> Bits { Bits(Tensor(scalars, shape: [count, bits])) }
    for step in 0..<steps {
      let law = Bernoulli(logits: logits(of: tensor(x), seen: tensor(seen)))
      let drawn = law.sample(1, using: &generator).tensor.scalars
      for (row, order) in orders.enumerated() {
        for bit in order[step * bits / steps..<(step + 1) * bits / steps] {
          (x[row * bits + bit], seen[row * bits + bit]) = (drawn[row * bits + bit], 1)
        }
      }
    }
    return tensor(x)
  }

  /// The law of the bits in one order.
  public func law(order: [Int]) -> OrderedBits { OrderedBits(self, order: order) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }
}
