import SwiftDiscrete

/// What whole images look like: an autoencoder whose code is too narrow for anything else.
struct Judge: Parameterized, Sendable {
  var layers: [Linear]

  init(pixels: Int, using generator: inout Philox) {
    layers = [(pixels, 256), (256, 32), (32, 256), (256, pixels)].map {
      Linear(inputs: $0.0, outputs: $0.1, using: &generator)
    }
  }

  /// How far pieces in relaxed places [..., places, pixels] are from what the autoencoder makes of
  /// them, squared, of shape [...].
  ///
  /// Gray blends of everything would please it most. A tenth of the squares that blending loses is
  /// added, nothing for hard places; with all of it, the expected distance of whole pieces,
  /// learning is slow.
  func energy(_ arranged: Tensor, of pieces: Tensor) -> Tensor {
    let leading = Array(arranged.shape.dropLast(2))
    let images = arranged.reshaped(leading + [arranged.shape.suffix(2).reduce(1, *)])
    let code = layers[1](layers[0](images).relu())
    let distance = (layers[3](layers[2](code).relu()).sigmoid() - images).squared().sum(along: -1)
    let lost = pieces.squared().sum(along: -1) - arranged.squared().sum(along: -1)
    return distance + lost.sum(along: -1) * 0.1
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }
}
