import SwiftDiscrete

/// What whole images look like: an autoencoder whose code is too narrow for anything else.
struct Judge: Parameterized, Sendable {
  var layers: [Linear]

  init(pixels: Int, using generator: inout Philox) {
    layers = [(pixels, 256), (256, 32), (32, 256), (256, pixels)].map {
      Linear(inputs: $0.0, outputs: $0.1, using: &generator)
    }
  }

  /// How far pieces in their places [..., places, pixels] are from what the autoencoder makes of them, squared, of shape [...].
  func energy(_ pieces: Tensor) -> Tensor {
    let leading = Array(pieces.shape.dropLast(2))
    let images = pieces.reshaped(leading + [pieces.shape.suffix(2).reduce(1, *)])
    let code = layers[1](layers[0](images).relu())
    return (layers[3](layers[2](code).relu()).sigmoid() - images).squared().sum(along: -1)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }
}
