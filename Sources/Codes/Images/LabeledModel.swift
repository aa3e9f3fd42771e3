public import Models
public import Stochastics
public import Tensors

/// Bits back with the label as one more latent, which is popped first and pushed last.
extension SemiSupervisedVAE: CodedModel where Latents: ChoiceLaw {
  public func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let block = x.shape[0]
    let codec = BlockCodecs(rows: rows, precision: precision)
    let y = try codec(labelPosterior(given: x)).pop(from: &message)
    let label = oneHot(y)
    let z = try codec(posterior(given: x, label: label)).pop(from: &message)
    try codec(likelihood(given: Latents.features(hard: z), label: label)).push(x, onto: &message)
    try codec(prior.distribution, samples: block).push(z, onto: &message)
    try codec(uniformLabel, samples: block).push(y, onto: &message)
  }

  public func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    let codec = BlockCodecs(rows: rows, precision: precision)
    let y = try codec(uniformLabel, samples: block).pop(from: &message)
    let z = try codec(prior.distribution, samples: block).pop(from: &message)
    let label = oneHot(y)
    let x = try codec(likelihood(given: Latents.features(hard: z), label: label))
      .pop(from: &message).asRows
    try codec(posterior(given: x, label: label)).push(z, onto: &message)
    try codec(labelPosterior(given: x)).push(y, onto: &message)
    return x
  }

  private var uniformLabel: Categorical { Categorical(logits: .zeros([1, labelCount])) }

  /// Labels as rows [block, labels].
  private func oneHot(_ y: Classes) -> Tensor {
    y.oneHot.reshaped([y.indices.count, labelCount])
  }
}
