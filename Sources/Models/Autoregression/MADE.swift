public import Learning
import RealModule
import Stochastics
public import Tensors

/// Bits, each given those before it in an order: a network whose masks let no output see what comes
/// at its own place or later.
///
/// Every hidden unit has a degree; it reads inputs of places up to it, and outputs of later places
/// read it. One pass gives all conditional log-odds. Several masks share the weights and the order,
/// and each connects the units in its own way; the probability of a bit is then the mean over the
/// masks, which is one law again. Germain, Gregor, Murray and Larochelle (2015), MADE: masked
/// autoencoder for distribution estimation.
public struct MADE: Parameterized, Sendable {
  /// The place of each bit in the order, from 0.
  public let places: [Int]
  /// The bit at each place.
  public let order: [Int]
  /// The masks, by the degrees of the units.
  public let masks: [MaskedConnections]
  public var layers: [Linear]

  /// A network with weights N(0, 1/fan-in), the output's bias at the logits of the data mean.
  ///
  /// Traps unless there is a hidden layer, a bit and a mask, and the places are an order.
  /// - Parameters:
  ///   - hidden: sizes of the hidden layers.
  ///   - masks: number of masks; degrees are drawn for each.
  ///   - places: the place of each bit in the order; `nil` for the bits' own.
  ///   - mean: the training mean, [bits], in [0, 1].
  public init(
    hidden: [Int], masks: Int = 1, places: [Int]? = nil, mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    let bits = mean.count
    let places = places ?? Array(0..<bits)
    require(
      bits > 0 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 } && masks > 0
        && places.sorted() == Array(0..<bits),
      "\(masks) masks of hidden layers \(hidden) for \(bits) bits in \(places.count) places")
    self.places = places
    order = places.indices.sorted { places[$0] < places[$1] }
    let first = MaskedConnections(places: places, hidden: hidden, using: &generator)
    layers = Linear.chain([bits] + hidden + [bits], using: &generator)
    layers[hidden.count].bias = mean.clippedLogits()
    self.masks =
      [first]
      + (1..<masks).map { _ in
        MaskedConnections(places: places, hidden: hidden, using: &generator)
      }
  }

  /// The log-odds of each bit given those of earlier places by one of the masks, [..., bits].
  public func logits(of x: Bits, mask: Int = 0) -> Tensor { logits(at: x.tensor, mask: mask) }

  /// The same at relaxed bits.
  ///
  /// - Parameters:
  ///   - units: what is added to the sums of the first hidden layer, [..., units].
  ///   - odds: what is added to the log-odds, [..., bits].
  func logits(
    at x: Tensor, mask: Int = 0, units: Tensor? = nil, odds: Tensor? = nil
  ) -> Tensor {
    let masks = masks[mask].matrices
    // A sum of the rows of set bits groups its terms by their number, so that a later bit would
    // move the last digit of an earlier output; what a dense product adds for it is exactly zero.
    var value = x * 1
    for (place, layer) in layers.dropLast().enumerated() {
      let sums = value.affine(layer.weight * masks[place], layer.bias)
      value = maximum(place == 0 ? units.map { sums + $0 } ?? sums : sums, 0)
    }
    let last = layers[layers.count - 1]
    let logits = value.affine(last.weight * masks[layers.count - 1], last.bias)
    return odds.map { logits + $0 } ?? logits
  }

  /// The log-probability by one of the masks alone: what a step of training climbs.
  public func logProbability(_ sample: Bits, mask: Int) -> Tensor {
    Bernoulli(logits: logits(of: sample, mask: mask)).logProbability(sample)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }
}

extension MADE: AutoregressiveBits {
  public func choices(samples: Int) -> MaskedChoices { MaskedChoices(self, rows: samples) }

  /// The log-probability of each bit given those of earlier places, in the shape of the sample.
  ///
  /// - Complexity: one pass for each mask.
  public func logProbabilities(_ sample: Bits) -> Tensor {
    let each = masks.indices.map {
      Bernoulli(logits: logits(of: sample, mask: $0)).logProbabilities(sample)
    }
    guard each.count > 1 else { return each[0] }
    return stack(each).logSumExp(along: 0) - Tensor(Scalar.log(Scalar(each.count)))
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    masks.count == 1
      ? logProbability(sample, mask: 0) : logProbabilities(sample).sum(along: -1)
  }
}
