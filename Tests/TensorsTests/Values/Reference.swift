import Tensors

/// Scalars as double precision, whatever the build.
func doubles(_ tensor: Tensor) -> [Double] { tensor.scalars.map { Double($0) } }

func randomTensor(_ shape: [Int], using generator: inout some RandomNumberGenerator) -> Tensor {
  Tensor(shape: shape) { buffer in
    for place in buffer.indices { buffer[place] = .random(in: -1...1, using: &generator) }
  }
}

/// Every index of a shape in row-major order.
func places(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { heads, size in heads.flatMap { head in (0..<size).map { head + [$0] } } }
}

extension Tensor {
  /// The scalar at an index, found without strides.
  func at(_ index: [Int]) -> Double {
    var place = 0
    for (axis, size) in shape.enumerated() { place = place * size + index[axis] }
    return Double(scalars[place])
  }

  /// The scalar at an index of a shape this one broadcasts to.
  func broadcastAt(_ index: [Int]) -> Double {
    let own = index.suffix(rank)
    return at(zip(own, shape).map { $1 == 1 ? 0 : $0 })
  }
}

/// Whether two lists agree to a few units in the last place, relative to the size of the expected
/// one; infinities must be equal.
func agree(_ found: [Double], _ expected: [Double], units: Double = 8) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { found, expected in
      found == expected
        || abs(found - expected) <= units * Double(Scalar.ulpOfOne) * max(1, abs(expected))
    }
}
