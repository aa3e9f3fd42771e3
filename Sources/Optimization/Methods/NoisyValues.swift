import Tensors

/// The costs of points that differ from call to call, and which of these points to trust.
struct NoisyValues: Sendable {
  /// Number of all costs.
  private(set) var count = 0
  private var costs: [Point: [Double]] = [:]
  private var means: [Point: Double] = [:]
  /// The upper ends of the intervals of points with two costs or more.
  private var bounds: [Point: Double] = [:]
  /// The point of the lowest mean.
  private(set) var lowest: Point?
  private var surest: Point?

  /// Adds a cost, infinite for a point that cannot be; returns the mean of the point's.
  mutating func add(_ point: Point, cost: Double) -> Double {
    count += 1
    costs[point, default: []].append(cost)
    let own = costs[point] ?? []
    let interval = MeanInterval(own)
    means[point] = interval.mean
    bounds[point] = own.count > 1 && interval.mean.isFinite ? interval.mean + interval.half : nil
    update(&lowest, point, means)
    update(&surest, point, bounds)
    return interval.mean
  }

  /// The least after the number of a point has changed: all are looked through only where it was
  /// the least before.
  private func update(_ least: inout Point?, _ point: Point, _ numbers: [Point: Double]) {
    guard let old = least, old != point, let known = numbers[old] else {
      least = numbers.min { isLower($0, $1) }?.key
      return
    }
    if let number = numbers[point], isLower((point, number), (old, known)) { least = point }
  }

  /// The order of dictionaries differs from process to process: points of equal means have one of
  /// their own.
  private func isLower(
    _ one: (key: Point, value: Double), _ other: (key: Point, value: Double)
  ) -> Bool {
    one.value == other.value
      ? one.key.values.lexicographicallyPrecedes(other.key.values) : one.value < other.value
  }

  /// The point of the lowest mean while its costs are fewer than the root of their number: it may
  /// owe its place to luck.
  var doubtful: Point? {
    lowest.flatMap { point in
      let own = costs[point]?.count ?? 0
      return own * own < count ? point : nil
    }
  }

  /// The point whose 95 % interval ends lowest, of those with two costs or more; before there is
  /// one that of the lowest mean.
  var recommended: (point: Point, interval: MeanInterval, count: Int)? {
    guard let point = surest ?? lowest, let own = costs[point], own.allSatisfy(\.isFinite) else {
      return nil
    }
    return (point, MeanInterval(own), own.count)
  }
}
