public import Tensors

/// k of n items, each subset with a probability proportional to the product of its items' odds:
/// independent bits given their number.
///
/// p(S) = exp(Σ logits in S) / e_k(exp(logits)), with e_k the elementary symmetric polynomial. It
/// is not the law of the k largest keys of a Gumbel top-k draw, which is a Plackett-Luce prefix
/// without its order. Everything lives in log space, and of logits only differences are taken.
///
/// - Complexity: O(n k) for the normalizer, marginals and entropy, O(n) for each sample after it.
/// - Reference: Chen and Liu (1997), Statistical applications of the Poisson-binomial and
///   conditional Bernoulli distributions; Ahmed, Zeng, Niepert and Van den Broeck (2023), SIMPLE: A
///   gradient estimator for k-subset sampling.
public struct KSubset: DiscreteDistribution {
  /// Shape `batch + [n]`.
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

  // Sums of logits would lose the digits of their differences where these are far from 0 or far
  // apart. So e_k counts in units of the product of the k largest odds: only differences of logits
  // are taken.

  /// log e_k of the odds, of shape `batch`, differentiable to any order.
  public var logNormalizer: Tensor {
    SortedScores(logits).descending.sliced(along: -1, 0..<size).sum(along: -1) + excess
  }

  /// log e_k of the odds over the product of the k largest, of shape `batch`, differentiable.
  private var excess: Tensor {
    guard size > 0 else { return .zeros(batch) }
    let sorted = SortedScores(logits).descending
    let leading = sorted.sliced(along: -1, 0..<size)
    // Entry m: of the subsets of m of the first items, over the product of the m largest.
    let none = Tensor.full(-Scalar.infinity, batch + [1])
    var table = concatenate(
      [.zeros(batch + [1]), .full(-Scalar.infinity, batch + [size])], along: -1)
    for item in 0..<itemCount {
      let taken =
        table.sliced(along: -1, 0..<size) + (sorted.sliced(along: -1, item..<(item + 1)) - leading)
      table = stack([table, concatenate([none, taken], along: -1)]).logSumExp(along: 0)
    }
    return table.sliced(along: -1, at: size)
  }

  /// 1 for each of the k largest logits, `batch + [n]`.
  var isLeading: Tensor {
    let places = Orders(trusted: SortedScores(logits.detached()).order, itemCount: itemCount).places
    return Tensor(places.values.map { Int($0) < size ? 1 : 0 }, shape: logits.shape)
  }

  /// Logits less the k-th largest as a constant.
  private var centered: Tensor {
    logits - SortedScores(logits.detached()).descending.sliced(along: -1, (size - 1)..<size)
  }

  /// The derivatives of the excess in the logits: marginals less ``isLeading``.
  private var excessSlopes: Tensor {
    let variable = logits.isTracked ? logits : logits.variable()
    return gradients(
      of: KSubset(logits: variable, size: size).excess.sum(), withRespectTo: [variable],
      differentiable: logits.isTracked)[0]
  }

  /// The probability that each item is chosen, `batch + [n]`, differentiable; sums to k.
  public var marginals: Tensor { isLeading + excessSlopes }

  /// The entropy in nats, of shape `batch`.
  public func entropy() -> Tensor {
    guard size > 0 else { return .zeros(batch) }
    return excess - (excessSlopes * centered).sum(along: -1)
  }

  /// Samples with k ones among n bits, `[count] + batch + [n]`.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    let (n, k) = (itemCount, size)
    let rows = batch.reduce(1, *)
    let odds = logits.scalars.map { Double($0) }
    let noise = Tensor.randomExponential([count, rows, n], using: &generator).scalars
    var bits = [Scalar](repeating: 0, count: count * rows * n)
    for items in descending {
      let tables = KSubset.tables(items.map { odds[$0] }, size: k)
      for draw in 0..<count {
        var left = k
        // From the last item to the first: given how many are left, the one before is in with an
        // exact probability.
        for item in (0..<n).reversed() where left > 0 {
          let place = draw * rows * n + items[item]
          if -Double(noise[place]) < chance(of: item, left, tables, items, odds) {
            bits[place] = 1
            left -= 1
          }
        }
      }
    }
    return Bits(Tensor(bits, shape: [count] + batch + [n]))
  }

  /// The places of the items of each batch entry in ``logits``, those of the largest odds first.
  var descending: [[Int]] {
    let n = itemCount
    let order = SortedScores(logits.detached()).order.values.map { Int($0) }
    return (0..<batch.reduce(1, *)).map { row in
      order[(row * n)..<((row + 1) * n)].map { row * n + $0 }
    }
  }

  /// The log-probability that an item of descending odds is in, given that `left` of it and those
  /// before are.
  func chance(
    of item: Int, _ left: Int, _ tables: [[Double]], _ items: [Int], _ odds: [Double]
  ) -> Double {
    tables[item][left - 1] + (odds[items[item]] - odds[items[left - 1]]) - tables[item + 1][left]
  }

  /// The table of ``excess`` for the first i of descending logits, for i from 0 to n.
  static func tables(_ sorted: [Double], size: Int) -> [[Double]] {
    var row = [Double](repeating: -.infinity, count: size + 1)
    row[0] = 0
    var tables = [row]
    for (item, logit) in sorted.enumerated() {
      for count in stride(from: size, to: 0, by: -1) {
        let taken = row[count - 1] + (logit - sorted[count - 1])
        row[count] = logSumExp([tables[item][count], taken])
      }
      tables.append(row)
    }
    return tables
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    let counts = sample.tensor.sum(along: -1)
    guard size > 0 else { return select(counts .== 0, 0, Tensor(-Scalar.infinity)) }
    let logs = ((sample.tensor - isLeading) * centered).sum(along: -1) - excess
    return select(counts .== Tensor(Scalar(size)), logs, Tensor(-Scalar.infinity))
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }
}

extension KSubset: EnumerableDistribution {
  /// n over k.
  public var stateCount: Int? { subsetCount(size, of: itemCount) }

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
