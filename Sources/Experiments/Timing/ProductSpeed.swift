package import Formats
package import Runs
import Tensors

/// How fast a matrix product of a training step is made on this machine.
package struct ProductSpeed {
  /// Which of the three products of a layer it is.
  package enum Role: String, CaseIterable {
    case forward
    /// Of the transposed inputs and the outputs' cotangent.
    case weights
    /// Of the outputs' cotangent and the transposed weight.
    case inputs
  }

  package let role: Role
  /// Sizes of the layer.
  package let inputs: Int
  package let outputs: Int
  /// Billions of multiplications and additions per second, the best of twenty.
  package let gigaflops: Double

  /// Layers of a 784-200 belief network and of an autoencoder 784-512-256-200, batch 100.
  ///
  /// Products of scalars: those of bits are sums of rows or are looked up.
  package static func ofTrainingSteps() -> [ProductSpeed] {
    let layers = [(784, 200), (200, 784), (784, 512), (512, 256), (256, 200)]
    return layers.flatMap { layer in
      Role.allCases.map { ProductSpeed($0, inputs: layer.0, outputs: layer.1) }
    }
  }

  private init(_ role: Role, inputs: Int, outputs: Int) {
    self.role = role
    self.inputs = inputs
    self.outputs = outputs
    var generator = Philox(seed: 0)
    let x = Tensor.randomNormal([100, inputs], using: &generator)
    let weight = Tensor.randomNormal([inputs, outputs], using: &generator)
    let cotangent = Tensor.randomNormal([100, outputs], using: &generator)
    let clock = ContinuousClock()
    let times = (0..<20).map { _ in
      clock.measure {
        switch role {
        case .forward: _ = x.matmul(weight)
        case .weights: _ = x.transposed().matmul(cotangent)
        case .inputs: _ = cotangent.matmul(weight.transposed())
        }
      } / .seconds(1)
    }
    let seconds = times.min() ?? .infinity
    gigaflops = 2 * 100 * Double(inputs * outputs) / seconds / 1e9
  }

  /// Role, sizes and speed.
  package var json: JSON {
    [
      "role": JSON(role.rawValue), "inputs": JSON(inputs), "outputs": JSON(outputs),
      "gflops": JSON(rounded(gigaflops, 0)),
    ]
  }
}

extension ProductSpeed {
  /// Speeds for people, a layer a line.
  package static func table(of products: [ProductSpeed]) -> TextTable {
    let roles = Role.allCases.count
    return TextTable(
      ["GFLOP/s, batch 100", "forward", "weights", "inputs"],
      stride(from: 0, to: products.count, by: roles).map { start in
        ["\(products[start].inputs)-\(products[start].outputs)"]
          + products[start..<(start + roles)].map { decimal($0.gigaflops, 0) }
      })
  }
}
