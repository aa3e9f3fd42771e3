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

/// Codecs of the laws of a block, each for its first rows.
struct BlockCodecs {
  let rows: Int
  let precision: Int

  func callAsFunction<Law: ChoiceLaw>(_ law: Law, samples: Int = 1) -> ChoiceCodec<Law> {
    ChoiceCodec(law, samples: samples, rows: rows, precision: precision)
  }
}

/// Latents and the layer below them, each with its law given the other.
///
/// Latents are popped by what infers them, and at once pay for the layer below.
private struct BitsBack<Below: ChoiceLaw, Latents: ChoiceLaw> {
  let codec: BlockCodecs
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
    _ layer: Int, by codec: BlockCodecs
  ) -> BitsBack<Bernoulli, Bernoulli> {
    BitsBack(
      codec: codec, infer: { posterior(layer, given: $0.asRows) },
      generate: { likelihood(layer, given: $0.asRows) })
  }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let codec = BlockCodecs(rows: rows, precision: precision)
    var top = x
    for layer in encoder.indices {
      top = try bitsBack(layer, by: codec).push(top, onto: &message)
    }
    try codec(prior, samples: x.shape[0]).push(top.asRows, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    let codec = BlockCodecs(rows: rows, precision: precision)
    var bottom = try codec(prior, samples: block).pop(from: &message)
    for layer in encoder.indices.reversed() {
      bottom = try bitsBack(layer, by: codec).pop(under: bottom, from: &message)
    }
    return bottom.asRows
  }
}

extension CodedModel where Self: Autoencoder, Latents: ChoiceLaw, Posterior: ChoiceLaw {
  private func bitsBack(by codec: BlockCodecs) -> BitsBack<Bernoulli, Posterior> {
    BitsBack(
      codec: codec, infer: { posterior(given: $0.asRows) },
      generate: { likelihood(given: Latents.features(hard: $0)) })
  }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let codec = BlockCodecs(rows: rows, precision: precision)
    let z = try bitsBack(by: codec).push(x, onto: &message)
    try codec(prior, samples: x.shape[0]).push(z, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    let codec = BlockCodecs(rows: rows, precision: precision)
    let z = try codec(prior, samples: block).pop(from: &message)
    return try bitsBack(by: codec).pop(under: z, from: &message).asRows
  }
}

extension DiscreteVAE: CodedModel where Latents: ChoiceLaw {}

extension AutoregressiveVAE: CodedModel {}

extension CodedModel where Self: AutoregressiveBits {
  /// No first bits are needed.
  public var block: Int { 250 }

  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    try BlockCodecs(rows: rows, precision: precision)(self, samples: x.shape[0])
      .push(x, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    try BlockCodecs(rows: rows, precision: precision)(self, samples: block).pop(from: &message)
  }
}

extension MADE: CodedModel {}

extension OrderedBits: CodedModel {}
