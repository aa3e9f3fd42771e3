import SwiftDiscrete

/// Scores every piece for every place, by its own pixels and by what all pieces have in common.
///
/// Pieces come in no order: the same network sees each, and what it is told of the others is a
/// mean.
struct Assembler: Parameterized, Sendable {
  var look: [Linear]
  var compare: [Linear]
  var place: Linear
  var estimator: GumbelSinkhorn

  init(pixels: Int, places: Int, estimator: GumbelSinkhorn, using generator: inout Philox) {
    let units = 192
    look = [(pixels, units), (units, units)].map {
      Linear(inputs: $0.0, outputs: $0.1, using: &generator)
    }
    compare = [(2 * units, units), (2 * units, units)].map {
      Linear(inputs: $0.0, outputs: $0.1, using: &generator)
    }
    place = Linear(inputs: units, outputs: places, using: &generator)
    self.estimator = estimator
  }

  /// The law of the matching of pieces [images, n, pixels] with n places.
  func callAsFunction(_ pieces: Tensor) -> GumbelMatching {
    var features = look.reduce(pieces) { $1($0).relu() }
    for layer in compare {
      let common = features.mean(along: 1, keepingDimensions: true).broadcast(to: features.shape)
      features = layer(concatenate([features, common], along: -1)).relu()
    }
    return GumbelMatching(
      scores: place(features).transposed(), tolerance: 1e-3, iterations: 50)
  }

  /// The expected cost of scrambled pieces in their relaxed places [samples, images, n, pixels].
  mutating func loss(
    _ pieces: Tensor, using generator: inout Philox, of cost: (Tensor) -> Tensor
  ) -> Tensor {
    estimator.expectation(over: self(pieces), using: &generator) { (matching: Arrangement, _) in
      cost(matching.apply(to: pieces))
    }.mean()
  }

  /// Pieces in the places of the best matching.
  func assembled(_ pieces: Tensor) -> Tensor {
    Assignment(scores: self(pieces).scores).order.matrix.matmul(pieces)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("look", &look)
    visitor.visit("compare", &compare)
    visitor.visit("place", &place)
    visitor.visit("estimator", &estimator)
  }
}
