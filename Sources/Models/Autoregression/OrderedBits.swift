import Learning
public import Stochastics
public import Tensors

/// The law that a network for any order gives to bits in one of them.
public struct OrderedBits: AutoregressiveBits {
  public let network: MaskedDiffusion
  public let order: [Int]

  /// Traps unless every bit is in the order once.
  public init(_ network: MaskedDiffusion, order: [Int]) {
    require(
      order.sorted() == Array(0..<network.variableCount),
      "an order of \(order.count) places for \(network.variableCount) bits")
    self.network = network
    self.order = order
  }

  public func choices(samples: Int) -> OrderedChoices { OrderedChoices(self, rows: samples) }

  /// The log-probability of each bit given those before it, in the shape of the sample.
  ///
  /// - Complexity: one pass for each bit.
  public func logProbabilities(_ sample: Bits) -> Tensor {
    var seen = [Scalar](repeating: 0, count: order.count)
    var columns = [Tensor](repeating: 0, count: order.count)
    for bit in order {
      let mask = Bits(Tensor(seen, shape: [order.count]).broadcast(to: sample.shape))
      let logs = Bernoulli(logits: network.logits(of: sample, seen: mask)).logProbabilities(sample)
      columns[bit] = logs.sliced(along: -1, at: bit)
      seen[bit] = 1
    }
    return stack(columns, along: -1)
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    logProbabilities(sample).sum(along: -1)
  }
}

/// The bits of some examples in one order, one after the other.
///
/// A bit that becomes known is added to what the first hidden layer has summed so far.
public struct OrderedChoices: ChoiceWalk {
  private let law: OrderedBits
  /// The weights of the last layer for each bit, [units].
  private let outputs: [Tensor]
  /// The sums of the first hidden layer before its corners, [rows, units].
  private var sums: Tensor
  private var step = 0

  init(_ law: OrderedBits, rows: Int) {
    let layers = law.network.layers
    self.law = law
    let last = layers[layers.count - 1].weight.detached()
    outputs = law.order.indices.map { last.sliced(along: 1, at: $0).contiguous() }
    let bias = layers[0].bias.detached()
    sums = bias.broadcast(to: [rows, bias.count]).contiguous()
  }

  public var rows: Int { sums.shape[0] }

  public func logProbabilities() -> [Double] {
    let (layers, bit) = (law.network.layers, law.order[step])
    var value = maximum(sums, 0)
    for layer in layers.dropFirst().dropLast() { value = maximum(layer(value), 0) }
    let bias = Double(layers[layers.count - 1].bias.scalars[bit])
    return (value * outputs[bit]).sum(along: -1).scalars.flatMap { sum -> [Double] in
      BitLogs(logit: Double(sum) + bias).both
    }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: 2)
    let (bits, bit) = (law.order.count, law.order[step])
    let weight = law.network.layers[0].weight.detached()
    let ones = Tensor(choices.map { Scalar($0) }, shape: [choices.count, 1])
    sums = sums + ones * weight.sliced(along: 0, at: bit) + weight.sliced(along: 0, at: bits + bit)
    step += 1
  }

  public mutating func select(_ places: [Int]) {
    sums = sums.gathering(Indices(places, shape: [places.count]), along: 0)
  }
}
