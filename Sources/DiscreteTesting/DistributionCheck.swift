public import Stochastics
public import Tensors

/// Checks that a family of distributions over few states keeps the promises estimators rely on.
///
/// The family is a function from parameters to a distribution; a user's own distribution is checked
/// like the library's. Every check returns what it found wrong, nothing if all is well.
public struct DistributionCheck<Distribution: EnumerableDistribution> {
  /// The distribution of given parameters, in which log-probabilities must be differentiable.
  public let distribution: (Tensor) -> Distribution
  /// Where the family is checked.
  public let parameters: Tensor
  /// A sample of shape `[samples] + batch + event` as numbers, states being told apart by them.
  public let features: (Distribution.Sample) -> Tensor
  /// Differences this large are put down to rounding.
  public let tolerance: Double

  /// A check of the family at the given parameters.
  public init(
    at parameters: Tensor, tolerance: Double, features: @escaping (Distribution.Sample) -> Tensor,
    distribution: @escaping (Tensor) -> Distribution
  ) {
    self.distribution = distribution
    self.parameters = parameters
    self.features = features
    self.tolerance = tolerance
  }

  /// Everything that is wrong.
  ///
  /// - Parameters:
  ///   - draws: samples whose frequencies are compared.
  ///   - falseAlarmRate: probability of a complaint about the frequencies of a correct sampler.
  public func failures(draws: Int, falseAlarmRate: Double, seed: UInt64) -> [String] {
    [
      normalizationFailures(), scoreFailures(),
      frequencyFailures(draws: draws, falseAlarmRate: falseAlarmRate / 2, seed: seed),
      independenceFailures(draws: draws, falseAlarmRate: falseAlarmRate / 2, seed: seed),
      determinismFailures(seed: seed), adversarialFailures(),
    ].flatMap { $0 }
  }

  /// Listed states must be distinct, as many as announced, and their probabilities must sum to one.
  public func normalizationFailures() -> [String] {
    let q = distribution(parameters)
    let entries = q.batch.reduce(1, *)
    let states = keys(q.states(), entries: entries)
    var failures: [String] = []
    if states.count != q.stateCount {
      failures.append("\(states.count) states are listed, stateCount is \(q.stateCount ?? -1)")
    }
    let probabilities = stateProbabilities(of: q)
    for entry in 0..<entries {
      let distinct = Set(states.map { $0[entry] }).count
      if distinct != states.count {
        failures.append("batch entry \(entry): only \(distinct) of \(states.count) states differ")
      }
      let total: Double = probabilities[entry].reduce(0, +)
      if !(abs(total - 1) <= tolerance) {
        failures.append("batch entry \(entry): probabilities sum to \(total)")
      }
    }
    return failures
  }

  /// The score must be finite and its exact mean zero: what makes REINFORCE unbiased with any
  /// baseline.
  public func scoreFailures() -> [String] {
    let variable = parameters.variable()
    let q = distribution(variable)
    let logProbability = q.logProbability(q.states())
    guard logProbability.isTracked else {
      return ["the log-probability does not depend on the parameters"]
    }
    let weights = logProbability.detached().exp()
    let finite = select(weights .> 0, logProbability, 0)
    let mean = gradients(of: (weights * finite).sum(), withRespectTo: [variable])[0]
    return mean.scalars.enumerated().compactMap { index, value in
      abs(Double(value)) <= tolerance
        ? nil : "the mean score of parameter \(index) is \(value), not zero"
    }
  }

  /// Frequencies of states must match their probabilities, by one chi-square test per batch entry.
  public func frequencyFailures(draws: Int, falseAlarmRate: Double, seed: UInt64) -> [String] {
    var generator = Philox(seed: seed)
    let q = distribution(parameters)
    return frequencyFailures(
      of: q, in: q.sample(draws, using: &generator), falseAlarmRate: falseAlarmRate)
  }

  /// The same for samples drawn in another way.
  public func frequencyFailures(
    of q: Distribution, in sample: Distribution.Sample, falseAlarmRate: Double
  ) -> [String] {
    let entries = q.batch.reduce(1, *)
    let probabilities = stateProbabilities(of: q)
    let places = places(of: sample, under: q)
    let drawn = keys(sample, entries: entries)
    var failures: [String] = []
    for entry in 0..<entries {
      if let odd = places[entry].firstIndex(of: nil) {
        failures.append(
          "batch entry \(entry): \(drawn[odd][entry]) was drawn, which is not a state")
      }
      var counts = [Int](repeating: 0, count: probabilities[entry].count)
      for case let place? in places[entry] { counts[place] += 1 }
      let test = ChiSquare(observed: counts, probabilities: probabilities[entry])
      if test.pValue < falseAlarmRate / Double(entries) {
        failures.append(
          "batch entry \(entry): chi-square \(test.statistic) at \(test.degreesOfFreedom) degrees "
            + "of freedom, p = \(test.pValue)")
      }
    }
    return failures
  }

  /// Neighboring samples, and neighboring batch entries of a sample, must not know of each other:
  /// a chi-square test for each.
  ///
  /// Laws with more than two thousand states are not tested.
  public func independenceFailures(
    draws: Int, falseAlarmRate: Double, seed: UInt64
  ) -> [String] {
    let q = distribution(parameters)
    guard (q.stateCount ?? .max) <= 2000 else { return [] }
    var generator = Philox(seed: seed)
    let sample = q.sample(draws, using: &generator)
    let entries = q.batch.reduce(1, *)
    let probabilities = stateProbabilities(of: q)
    let found = places(of: sample, under: q)
    let known = found.map { $0.compactMap { $0 } }
    // Another check reports samples that are not states.
    guard known.map(\.count) == found.map(\.count) else { return [] }
    let rate = falseAlarmRate / Double(max(1, 2 * entries - 1))
    func test(_ pairs: [(Int, Int)], _ first: [Double], _ second: [Double], _ name: String)
      -> [String]
    {
      var counts = [Int](repeating: 0, count: first.count * second.count)
      for (a, b) in pairs { counts[a * second.count + b] += 1 }
      let joint = first.flatMap { a in second.map { a * $0 } }
      let found = ChiSquare(observed: counts, probabilities: joint)
      return found.pValue < rate ? ["\(name) depend on each other, p = \(found.pValue)"] : []
    }
    return (0..<entries).flatMap { entry -> [String] in
      let (own, p) = (known[entry], probabilities[entry])
      let neighbors = stride(from: 0, to: own.count - 1, by: 2).map { (own[$0], own[$0 + 1]) }
      let after = entry + 1
      return test(neighbors, p, p, "batch entry \(entry): neighboring samples")
        + (after < entries
          ? test(
            Array(zip(own, known[after])), p, probabilities[after],
            "batch entries \(entry) and \(after)") : [])
    }
  }

  /// The place among the states of each sample, batch entry by batch entry; `nil` for what is no
  /// state.
  private func places(of sample: Distribution.Sample, under q: Distribution) -> [[Int?]] {
    let entries = q.batch.reduce(1, *)
    let (states, drawn) = (keys(q.states(), entries: entries), keys(sample, entries: entries))
    return (0..<entries).map { entry in
      var known: [[Scalar]: Int] = [:]
      for (place, state) in states.enumerated() { known[state[entry]] = place }
      return drawn.map { known[$0[entry]] }
    }
  }

  /// Equal generators must give equal samples and be left equal; the next draw must differ.
  public func determinismFailures(seed: UInt64) -> [String] {
    let q = distribution(parameters)
    var (first, second) = (Philox(seed: seed), Philox(seed: seed))
    // Enough draws that two of them agree by chance with no practical probability.
    let a = features(q.sample(1000, using: &first)).scalars
    let b = features(q.sample(1000, using: &second)).scalars
    var failures: [String] = []
    if a != b { failures.append("equal generators gave different samples") }
    if first != second { failures.append("equal generators were left different") }
    if first == Philox(seed: seed) { failures.append("sampling did not advance the generator") }
    // A law that is all but certain may repeat itself.
    let isUncertain = stateProbabilities(of: q).contains { $0.allSatisfy { $0 < 0.9 } }
    if isUncertain, features(q.sample(1000, using: &first)).scalars == a {
      failures.append("the next draw gave the same samples")
    }
    return failures
  }

  /// Generators stuck at zeros or ones must give states of positive probability too.
  public func adversarialFailures() -> [String] {
    let q = distribution(parameters)
    let entries = q.batch.reduce(1, *)
    let states = keys(q.states(), entries: entries)
    return [UInt64.min, .max].flatMap { word -> [String] in
      var generator = Constant(word: word)
      let sample = q.sample(100, using: &generator)
      let listed = keys(sample, entries: entries).allSatisfy { draw in
        (0..<entries).allSatisfy { entry in states.contains { $0[entry] == draw[entry] } }
      }
      let possible = q.logProbability(sample).scalars.allSatisfy { $0 > -.infinity && $0 <= 0 }
      return listed && possible ? [] : ["a generator stuck at \(word) gave an impossible state"]
    }
  }

  /// The features of each sample, batch entry by batch entry.
  private func keys(_ sample: Distribution.Sample, entries: Int) -> [[[Scalar]]] {
    let tensor = features(sample)
    guard tensor.shape[0] > 0, entries > 0 else { return [] }
    let size = tensor.count / (tensor.shape[0] * entries)
    let scalars = tensor.scalars
    return (0..<tensor.shape[0]).map { sample in
      (0..<entries).map { entry in
        let start = (sample * entries + entry) * size
        return Array(scalars[start..<(start + size)])
      }
    }
  }

  /// The probabilities of the states, in double precision, batch entry by batch entry.
  private func stateProbabilities(of q: Distribution) -> [[Double]] {
    let logProbability = q.logProbability(q.states())
    let entries = q.batch.reduce(1, *)
    let values = logProbability.detached().exp().scalars
    return (0..<entries).map { entry in
      stride(from: entry, to: values.count, by: entries).map { Double(values[$0]) }
    }
  }
}

extension DistributionCheck where Distribution.Point: FeaturedPoint {
  /// A check of a family whose points have features, by which states are told apart.
  public init(
    at parameters: Tensor, tolerance: Double, distribution: @escaping (Tensor) -> Distribution
  ) {
    self.init(
      at: parameters, tolerance: tolerance, features: { Distribution.point($0).features },
      distribution: distribution)
  }
}

/// A broken generator: always the same word.
public struct Constant: RandomNumberGenerator, Sendable {
  private let word: UInt64

  public init(word: UInt64) { self.word = word }

  public mutating func next() -> UInt64 { word }
}
