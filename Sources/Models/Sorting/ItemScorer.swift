public import Learning
public import Tensors

/// Looks at the items of a sequence one by one, with the same weights, and gives each some scores.
public protocol ItemScorer: Parameterized, Sendable {
  /// Scores `[sequences, n, outputs]` of items `[sequences, n] + item`.
  func callAsFunction(_ items: Tensor) -> Tensor
}

/// Scores images: two convolutions that pool, a dense layer and the scores.
///
/// 32 and 64 filters of 5 x 5 at every pixel, 64 dense units, rectifiers between: the network of
/// Grover, Wang, Zweig and Ermon (2019), Stochastic optimization of sorting networks via continuous
/// relaxations.
public struct ImageScorer: ItemScorer {
  public var near: Convolution
  public var far: Convolution
  public var dense: Linear
  public var output: Linear

  /// For images [height, width] of 4 x 4 at least; traps on smaller ones.
  public init(
    height: Int, width: Int, outputs: Int = 1, using generator: inout some RandomNumberGenerator
  ) {
    require(height >= 4 && width >= 4, "images of \(width) x \(height) cannot be halved twice")
    near = Convolution(
      size: 5, inputs: 1, filters: 32, padding: .same, pools: true, using: &generator)
    far = Convolution(
      size: 5, inputs: 32, filters: 64, padding: .same, pools: true, using: &generator)
    dense = Linear(
      inputs: height / 2 / 2 * (width / 2 / 2) * 64, outputs: 64, using: &generator)
    output = Linear(inputs: 64, outputs: outputs, using: &generator)
  }

  public func callAsFunction(_ items: Tensor) -> Tensor {
    require(items.rank == 4, "images [sequences, n, height, width], not \(items.shape)")
    let count = items.shape[0] * items.shape[1]
    let images = items.reshaped([count, items.shape[2], items.shape[3], 1])
    let features = far(near(images).relu()).relu()
    let scores = output(dense(features.reshaped([count, dense.weight.shape[0]])).relu())
    return scores.reshaped([items.shape[0], items.shape[1], output.bias.count])
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("near", &near)
    visitor.visit("far", &far)
    visitor.visit("dense", &dense)
    visitor.visit("output", &output)
  }
}

/// Scores plain numbers: 32 rectified units and the scores.
///
/// Mena, Belanger, Linderman and Snoek (2018), Learning latent permutations with Gumbel-Sinkhorn
/// networks.
public struct NumberScorer: ItemScorer {
  public var dense: Linear
  public var output: Linear

  public init(outputs: Int = 1, using generator: inout some RandomNumberGenerator) {
    dense = Linear(inputs: 1, outputs: 32, using: &generator)
    output = Linear(inputs: 32, outputs: outputs, using: &generator)
  }

  public func callAsFunction(_ items: Tensor) -> Tensor {
    require(items.rank == 2, "numbers [sequences, n], not \(items.shape)")
    return output(dense(items.expandingDimensions(at: 2)).relu())
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("dense", &dense)
    visitor.visit("output", &output)
  }
}
