public import Models
import Stochastics
public import Tensors

/// A model that writes blocks of binary examples onto a message without loss.
public protocol CodedModel: Sendable {
  /// How many examples are best evaluated at once.
  var block: Int { get }

  /// Puts the first `rows` of examples [block, visible] on top; the others are only evaluated.
  ///
  /// - Throws: `impossible`, and `underflow` where the message has no bits to give and no seed.
  func push(_ x: Bits, rows: Int, precision: Int, onto message: inout ANS) throws(CodeError)

  /// Takes the first `rows` of examples [block, visible] off; the others hold anything.
  ///
  /// - Throws: `underflow` where the message ends before.
  func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits
}

extension CodedModel {
  /// First bits grow with the block, so that one example is best where a model needs any.
  public var block: Int { 1 }
}

/// Bits back in Bit-Swap's order: a layer of latents is popped by what infers it and at once pays
/// for the layer below, so that the first bits are those of one layer.
///
/// The length is -log2 p(x, h) + log2 q(h | x) in the mean, the bound of one sample. Latents are
/// discrete, so that there are no buckets and no loss. Townsend, Bird and Barber (2019), Practical
/// lossless compression with latent variables using bits back coding; Kingma, Abbeel and Ho (2019),
/// Bit-Swap.
extension BeliefNetwork: CodedModel {
  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    var below = x
    for layer in encoder.indices {
      let above = try ChoiceCodec(
        posterior(layer, given: below), rows: rows, precision: precision
      ).pop(from: &message)
      let next = above.reshaped(Array(above.shape.dropFirst()))
      try ChoiceCodec(likelihood(layer, given: next), rows: rows, precision: precision)
        .push(below, onto: &message)
      below = next
    }
    try ChoiceCodec(
      prior.distribution, samples: x.shape[0], rows: rows, precision: precision
    ).push(below, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    var above = try ChoiceCodec(
      prior.distribution, samples: block, rows: rows, precision: precision
    ).pop(from: &message)
    for layer in encoder.indices.reversed() {
      let popped = try ChoiceCodec(
        likelihood(layer, given: above), rows: rows, precision: precision
      ).pop(from: &message)
      let below = popped.reshaped(Array(popped.shape.dropFirst()))
      try ChoiceCodec(posterior(layer, given: below), rows: rows, precision: precision)
        .push(above, onto: &message)
      above = below
    }
    return above
  }
}

extension DiscreteVAE: CodedModel {
  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let z = try ChoiceCodec(posterior(given: x), rows: rows, precision: precision)
      .pop(from: &message)
    try ChoiceCodec(
      likelihood(given: Latents.features(hard: z)), rows: rows, precision: precision
    ).push(x, onto: &message)
    try ChoiceCodec(
      prior.distribution, samples: x.shape[0], rows: rows, precision: precision
    ).push(z, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    let z = try ChoiceCodec(
      prior.distribution, samples: block, rows: rows, precision: precision
    ).pop(from: &message)
    let x = try ChoiceCodec(
      likelihood(given: Latents.features(hard: z)), rows: rows, precision: precision
    ).pop(from: &message)
    let bits = x.reshaped([block, mean.count])
    try ChoiceCodec(posterior(given: bits), rows: rows, precision: precision)
      .push(z, onto: &message)
    return bits
  }
}

extension MADE: CodedModel {
  /// No first bits are needed.
  public var block: Int { 250 }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    try ChoiceCodec(self, samples: x.shape[0], rows: rows, precision: precision)
      .push(x, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    try ChoiceCodec(self, samples: block, rows: rows, precision: precision).pop(from: &message)
  }
}
