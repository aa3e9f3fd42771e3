import RealModule
public import Tensors

/// The Plackett-Luce law of orders: each place goes to one of the items left, with probability
/// proportional to exp(log-score).
///
/// Log-scores of shape `batch + [n]` give orders of shape `[samples] + batch + [n]`. Log-scores are
/// finite, of any spread; a constant added to all of them changes nothing. Where a diverged model
/// made them NaN, samples are still orders and log-probabilities NaN. Points are an ``Arrangement``
/// that puts a payload in order.
///
/// Luce (1959), Individual choice behavior; Plackett (1975), The analysis of permutations.
public struct PlackettLuce: DiscreteDistribution {
  public typealias Sample = Orders
  public typealias Point = Arrangement

  /// Logarithms of the scores, up to a constant, of shape `batch + [n]`.
  public let logScores: Tensor

  /// Traps unless the log-scores have an axis of items.
  public init(logScores: Tensor) {
    require(logScores.rank >= 1, "log-scores need an axis of items, got \(logScores.shape)")
    self.logScores = logScores
  }

  public var batch: [Int] { logScores.shape.dropLast() }

  /// Number of items n.
  public var itemCount: Int { logScores.shape[logScores.rank - 1] }

  /// The law of the order of some items among themselves: that of their scores alone.
  public func restricted(to items: [Int]) -> PlackettLuce {
    require(Set(items).count == items.count, "items \(items) are not all different")
    return PlackettLuce(
      logScores: logScores.gathering(Indices(items, shape: [items.count]), along: -1))
  }

  /// The law of the first `places` places.
  public func top(_ places: Int) -> TopPlackettLuce {
    TopPlackettLuce(logScores: logScores, places: places)
  }

  /// Samples by sorting log-scores plus Gumbels, descending.
  ///
  /// - Complexity: O(n) for each order, but for uneven log-scores O(n log n).
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Orders {
    top(itemCount).sample(count, using: &generator)
  }

  /// Samples of the same law, place by place: what the definition says, and slower than
  /// ``sample(_:using:)``.
  ///
  /// - Complexity: O(n^2) for each order.
  public func sampleByPlace(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Orders {
    require(count >= 0, "\(count) samples")
    var stream = Philox(seed: generator.next())
    let n = itemCount
    let scores = logScores.scalars.map { Double($0) }
    let rows = batch.reduce(1, *)
    let indices = Indices(shape: [count] + logScores.shape) { buffer in
      for order in 0..<(count * rows) {
        let own = scores[(order % rows * n)..<((order % rows + 1) * n)]
        var left = Array(own.enumerated())
        for place in 0..<n {
          // Shifted to the best of those left, however far it is below the ones already placed.
          let best = left.map(\.element).max() ?? 0
          var target =
            stream.uniform() * left.reduce(0) { $0 + Double.exp($1.element - best) }
          let chosen =
            left.firstIndex { item in
              target -= Double.exp(item.element - best)
              return target < 0
            } ?? left.count - 1
          buffer[order * n + place] = Int32(left.remove(at: chosen).offset)
        }
      }
    }
    return Orders(trusted: indices, itemCount: n)
  }

  /// The log-probability of orders `leading + batch + [places]`, of shape `leading + batch`.
  ///
  /// Lists of fewer places than items stand for every order that begins so. Differentiable in the
  /// log-scores any number of times.
  ///
  /// - Complexity: O(n) for each order.
  public func logProbability(_ sample: Orders) -> Tensor {
    check(sample)
    return logScores.orderLogProbability(of: sample.indices, isWhole: true)
  }

  /// The log-probability that the listed items come in this order among themselves, wherever the
  /// others are.
  public func logProbability(ofSubRanking sample: Orders) -> Tensor {
    check(sample)
    return logScores.orderLogProbability(of: sample.indices, isWhole: false)
  }

  public static func point(_ sample: Orders) -> Arrangement { Arrangement(sample) }

  func check(_ sample: Orders) {
    let leading = sample.shape.dropLast()
    require(
      sample.itemCount == itemCount && leading.count >= batch.count
        && Array(leading.suffix(batch.count)) == batch,
      "orders \(sample.shape) of \(sample.itemCount) items under log-scores \(logScores.shape)")
  }
}

extension PlackettLuce: StepwiseDistribution {
  /// The log-probability of the item at each place given those before it, in the shape of the
  /// sample.
  public func logProbabilities(_ sample: Orders) -> Tensor {
    check(sample)
    let list = OrderedScores(logScores, sample.indices, isWhole: true)
    return list.bySample(list.logProbabilities)
  }
}

extension PlackettLuce: EnumerableDistribution {
  /// The factorial of the number of items, `nil` if it exceeds what an integer holds.
  public var stateCount: Int? { top(itemCount).stateCount }

  /// Every order once, lexicographically, of shape `[n!] + batch + [n]`.
  public func states() -> Orders { top(itemCount).states() }
}

extension PlackettLuce: DistinctSampling {
  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Orders {
    top(itemCount).sampleDistinct(count, using: &generator)
  }

  public func likeliest(_ count: Int) -> Orders { top(itemCount).likeliest(count) }

  public func sample(
    _ count: Int, excluding states: Orders, using generator: inout some RandomNumberGenerator
  ) -> Orders {
    top(itemCount).sample(count, excluding: states, using: &generator)
  }

  public func logProbability(excluding states: Orders) -> Tensor {
    top(itemCount).logProbability(excluding: states)
  }
}
