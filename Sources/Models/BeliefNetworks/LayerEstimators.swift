public import Stochastics
public import Tensors

/// One estimator for each stochastic layer, nearest to the data first.
public struct LayerEstimators<Distribution: DiscreteDistribution>: ObjectiveEstimators {
  public var layers: [any BlackBoxGradientEstimator<Distribution>]

  public init(_ layers: [any BlackBoxGradientEstimator<Distribution>]) {
    self.layers = layers
  }

  public var objective: Objective { .bound }

  public var first: (any Sendable)? { layers.first }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    for index in layers.indices {
      visitor.enter(String(index))
      layers[index].visitParameters(&visitor)
      visitor.leave()
    }
  }
}
