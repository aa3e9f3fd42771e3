public import Tensors

/// ARSM, augment-REINFORCE-swap-merge: pseudo-samples from one Dirichlet variate by swapping two of
/// its entries.
///
/// With π uniform on the simplex for each variable, z(c, r) is the class with the least log
/// π - logit after entries c and r are swapped in every variable; the slope of class c is the mean
/// over references r of (f(z(c, r)) - mean over m of f(z(m, r))) (1 - K π_r).
///
/// - Bias: unbiased.
/// - Cost calls: K (K - 1) / 2 + 1 for K classes, in one batch.
/// - Requires: categorical variables; any cost.
/// - State: none.
/// - Reference: Yin, Yue and Zhou (2019), ARSM: augment-REINFORCE-swap-merge estimator for gradient
///   backpropagation through categorical variables.
public struct ARSM: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Categorical

  public init() {}

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Categorical) -> Int? {
    q.classCount * (q.classCount - 1) / 2 + 1
  }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Categorical, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Classes, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let k = q.classCount
    let logits = q.logits.detached()
    let weights = Tensor.randomExponential(logits.shape, using: &generator)
    let shares = weights / weights.sum(along: -1, keepingDimensions: true)
    let logs = shares.log()

    var places = [[Int]](repeating: [Int](repeating: 0, count: k), count: k)
    var swapped = [logits - logs]
    for c in 0..<k {
      for r in 0..<c {
        var order = Array(0..<k)
        order.swapAt(c, r)
        places[c][r] = swapped.count
        places[r][c] = swapped.count
        swapped.append(logits - logs.gathering(Indices(order, shape: [k]), along: -1))
      }
    }
    let f = try cost(q.harden(stack(swapped)), &generator)
    // Less the first, so that equal costs leave exactly nothing.
    let costs = f.detached() - f.detached().sliced(along: 0, 0..<1)

    var slopes = [Tensor](repeating: .zeros(Array(logits.shape.dropLast())), count: k)
    for r in 0..<k {
      let own = (0..<k).map { costs.sliced(along: 0, at: places[$0][r]) }
      let mean = stack(own).mean(along: 0)
      let weight = 1 - shares.sliced(along: -1, at: r) * Scalar(k)
      for c in 0..<k {
        let difference = own[c] - mean
        slopes[c] = slopes[c] + difference.expandingDimensions(at: difference.rank) * weight
      }
    }
    // A masked class has the slope zero, whatever the estimate's noise.
    let gradient =
      stack(slopes, along: logits.rank - 1) / Scalar(k) * (logits .> Tensor(-Scalar.infinity))
    return f.mean(along: 0).pulling(gradient, into: q.logits)
  }
}

extension GradientEstimator where Self == ARSM {
  /// ARSM: pseudo-samples by swapping.
  public static func arsm() -> ARSM { ARSM() }
}
