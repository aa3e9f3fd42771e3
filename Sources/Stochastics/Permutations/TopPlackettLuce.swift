import CKernels
public import Tensors

/// The first places of a Plackett-Luce order: lists of shape `[samples] + batch + [places]` from
/// log-scores `batch + [n]`.
///
/// The law of choosing items one by one without replacement. Points are an ``Arrangement`` of the
/// first places.
public struct TopPlackettLuce: DiscreteDistribution {
  public typealias Sample = Orders
  public typealias Point = Arrangement

  /// Logarithms of the scores, up to a constant, of shape `batch + [n]`.
  public let logScores: Tensor
  /// Number of places, at most that of the items.
  public let places: Int

  /// Traps unless the log-scores have an axis of items, with as many as there are places.
  public init(logScores: Tensor, places: Int) {
    require(logScores.rank >= 1, "log-scores need an axis of items, got \(logScores.shape)")
    require(
      places >= 0 && places <= logScores.shape[logScores.rank - 1],
      "\(places) places for \(logScores.shape[logScores.rank - 1]) items")
    self.logScores = logScores
    self.places = places
  }

  public var batch: [Int] { logScores.shape.dropLast() }

  private var itemCount: Int { logScores.shape[logScores.rank - 1] }

  /// The law of whole orders.
  public var whole: PlackettLuce { PlackettLuce(logScores: logScores) }

  /// Samples by the largest log-scores plus Gumbels, descending; only those that may be among them
  /// are sorted.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Orders {
    require(count >= 0, "\(count) samples")
    let key = generator.next()
    let rows = batch.reduce(1, *)
    let indices = Indices(shape: [count] + batch + [places]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      logScores.withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.plackettLuce(key, count * rows, itemCount, places, source, rows, target)
      }
    }
    return Orders(trusted: indices, itemCount: itemCount)
  }

  /// The log-probability of lists `leading + batch + [places]`, of shape `leading + batch`.
  public func logProbability(_ sample: Orders) -> Tensor {
    checkPlaces(sample)
    return whole.logProbability(sample)
  }

  public static func point(_ sample: Orders) -> Arrangement { Arrangement(sample) }

  private func checkPlaces(_ sample: Orders) {
    require(
      sample.placeCount == places, "orders of \(sample.placeCount) places, expected \(places)")
  }
}

extension TopPlackettLuce: StepwiseDistribution {
  /// The log-probability of the item at each place given those before it, in the shape of the
  /// sample.
  public func logProbabilities(_ sample: Orders) -> Tensor {
    checkPlaces(sample)
    return whole.logProbabilities(sample)
  }
}

extension TopPlackettLuce: EnumerableDistribution {
  /// The product of n, n - 1 and so on over the places, `nil` if it exceeds what an integer holds.
  public var stateCount: Int? { Orders.listCount(of: itemCount, places: places) }

  /// Every list once, lexicographically, of shape `[stateCount] + batch + [places]`.
  public func states() -> Orders {
    require(stateCount != nil, "\(places) places of \(itemCount) items have too many orders")
    let lists = Orders.lists(of: itemCount, places: places)
    let rows = batch.reduce(1, *)
    let indices = Indices(shape: [lists.count] + batch + [places]) { buffer in
      for (state, list) in lists.enumerated() {
        for row in 0..<rows {
          for (place, item) in list.enumerated() {
            buffer[(state * rows + row) * places + place] = item
          }
        }
      }
    }
    return Orders(trusted: indices, itemCount: itemCount)
  }
}

extension TopPlackettLuce: DistinctSampling {
  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Orders {
    var stream = Philox(seed: generator.next())
    return orders(count) { joint, _ in joint.best(count) { stream.gumbel() } }
  }

  public func likeliest(_ count: Int) -> Orders {
    orders(count) { joint, _ in joint.best(count, gumbel: nil) }
  }

  public func sample(
    _ count: Int, excluding states: Orders, using generator: inout some RandomNumberGenerator
  ) -> Orders {
    checkPlaces(states)
    var stream = Philox(seed: generator.next())
    let excluded = stochasticRows(
      states.indices.values, batch: batch.reduce(1, *), variables: places)
    return orders(count) { joint, row in
      let remaining = RemainingStates(joint, excluding: excluded[row])
      return (0..<count).map { _ in remaining.state { stream.uniform() } }
    }
  }

  public func logProbability(excluding states: Orders) -> Tensor {
    checkPlaces(states)
    let placed = states.indices.oneHot(classes: itemCount)
    // The items placed before each place, which cannot be placed again.
    let before = placed.cumulativeSum(along: -2) - placed
    let scores = logScores.expandingDimensions(at: -2)
    return select(before, Tensor(-Scalar.infinity), scores).logSoftmax(along: -1)
      .logMass(leaving: states.indices.values)
  }

  /// The lists that `choose` picks in every batch entry.
  private func orders(_ count: Int, _ choose: (JointStates, Int) -> [[Int32]]) -> Orders {
    let n = itemCount
    let scores = logScores.scalars.map { Double($0) }
    let rows = batch.reduce(1, *)
    let indices = Indices(shape: [count] + batch + [places]) { buffer in
      for row in 0..<rows {
        let own = Array(scores[(row * n)..<((row + 1) * n)])
        let joint = JointStates(steps: places) { placed in
          var left = own
          for item in placed { left[Int(item)] = -.infinity }
          let sum = logSumExp(left)
          return left.map { $0 - sum }
        }
        for (index, list) in choose(joint, row).enumerated() {
          for (place, item) in list.enumerated() {
            buffer[(index * rows + row) * places + place] = item
          }
        }
      }
    }
    return Orders(trusted: indices, itemCount: n)
  }
}
