import RealModule
public import Tensors

extension PlackettLuce {
  /// The log-probability that the listed items come first, in any order: of shape
  /// `leading + batch`, differentiable.
  ///
  /// With w the scores and W the sum of those not listed it is the integral over t of W exp(-W t)
  /// times the product of 1 - exp(-w t) over the listed, by the trapezium rule in log t, which
  /// converges exponentially.
  ///
  /// - Complexity: O(nodes n) for each list, nodes some hundreds.
  public func logProbability(ofUnordered sample: Orders) -> Tensor {
    check(sample)
    let (n, places) = (itemCount, sample.placeCount)
    guard places > 0 && places < n else { return .zeros(Array(sample.shape.dropLast())) }
    let list = OrderedScores(logScores, sample.indices, isWhole: true)
    // In units of the sum of those not listed.
    let weights =
      list.listed.sliced(along: 2, 0..<places)
      - list.remaining.sliced(along: 2, places..<(places + 1))
    let rules = Trapezium.rules(weights.detached().scalars.map { Double($0) }, width: places)
    let count = rules.map(\.count).max() ?? 0
    let leading = Array(weights.shape.dropLast())
    let nodes = Tensor(
      rules.flatMap { rule in (0..<count).map { Scalar(rule.start + Double($0) * rule.step) } },
      shape: leading + [count])
    let steps = Tensor(rules.map { Scalar($0.step) }, shape: leading)
    let arrivals =
      nodes.expandingDimensions(at: 3) + weights.expandingDimensions(at: 2)
    // log(1 - exp(-exp(y))) is y - exp(y) / 2 where exp(y) is small, and zero in any precision
    // beyond y = 8.
    let times = minimum(arrivals, 8).exp()
    let isSmall = arrivals .< Tensor(-15)
    let logs = select(
      isSmall, arrivals - times / 2, (-select(isSmall, Tensor(1), times)).log1mExp())
    let integrand = nodes - nodes.exp() + logs.sum(along: 3)
    return list.byList(integrand.logSumExp(along: 2) + steps.log())
  }

  /// The probability of each item to be at one of the first `places`, of shape `batch + [n]`,
  /// without a gradient.
  ///
  /// By the same integral over the time of an item's arrival, at which fewer than `places` others
  /// have arrived; what is summed is positive. The error is absolute, about that of rounding.
  ///
  /// - Complexity: O(nodes n places) for each batch entry, some hundreds of nodes times √places /
  ///   5, more where log-scores are uneven, and at most that for each place.
  public func probabilities(within places: Int) -> Tensor {
    require(
      places >= 0 && places <= itemCount, "\(places) places for \(itemCount) items")
    let n = itemCount
    guard places > 0 else { return .zeros(logScores.shape) }
    guard places < n else { return .ones(logScores.shape) }
    let scores = logScores.scalars.map { Double($0) }
    let rows = stride(from: 0, to: scores.count, by: n).flatMap {
      Self.probabilities(within: places, Array(scores[$0..<($0 + n)]))
    }
    return Tensor(rows.map { Scalar($0) }, shape: logScores.shape)
  }

  private static func probabilities(within places: Int, _ scores: [Double]) -> [Double] {
    let n = scores.count
    let sorted = scores.sorted(by: >)
    // Item j arrives within a window of the logarithm of time t around -score. Where windows meet,
    // nodes go through them as one; between them nothing happens, so that the work does not grow
    // with the spread. In every one, time is counted from its first item's arrival, since only
    // differences of scores have all digits. Before the start nothing arrives, after the end the
    // most probable items all have; the number that has arrived passes `places` within 1/√places in
    // log t or more, which the steps resolve.
    let (before, after) = (40 + Double.log(Double(n)), 4.0)
    let step = min(0.1, 0.5 / Double(places).squareRoot())
    var result = [Double](repeating: 0, count: n)
    var first = 0
    while first < places {
      var last = first
      while last + 1 < places && sorted[last] - sorted[last + 1] < before + after { last += 1 }
      let weights = scores.map { $0 - sorted[first] }
      let end = after + (sorted[first] - sorted[last])
      for node in 0...Int((end + before) / step) {
        let x = Double(node) * step - before
        add(arrivalsAt: weights.map { x + $0 }, within: places, step, to: &result)
      }
      first = last + 1
    }
    return result.map { min($0, 1) }
  }

  /// One node of the integral: of each item the density of its arrival times the probability that
  /// fewer than `places` others came before.
  private static func add(
    arrivalsAt logTimes: [Double], within places: Int, _ step: Double, to result: inout [Double]
  ) {
    let n = logTimes.count
    let waiting = logTimes.map { Double.exp(-Double.exp($0)) }
    let arrived = logTimes.map { -Double.expMinusOne(-Double.exp($0)) }
    // Entry m of row j: the probability that m of the first j items, or of those from j on, have
    // arrived.
    var before = [Double](repeating: 0, count: (n + 1) * places)
    var after = before
    before[0] = 1
    after[n * places] = 1
    for j in 0..<n {
      for m in 0..<places {
        let one = m > 0 ? before[j * places + m - 1] * arrived[j] : 0
        before[(j + 1) * places + m] = before[j * places + m] * waiting[j] + one
      }
    }
    for j in (0..<n).reversed() {
      for m in 0..<places {
        let one = m > 0 ? after[(j + 1) * places + m - 1] * arrived[j] : 0
        after[j * places + m] = after[(j + 1) * places + m] * waiting[j] + one
      }
    }
    for j in 0..<n {
      var (few, behind) = (0.0, 0.0)
      for m in 0..<places {
        behind += after[(j + 1) * places + m]
        few += before[j * places + places - 1 - m] * behind
      }
      // One exponent: apart, an infinite rate would meet a waiting of zero.
      result[j] += step * Double.exp(logTimes[j] - Double.exp(logTimes[j])) * few
    }
  }
}

/// Nodes for the integral of exp(x - exp(x)) times the product of 1 - exp(-exp(x + v)), whose
/// logarithm is concave in x.
private struct Trapezium {
  var start: Double
  var step: Double
  var count: Int

  static func rules(_ weights: [Double], width: Int) -> [Trapezium] {
    stride(from: 0, to: weights.count, by: width).map { Trapezium(weights[$0..<($0 + width)]) }
  }

  private init(_ weights: ArraySlice<Double>) {
    func logIntegrand(_ x: Double) -> Double {
      weights.reduce(x - Double.exp(x)) { sum, v in
        let time = Double.exp(x + v)
        return sum + (time < 1e-8 ? x + v - time / 2 : Double.log(-Double.expMinusOne(-time)))
      }
    }
    // The slope of each factor's logarithm lies between zero and one, which bounds the peak.
    var (low, high) = (0.0, Double.log(Double(weights.count + 1)))
    for _ in 0..<60 {
      let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
      if logIntegrand(a) < logIntegrand(b) { low = a } else { high = b }
    }
    let (peak, top) = ((low + high) / 2, logIntegrand((low + high) / 2))
    // As wide as the peak, whose curvature a difference gives; half a deviation leaves no error
    // that matters.
    let reach = 0.05
    let drop = 2 * top - logIntegrand(peak - reach) - logIntegrand(peak + reach)
    step = min(0.125, 0.5 * reach / max(drop, 1e-12).squareRoot())
    var (left, right) = (0, 0)
    while logIntegrand(peak - Double(left) * step) > top - 40 { left += 1 }
    while logIntegrand(peak + Double(right) * step) > top - 40 { right += 1 }
    start = peak - Double(left) * step
    count = left + right + 1
  }
}
