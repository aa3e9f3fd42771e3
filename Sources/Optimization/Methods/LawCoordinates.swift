import Learning
import RealModule
import Stochastics
import Tensors

/// How a kind of space is drawn from by a law, and how that law moves.
struct LawCoordinates<Law: DiscreteDistribution>: Sendable {
  /// The shape of the logits.
  let shape: [Int]
  let law: @Sendable (Tensor) -> Law
  /// The points of a sample.
  let points: @Sendable (Law.Sample) -> [[Int32]]
  /// The probabilities of logits, which the natural gradient moves; `nil` where it is not known in
  /// closed form.
  let probabilities: (@Sendable (Tensor) -> Tensor)?
  /// The entropy in nats, 0 where the law does not say it.
  let entropy: @Sendable (Law) -> Tensor

  /// Moves logits against a gradient.
  func descend(
    _ logits: inout Parameter, along gradient: Parameter, _ descent: inout Adam,
    _ settings: LawSearchSettings
  ) {
    guard settings.isNatural, let probabilities else {
      descent.update(&logits, along: gradient, learningRate: settings.rate)
      let most = Scalar.log(1 / settings.margin)
      logits.value = Tensor(
        logits.value.scalars.map { min(max($0, -most), most) }, shape: logits.value.shape)
      return
    }
    // In the mean of an exponential family the natural gradient is that of the logits.
    let moved = probabilities(logits.value) - settings.rate * gradient.value
    logits.value = Tensor(
      moved.scalars.map { clamped($0, settings.margin) }, shape: moved.shape)
    logits.value = isOfBits ? logit(logits.value) : logits.value.log()
  }

  private var isOfBits: Bool { Law.self == Bernoulli.self }

  private func clamped(_ probability: Scalar, _ margin: Scalar) -> Scalar {
    min(max(probability, margin), 1 - margin)
  }

  private func logit(_ probabilities: Tensor) -> Tensor {
    probabilities.log() - (-probabilities).log1p()
  }

  /// Whether every variable stands at its margin.
  func isAtMargins(_ logits: Tensor, _ settings: LawSearchSettings) -> Bool {
    guard let probabilities else { return false }
    let values = probabilities(logits).scalars
    let width = isOfBits ? 1 : max(1, shape.last ?? 1)
    // The others of a variable share what is left beside the likeliest.
    return stride(from: 0, to: values.count, by: width).allSatisfy { start in
      let top =
        isOfBits
        ? max(values[start], 1 - values[start])
        : values[start..<(start + width)].max() ?? 1
      return top > 1 - Scalar(max(2, width)) * settings.margin
    }
  }
}

extension LawCoordinates<Bernoulli> {
  static func bits(_ count: Int) -> Self {
    LawCoordinates(
      shape: [count], law: { Bernoulli(logits: $0) },
      points: { rows($0.tensor.scalars.map { Int32($0) }, of: count) },
      probabilities: { $0.sigmoid() }, entropy: { $0.entropy().sum() })
  }
}

extension LawCoordinates<Categorical> {
  static func classes(_ variables: Int, _ classes: Int) -> Self {
    LawCoordinates(
      shape: [variables, classes], law: { Categorical(logits: $0) },
      points: { rows($0.indices.values, of: variables) },
      probabilities: { $0.softmax(along: -1) }, entropy: { $0.entropy().sum() })
  }
}

extension LawCoordinates<PlackettLuce> {
  static func order(_ items: Int) -> Self {
    LawCoordinates(
      shape: [items], law: { PlackettLuce(logScores: $0) },
      points: { rows($0.indices.values, of: items) },
      probabilities: nil, entropy: { _ in 0 })
  }
}

extension LawCoordinates<TopPlackettLuce> {
  static func list(_ items: Int, places: Int) -> Self {
    LawCoordinates(
      shape: [items], law: { TopPlackettLuce(logScores: $0, places: places) },
      points: { rows($0.indices.values, of: places) },
      probabilities: nil, entropy: { _ in 0 })
  }
}

extension LawCoordinates<KSubset> {
  static func subset(_ size: Int, of items: Int) -> Self {
    LawCoordinates(
      shape: [items], law: { KSubset(logits: $0, size: size) },
      points: { sample in
        rows(sample.tensor.scalars.map { Int32($0) }, of: items).map { row in
          row.indices.filter { row[$0] == 1 }.map { Int32($0) }
        }
      },
      probabilities: nil, entropy: { _ in 0 })
  }
}

extension LawCoordinates<Gibbs<SpanningTree>> {
  static func tree(_ vertices: Int) -> Self {
    let structure = SpanningTree(vertices: vertices)
    let lines = (0..<vertices).flatMap { first in
      (first + 1..<vertices).map { (first, $0) }
    }
    return LawCoordinates(
      shape: [lines.count], law: { Gibbs(logits: $0, structure: structure) },
      points: { sample in
        rows(sample.tensor.scalars.map { Int32($0) }, of: lines.count).map { row in
          Trees.tree(of: row.indices.filter { row[$0] == 1 }.map { lines[$0] })
        }
      },
      probabilities: nil, entropy: { $0.entropy() })
  }
}

private func rows(_ values: [Int32], of width: Int) -> [[Int32]] {
  stride(from: 0, to: values.count, by: width).map { Array(values[$0..<($0 + width)]) }
}
