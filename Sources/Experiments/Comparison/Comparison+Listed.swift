import Runs
import Stochastics
import Tensors

extension Comparison {
  /// The exact mean and variance of an estimator whose only randomness is its samples: every draw
  /// of them is listed and weighted by its probability.
  ///
  /// What an estimator learns is as it begins.
  func listedRow(_ text: String, _ specification: Specification) throws(SettingError)
    -> ComparisonRow
  {
    func row<Q: EnumerableDistribution>(_: Q.Type) throws(SettingError) -> ComparisonRow? {
      try (self as? Comparison<Q>)?.row(listing: specification, text)
    }
    guard let law = site.enumerable, let row = try row(law) else {
      throw SettingError("\(text): the states of \(site.kind) cannot be listed")
    }
    return row
  }
}

extension Comparison where Distribution: EnumerableDistribution {
  /// Draws that are listed at most.
  private static var mostDraws: Int { 1 << 16 }

  fileprivate func row(
    listing specification: Specification, _ text: String
  ) throws(SettingError) -> ComparisonRow {
    let listed = EstimatorContext<Prescribed<Distribution>>(
      event: context.event, states: site.states, slope: site.slope, mostStates: site.mostStates,
      rowAxes: site.rowAxes)
    var generator = Philox(seed: plan.seed, stream: .comparison)
    let entry = try EstimatorCatalogue.entry(specification)
    guard !entry.isOfBound,
      let estimator = try? listed.make(specification, using: &generator)
    else {
      _ = try context.make(specification, using: &generator)
      throw SettingError("\(text): its mean cannot be listed, as it draws more than samples")
    }
    let samples = entry.completed(specification).option("samples").flatMap { Int($0) } ?? 1
    guard let count = site.states, let draws = wholePower(count, samples), draws <= Self.mostDraws
    else {
      throw SettingError(
        "\(text): \(samples) samples of \(site.states.map { "\($0)" } ?? "too many") states are more than the \(Self.mostDraws) draws that are listed at most"
      )
    }
    guard let states = single(study.parameters).states() as? any ListedSample else {
      throw SettingError("\(text): the states of \(site.kind) cannot be listed")
    }
    var period = 1
    let places = (0..<samples).map { _ in
      defer { period *= count }
      return (0..<draws).map { $0 / period % count }
    }
    guard let drawn = states.listed(places) as? Distribution.Sample else {
      fatalError("the states of \(Distribution.self) are not its samples")
    }
    let clock = ContinuousClock()
    var estimates = Estimates()
    let time = clock.measure { estimates = self.estimates(estimator, at: drawn, draws, seed: 0) }
    guard self.estimates(estimator, at: drawn, draws, seed: 1).slopes == estimates.slopes else {
      throw SettingError("\(text): its mean cannot be listed, as it draws more than samples")
    }
    let coordinates = study.parameters.count
    let mean = estimates.mean(coordinates)
    return ComparisonRow(
      estimator: text, label: entry.withImpliedSamples(specification).text, bias: estimator.bias,
      objective: "expectation", exact: exact(),
      measurement: GradientMeasurement(
        mean: mean, standardError: mean.map { _ in 0 },
        variance: estimates.variance(mean), varianceInterval: 0,
        evaluations: Double(estimates.calls), microseconds: time / .microseconds(draws),
        draws: draws),
      isListed: true)
  }

  /// An estimate for each draw, and its probability.
  private struct Estimates {
    var (slopes, weights, calls) = ([Double](), [Double](), 0)

    /// The mean of each coordinate.
    func mean(_ coordinates: Int) -> [Double] {
      var mean = [Double](repeating: 0, count: coordinates)
      for (place, slope) in slopes.enumerated() {
        mean[place % coordinates] += weights[place / coordinates] * slope
      }
      return mean
    }

    /// The variance summed over the coordinates.
    func variance(_ mean: [Double]) -> Double {
      slopes.enumerated().reduce(0) { sum, slope in
        let difference = slope.element - mean[slope.offset % mean.count]
        return sum + weights[slope.offset / mean.count] * difference * difference
      }
    }
  }

  private func estimates(
    _ estimator: some GradientEstimator<Prescribed<Distribution>>, at samples: Distribution.Sample,
    _ draws: Int, seed: UInt64
  ) -> Estimates {
    var (estimator, generator, found) = (estimator, Philox(seed: seed), Estimates())
    let rows = Tensor.zeros([draws] + study.parameters.shape) + study.parameters
    found.weights = study.distribution(rows).logProbability(samples).sum(along: 0).exp()
      .scalars.map { Double($0) }
    found.slopes = gradient(at: rows) { rows in
      estimator.expectation(
        over: Prescribed(base: study.distribution(rows), samples: samples), using: &generator,
        of: { (point: Distribution.Point, _: inout Philox) -> Tensor in
          let costs = study.cost(point)
          found.calls += costs.shape[0]
          return costs
        })
    }.scalars.map { Double($0) }
    return found
  }
}
