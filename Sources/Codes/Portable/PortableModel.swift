public import Models
public import Stochastics
import Tensors

/// A network of discrete latents that is evaluated in whole numbers, so that every machine, build
/// and number of threads reads what any other has written.
///
/// Bits back in the order of Bit-Swap, as by the network that it was made of.
struct PortableModel: CodedModel {
  /// A layer of variables: bits, or classes.
  enum Variables: Sendable {
    case bits
    case classes(Int)

    /// The places of the inputs that are one.
    func ones(_ values: [Int32]) -> [Int] {
      switch self {
      case .bits: values.indices.filter { values[$0] == 1 }
      case .classes(let count): values.indices.map { $0 * count + Int(values[$0]) }
      }
    }
  }

  /// Layer l of latents given that below it, and the layer below it given its latents.
  struct Link: Sendable {
    let infer: WholeNetwork
    let generate: WholeNetwork
  }

  let links: [Link]
  /// Logits of the top layer with 16 bits behind the point.
  let prior: [Int64]
  /// Of latents; what is written is bits.
  let latents: Variables
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
      var kind = Variables.bits
      for link in links {
        let q = WholeLaw(link.infer.logits(of: kind.ones(below)), latents, precision: precision)
        let above = try q.pop(from: &message)
        WholeLaw(link.generate.logits(of: latents.ones(above)), kind, precision: precision)
          .push(below, onto: &message)
        (below, kind) = (above, latents)
      }
      WholeLaw(prior, latents, precision: precision).push(below, onto: &message)
    }
  }

  func pop(
    _ rows: Int, block: Int, precision: Int, from message: inout ANS
  ) throws(CodeError) -> Bits {
    var result: [Scalar] = []
    for _ in 0..<rows {
      var above = try WholeLaw(prior, latents, precision: precision).pop(from: &message)
      for (place, link) in links.enumerated().reversed() {
        let kind = place == 0 ? Variables.bits : latents
        let p = WholeLaw(link.generate.logits(of: latents.ones(above)), kind, precision: precision)
        let below = try p.pop(from: &message)
        WholeLaw(link.infer.logits(of: kind.ones(below)), latents, precision: precision)
          .push(above, onto: &message)
        above = below
      }
      result += above.map { Scalar($0) }
    }
    return Bits(Tensor(result, shape: [rows, result.count / max(1, rows)]))
  }
}

/// Independent variables by their logits in whole numbers.
private struct WholeLaw {
  private let logits: [Int64]
  private let variables: PortableModel.Variables
  private let precision: Int

  init(_ logits: [Int64], _ variables: PortableModel.Variables, precision: Int) {
    (self.logits, self.variables, self.precision) = (logits, variables, precision)
  }

  private var count: Int {
    switch variables {
    case .bits: logits.count
    case .classes(let classes): logits.count / classes
    }
  }

  /// Puts values on top so that the first is read first.
  func push(_ values: [Int32], onto message: inout ANS) {
    guard case .classes(let classes) = variables else {
      return message.push(bits: values.map { UInt8($0) }, ones: ones, precision: precision)
    }
    for place in (0..<count).reversed() {
      // Every class has a frequency of one at least.
      if let interval = frequencies(place, classes).interval(of: Int(values[place])) {
        message.push(interval, precision: precision, lane: place % message.lanes)
      }
    }
  }

  func pop(from message: inout ANS) throws(CodeError) -> [Int32] {
    guard case .classes(let classes) = variables else {
      return try message.popBits(ones: ones, precision: precision).map { Int32($0) }
    }
    var values: [Int32] = []
    values.reserveCapacity(count)
    for place in 0..<count {
      let lane = place % message.lanes
      let found = frequencies(place, classes).choice(
        at: message.peek(precision: precision, lane: lane))
      try message.pop(found.interval, precision: precision, lane: lane)
      values.append(Int32(found.choice))
    }
    return values
  }

  private var ones: [UInt32] {
    logits.map { LogisticTable.shared.onesFrequency($0, precision: precision) }
  }

  /// Weights are whole, and what `Frequencies` does with them every machine rounds alike.
  private func frequencies(_ place: Int, _ classes: Int) -> Frequencies {
    let own = logits[place * classes..<(place + 1) * classes]
    let largest = own.max() ?? 0
    return Frequencies(
      own.map { Double(LogisticTable.shared.exponential($0 - largest)) }, precision: precision)
  }
}

extension BeliefNetwork {
  public var portable: (any CodedModel)? {
    guard prior.network == nil else { return nil }
    let links = encoder.indices.map { layer in
      PortableModel.Link(
        infer: WholeNetwork(encoder[layer], of: layer == 0 ? .centered(mean) : .signs),
        generate: WholeNetwork(decoder[layer], of: .signs))
    }
    return PortableModel(
      links: links, prior: prior.logits.scalars.map { Int64(wholeNumber($0)) }, latents: .bits,
      original: self)
  }
}

extension DiscreteVAE where Latents: ChoiceLaw {
  public var portable: (any CodedModel)? {
    let isBits = Latents.self == Bernoulli.self
    guard isBits || Latents.self == Categorical.self, prior.network == nil else { return nil }
    return PortableModel(
      links: [
        .init(
          infer: WholeNetwork(encoder, of: .centered(mean)),
          generate: WholeNetwork(decoder, of: isBits ? .signs : .bits))
      ], prior: prior.logits.scalars.map { Int64(wholeNumber($0)) },
      latents: isBits ? .bits : .classes(event[event.count - 1]),
      original: self)
  }
}
