public import Models
public import Stochastics
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

  /// What the length is in the mean, in nats: log-probabilities of examples [batch, visible], or
  /// bounds of one sample of their latents each, of shape [samples, batch].
  func bounds(of x: Bits, samples: Int, using noise: inout Philox) -> Tensor

  /// The same model in whole numbers, which every machine has alike; `nil` where it has none.
  var portable: (any CodedModel)? { get }
}

extension CodedModel {
  /// First bits grow with the block, so that one example is best where a model needs any.
  public var block: Int { 1 }

  public var portable: (any CodedModel)? { nil }
}

extension CodedModel where Self: LatentVariableModel {
  public func bounds(of x: Bits, samples: Int, using noise: inout Philox) -> Tensor {
    logWeights(of: x, samples: samples, using: &noise)
  }
}

extension CodedModel where Self: ChoiceLaw, Sample == Bits {
  /// Log-probabilities, which need no samples.
  public func bounds(of x: Bits, samples: Int, using noise: inout Philox) -> Tensor {
    logProbability(x).expandingDimensions(at: 0).broadcast(to: [samples, x.shape[0]])
  }
}

/// Latents and the layer below them, each with its law given the other.
///
/// Latents are popped by what infers them, and at once pay for the layer below.
private struct BitsBack<Below: ChoiceLaw, Latents: ChoiceLaw> {
  let rows: Int
  let precision: Int
  /// The law of latents given the layer below.
  let infer: (Below.Sample) -> Latents
  /// The law of the layer below given its latents.
  let generate: (Latents.Sample) -> Below

  /// Pops latents, and pushes the layer below; returns the latents, which are still to be pushed.
  func push(_ below: Below.Sample, onto message: inout ANS) throws(CodeError) -> Latents.Sample {
    let latents = try codec(infer(below)).pop(from: &message)
    try codec(generate(latents)).push(below, onto: &message)
    return latents
  }

  /// The inverse: pops the layer below, and pushes its latents.
  func pop(
    under latents: Latents.Sample, from message: inout ANS
  ) throws(CodeError) -> Below.Sample {
    let below = try codec(generate(latents)).pop(from: &message)
    try codec(infer(below)).push(latents, onto: &message)
    return below
  }

  private func codec<Law: ChoiceLaw>(_ law: Law) -> ChoiceCodec<Law> {
    ChoiceCodec(law, rows: rows, precision: precision)
  }
}

extension Bits {
  /// The same as [rows, scalars], whatever axes lead.
  var asRows: Bits {
    let width = shape[shape.count - 1]
    return reshaped([shape.dropLast().reduce(1, *), width])
  }
}

/// Bits back in Bit-Swap's order, so that the first bits are those of one layer.
///
/// The length is -log2 p(x, h) + log2 q(h | x) in the mean, the bound of one sample. Latents are
/// discrete, so that there are no buckets and no loss. Townsend, Bird and Barber (2019), Practical
/// lossless compression with latent variables using bits back coding; Kingma, Abbeel and Ho (2019),
/// Bit-Swap.
extension BeliefNetwork: CodedModel {
  private func bitsBack(
    _ layer: Int, rows: Int, precision: Int
  ) -> BitsBack<Bernoulli, Bernoulli> {
    BitsBack(
      rows: rows, precision: precision, infer: { posterior(layer, given: $0.asRows) },
      generate: { likelihood(layer, given: $0.asRows) })
  }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    var top = x
    for layer in encoder.indices {
      top = try bitsBack(layer, rows: rows, precision: precision).push(top, onto: &message)
    }
    try ChoiceCodec(
      prior, samples: x.shape[0], rows: rows, precision: precision
    ).push(top.asRows, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    var bottom = try ChoiceCodec(
      prior, samples: block, rows: rows, precision: precision
    ).pop(from: &message)
    for layer in encoder.indices.reversed() {
      bottom = try bitsBack(layer, rows: rows, precision: precision)
        .pop(under: bottom, from: &message)
    }
    return bottom.asRows
  }
}

extension DiscreteVAE: CodedModel {
  private func bitsBack(rows: Int, precision: Int) -> BitsBack<Bernoulli, Latents> {
    BitsBack(
      rows: rows, precision: precision, infer: { posterior(given: $0.asRows) },
      generate: { likelihood(given: Latents.features(hard: $0)) })
  }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let z = try bitsBack(rows: rows, precision: precision).push(x, onto: &message)
    try ChoiceCodec(
      prior, samples: x.shape[0], rows: rows, precision: precision
    ).push(z, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    let z = try ChoiceCodec(
      prior, samples: block, rows: rows, precision: precision
    ).pop(from: &message)
    return try bitsBack(rows: rows, precision: precision).pop(under: z, from: &message).asRows
  }
}

extension CodedModel where Self: AutoregressiveBits {
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

extension MADE: CodedModel {}

extension OrderedBits: CodedModel {}
