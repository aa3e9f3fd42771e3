import Tensors

/// Bernoulli samples that one uniform u and its mirror image 1 - u give, [pairs] + batch + [n]
/// each.
struct AntitheticPair {
  /// 1 where u < p.
  let first: Tensor
  /// 1 where 1 - u < p.
  let second: Tensor

  /// The first members, then the second ones, [2 pairs] + batch + [n].
  var both: Bits { Bits(concatenate([first, second], along: 0)) }

  /// 1 and -1 where only the first or only the second is one, else 0.
  var disagreement: Tensor { first - second }

  /// Half of f(first) - f(second), [pairs] + batch + [1], of costs [2 pairs] + batch.
  func halfDifference(of costs: Tensor) -> Tensor {
    let pairs = costs.shape[0] / 2
    let difference =
      costs.sliced(along: 0, 0..<pairs) - costs.sliced(along: 0, pairs..<(2 * pairs))
    return (difference * 0.5).expandingDimensions(at: difference.rank)
  }
}

extension Bernoulli {
  func antitheticPair(_ uniforms: Tensor) -> AntitheticPair {
    let mean = mean.detached()
    return AntitheticPair(first: uniforms .< mean, second: (1 - uniforms) .< mean)
  }

  /// max(p, 1 - p) of each bit.
  var certainty: Tensor { logits.detached().abs().sigmoid() }

  /// min(p, 1 - p) of each bit, which one less its certainty would round away.
  var uncertainty: Tensor { (-logits.detached().abs()).sigmoid() }
}
