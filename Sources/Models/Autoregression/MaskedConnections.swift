package import Tensors

/// Which units of a masked network are connected.
public struct MaskedConnections: Sendable {
  /// The degrees of the units of each hidden layer: they see the bits of that many first places.
  public let degrees: [[Int]]
  /// One and zero for each weight of each layer, [below, above].
  package let matrices: [Tensor]

  /// Draws which unit of a layer has which degree.
  init(places: [Int], hidden: [Int], using generator: inout some RandomNumberGenerator) {
    let bits = places.count
    // Degrees go round in every layer, so that no bit lacks units and none is cut off.
    let degrees = hidden.map { size in
      (0..<size).map { bits > 1 ? 1 + $0 * (bits - 1) / size : 0 }.shuffled(using: &generator)
    }
    self.degrees = degrees
    let levels = [places.map { $0 + 1 }] + degrees
    matrices = (0...hidden.count).map { layer in
      let below = levels[layer]
      // An output sees what is before its place.
      let above = layer < hidden.count ? degrees[layer] : places
      return Tensor(
        below.flatMap { from in above.map { from <= $0 ? 1 : 0 } },
        shape: [below.count, above.count])
    }
  }
}
