public import Tensors

/// k of n items, each subset with a probability proportional to the product of its items' odds: independent bits given their number.
///
/// p(S) = exp(Σ logits in S) / e_k(exp(logits)), with e_k the elementary symmetric polynomial. It is not the law of the k largest keys of a
/// Gumbel top-k draw, which is a Plackett-Luce prefix without its order. Everything lives in log space; there is no subtraction.
///
/// - Complexity: O(n k) for the normaliser, marginals and entropy, O(n) for each sample after it.
/// - Reference: Chen and Liu (1997), Statistical applications of the Poisson-binomial and conditional Bernoulli distributions; Ahmed,
///   Zeng, Niepert and Van den Broeck (2023), SIMPLE: A gradient estimator for k-subset sampling.
public struct KSubset: DiscreteDistribution {
  /// Of shape `batch + [n]`.
  public let logits: Tensor
  /// Number of items chosen.
  public let size: Int

  /// Traps unless 0 <= size <= n and the logits are finite.
  public init(logits: Tensor, size: Int) {
    require(logits.rank > 0, "logits of shape \(logits.shape), [..., n] is needed")
    let n = logits.shape[logits.rank - 1]
    require(size >= 0 && size <= n, "subsets of \(size) of \(n) items")
    require(logits.allFinite, "a logit is not finite")
    self.logits = logits
    self.size = size
  }

  public var batch: [Int] { Array(logits.shape.dropLast()) }

  /// Number of items n.
  public var itemCount: Int { logits.shape[logits.rank - 1] }

  /// log e_k of the odds, of shape `batch`, differentiable to any order.
  public var logNormalizer: Tensor {
    prefixes(of: logits).last?.sliced(along: -1, at: size) ?? .zeros(batch)
  }

  /// The log normalisers of 0 to k of the first i items, `batch + [k + 1]`, for i from 0 to n.
  private func prefixes(of logits: Tensor) -> [Tensor] {
    let row = Tensor((0...size).map { $0 == 0 ? 0 : -Scalar.infinity })
    var tables = [row.broadcast(to: batch + [size + 1])]
    for item in 0..<itemCount {
      let before = tables[item]
      guard size > 0 else {
        tables.append(before)
        continue
      }
      let shifted = concatenate(
        [
          .full(-Scalar.infinity, batch + [1]),
          before.sliced(along: -1, 0..<size)
            + logits.sliced(along: -1, item..<(item + 1)),
        ], along: -1)
      tables.append(stack([before, shifted]).logSumExp(along: 0))
    }
    return tables
  }

  /// The probability that each item is chosen, `batch + [n]`, differentiable; sums to k.
  public var marginals: Tensor {
    let variable = logits.isTracked ? logits : logits.variable()
    let slopes = gradients(
      of: KSubset(logits: variable, size: size).logNormalizer.sum(), withRespectTo: [variable],
      differentiable: logits.isTracked)[0]
    return slopes
  }

  /// The entropy in nats, of shape `batch`.
  public var entropy: Tensor { logNormalizer - (marginals * logits).sum(along: -1) }

  /// Samples with k ones among n bits, `[count] + batch + [n]`.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    let (n, k) = (itemCount, size)
    let rows = batch.reduce(1, *)
    let tables = prefixes(of: logits.detached()).map(\.scalars)
    let odds = logits.detached().scalars
    let uniforms = Tensor.randomUniform([count, rows, n], using: &generator).log().scalars
    var bits = [Scalar](repeating: 0, count: count * rows * n)
    for draw in 0..<count {
      for row in 0..<rows {
        var left = k
        // From the last item to the first: given how many are left, the one before is in with an exact probability.
        for item in (0..<n).reversed() where left > 0 {
          let place = (draw * rows + row) * n + item
          let without = tables[item][row * (k + 1) + left - 1]
          let with = tables[item + 1][row * (k + 1) + left]
          if uniforms[place] < without + odds[row * n + item] - with {
            bits[place] = 1
            left -= 1
          }
        }
      }
    }
    return Bits(Tensor(bits, shape: [count] + batch + [n]))
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    let counts = sample.tensor.sum(along: -1)
    let logs = (sample.tensor * logits).sum(along: -1) - logNormalizer
    return select(counts .== Tensor(Scalar(size)), logs, Tensor(-Scalar.infinity))
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }
}

extension KSubset: EnumerableDistribution {
  /// n over k.
  public var stateCount: Int? {
    var count = 1
    for index in 0..<min(size, itemCount - size) {
      let (product, overflow) = count.multipliedReportingOverflow(by: itemCount - index)
      guard !overflow else { return nil }
      count = product / (index + 1)
    }
    return count
  }

  public func states() -> Bits {
    let (n, k) = (itemCount, size)
    var subsets: [[Int]] = [[]]
    for left in (0..<k).reversed() {
      subsets = subsets.flatMap { chosen in
        ((chosen.last.map { $0 + 1 } ?? 0)..<(n - left)).map { chosen + [$0] }
      }
    }
    let rows = batch.reduce(1, *)
    let values = subsets.flatMap { chosen -> [Scalar] in
      var row = [Scalar](repeating: 0, count: n)
      for item in chosen { row[item] = 1 }
      return (0..<rows).flatMap { _ in row }
    }
    return Bits(Tensor(values, shape: [subsets.count] + batch + [n]))
  }
}
