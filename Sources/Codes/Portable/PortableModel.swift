public import Models
public import Stochastics
import Tensors

/// A network that is evaluated in whole numbers, so that every machine, build and number of threads
/// reads what any other has written.
///
/// Latents go by bits back in the order of Bit-Swap, as by the network that it was made of.
struct PortableModel: CodedModel {
  /// Layer l of latents given that below it, and the layer below it given its latents.
  struct Link: Sendable {
    let infer: WholeNetwork
    let generate: WholeNetwork
  }

  /// None for a model without latents, of which the prior is all.
  let links: [Link]
  /// The law of the top layer.
  let prior: WholeLaw
  /// What makes bits of latents depend on those before; `nil` for independent ones.
  var posterior: WholeMADE?
  /// Of latents; what is written is bits.
  let latents: WholeVariables
  /// The network that it was made of.
  let original: any CodedModel

  func bounds(of x: Bits, samples: Int, using noise: inout Philox) -> Tensor {
    original.bounds(of: x, samples: samples, using: &noise)
  }

  var portable: (any CodedModel)? { self }

  func push(
    _ x: Bits, rows: Int, precision: Int, onto message: inout ANS
  ) throws(CodeError) {
    let (values, width) = (x.tensor.scalars.map { Int32($0) }, x.shape[x.shape.count - 1])
    for row in (0..<rows).reversed() {
      var below = Array(values[row * width..<(row + 1) * width])
      var kind = WholeVariables.bits
      for link in links {
        let above = try inferred(by: link, from: kind.ones(below))
          .pop(precision: precision, from: &message)
        WholeLaw.independent(link.generate.logits(of: latents.ones(above)), kind)
          .push(below, precision: precision, onto: &message)
        (below, kind) = (above, latents)
      }
      prior.push(below, precision: precision, onto: &message)
    }
  }

  func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    var result: [Scalar] = []
    for _ in 0..<rows {
      var above = try prior.pop(precision: precision, from: &message)
      for (place, link) in links.enumerated().reversed() {
        let kind = place == 0 ? WholeVariables.bits : latents
        let below = try WholeLaw.independent(link.generate.logits(of: latents.ones(above)), kind)
          .pop(precision: precision, from: &message)
        inferred(by: link, from: kind.ones(below))
          .push(above, precision: precision, onto: &message)
        above = below
      }
      result += above.map { Scalar($0) }
    }
    return Bits(Tensor(result, shape: [rows, result.count / max(1, rows)]))
  }

  private func inferred(by link: Link, from ones: [Int]) -> WholeLaw {
    let found = link.infer.logits(of: ones)
    return posterior.map { .masked($0, shifts: found) } ?? .independent(found, latents)
  }
}

extension Prior {
  /// The same in whole numbers.
  fileprivate func whole(_ variables: WholeVariables) -> WholeLaw {
    network.map { .masked(WholeMADE($0), shifts: []) }
      ?? .independent(logits.scalars.map { Int64(wholeNumber($0)) }, variables)
  }
}

extension BeliefNetwork {
  public var portable: (any CodedModel)? {
    let links = encoder.indices.map { layer in
      PortableModel.Link(
        infer: WholeNetwork(encoder[layer], of: layer == 0 ? .centered(mean) : .signs),
        generate: WholeNetwork(decoder[layer], of: .signs))
    }
    return PortableModel(
      links: links, prior: prior.whole(.bits), latents: .bits, original: self)
  }
}

extension DiscreteVAE where Latents: ChoiceLaw {
  public var portable: (any CodedModel)? {
    let isBits = Latents.self == Bernoulli.self
    guard isBits || Latents.self == Categorical.self else { return nil }
    let latents = isBits ? WholeVariables.bits : .classes(event[event.count - 1])
    return PortableModel(
      links: [
        .init(
          infer: WholeNetwork(encoder, of: .centered(mean)),
          generate: WholeNetwork(decoder, of: isBits ? .signs : .bits))
      ], prior: prior.whole(latents), latents: latents, original: self)
  }
}

extension AutoregressiveVAE {
  public var portable: (any CodedModel)? {
    PortableModel(
      links: [
        .init(
          infer: WholeNetwork(encoder, of: .centered(mean)),
          generate: WholeNetwork(decoder, of: .signs))
      ], prior: prior.whole(.bits), posterior: WholeMADE(network), latents: .bits, original: self)
  }
}

extension MADE {
  public var portable: (any CodedModel)? {
    PortableModel(
      links: [], prior: .masked(WholeMADE(self), shifts: []), latents: .bits, original: self)
  }
}

extension OrderedBits {
  public var portable: (any CodedModel)? {
    PortableModel(links: [], prior: .ordered(WholeOrder(self)), latents: .bits, original: self)
  }
}
