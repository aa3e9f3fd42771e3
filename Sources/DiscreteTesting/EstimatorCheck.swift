public import Stochastics
public import Tensors

/// Checks that an estimator keeps its promises, by summing its randomness out.
///
/// It is for estimators whose only randomness is what the distribution draws. Every draw over few
/// states is listed and weighted by its probability, so means are exact and anything above rounding
/// is a fault. A stateful estimator is checked as it comes: warm it up before.
public struct EstimatorCheck<Base: EnumerableDistribution> {
  /// The checks.
  public enum Promise: String, Sendable, CaseIterable {
    /// The mean of the value is the expected cost.
    case value
    /// The mean of the gradient is that of the expected cost, in the distribution's parameters.
    case gradient
    /// It still is when every draw has a call of its own: no other batch entry dilutes what an
    /// estimator takes from its own sample.
    case isolation
    /// The mean of the gradient in the cost's own parameters is that of the expected cost.
    case directTerm = "direct term"
    /// The gradient in the estimator's trained parameters does not follow the sign or scale of the
    /// objective.
    case passenger
    /// Nothing flows back into the context.
    case context
    /// There is one result for each batch entry.
    case shape
    /// The distribution is drawn from once: what is scored is what was paid for.
    case draws
  }

  /// A broken promise, and by how much.
  public struct Failure: Sendable, CustomStringConvertible {
    public let promise: Promise
    /// The largest difference; infinite if something was not a number.
    public let error: Double

    public var description: String { "\(promise.rawValue): off by \(error)" }
  }

  public let draws: DrawList<Base>
  public let parameters: Tensor
  /// The costs [samples, batch] of points, given parameters of the cost's own.
  public let cost: (_ point: Base.Point, _ parameters: Tensor) -> Tensor
  public let costParameters: Tensor
  /// Differences up to this are put down to rounding.
  public let tolerance: Double

  public init(
    _ draws: DrawList<Base>, at parameters: Tensor, costParameters: Tensor, tolerance: Double,
    cost: @escaping (Base.Point, Tensor) -> Tensor
  ) {
    self.draws = draws
    self.parameters = parameters
    self.costParameters = costParameters
    self.tolerance = tolerance
    self.cost = cost
  }

  /// Everything that is wrong with an estimator, nothing if all is well.
  ///
  /// - Parameters:
  ///   - samples: how many it draws.
  ///   - context: of one batch entry.
  ///   - scale: the factor by which it is known to scale the gradient in the distribution's
  ///     parameters.
  /// - Complexity: `stateCount` to the power of `samples` calls of the estimator.
  public func failures(
    of estimator: some GradientEstimator<Prescribed<Base>>, samples: Int = 1,
    given context: Tensor? = nil, scale: Scalar = 1
  ) -> [Failure] {
    let places = draws.places(samples: samples)
    let expected = expectation()
    let together = mean(of: estimator, over: places, given: context)
    var apart = Means(
      value: 0, gradient: .zeros(like: parameters), direct: .zeros(like: costParameters),
      context: nil)
    for draw in places[0].indices {
      let one = mean(of: estimator, over: places.map { [$0[draw]] }, given: context)
      apart.value = apart.value + one.value
      apart.gradient = apart.gradient + one.gradient
    }
    let errors: [(Promise, Double)] = [
      (.value, distance(together.value, expected.value)),
      (.value, distance(apart.value, expected.value)),
      (.gradient, distance(together.gradient, expected.gradient * scale)),
      (.isolation, distance(apart.gradient, expected.gradient * scale)),
      (.directTerm, distance(together.direct, expected.direct)),
      (.passenger, passengerError(of: estimator, over: places, given: context)),
      (.context, together.context.map { distance($0, .zeros(like: $0)) } ?? 0),
      (.shape, together.hasShape ? 0 : .infinity),
      (.draws, Double(max(0, together.words - 1))),
    ]
    return Promise.allCases.compactMap { promise in
      let error = errors.filter { $0.0 == promise }.map(\.1).max() ?? 0
      return error <= tolerance ? nil : Failure(promise: promise, error: error)
    }
  }

  private struct Means {
    var value: Tensor
    var gradient: Tensor
    var direct: Tensor
    var context: Tensor?
    var hasShape = true
    /// Taken from the generator.
    var words = 0
  }

  /// A generator that counts the words it gave.
  private struct Counting: RandomNumberGenerator {
    private var source = Philox(seed: 0)
    private(set) var words = 0

    mutating func next() -> UInt64 {
      words += 1
      return source.next()
    }
  }

  /// The definition: the sum over states.
  private func expectation() -> Means {
    let (variable, own) = (parameters.variable(), costParameters.variable())
    let q = draws.distribution(variable, 1)
    let states = q.states()
    let value = (q.logProbability(states).exp() * cost(Base.point(states), own)).sum()
    let slopes = gradients(of: value, withRespectTo: [variable, own])
    return Means(value: value.detached(), gradient: slopes[0], direct: slopes[1])
  }

  private func mean<Estimator: GradientEstimator<Prescribed<Base>>>(
    of estimator: Estimator, over places: [[Int]], given context: Tensor?
  ) -> Means {
    let (variable, own) = (parameters.variable(), costParameters.variable())
    let context = context?.variable()
    var estimator = estimator
    let (total, hasShape, words) = weightedSum(
      of: &estimator, over: places, at: variable, given: context, costParameters: own)
    let slopes = gradients(
      of: total, withRespectTo: [variable, own] + (context.map { [$0] } ?? []))
    return Means(
      value: total.detached(), gradient: slopes[0], direct: slopes[1],
      context: context == nil ? nil : slopes[2], hasShape: hasShape, words: words)
  }

  /// The results of draws, weighted by their probabilities, whether they have their shape, and
  /// words that were taken.
  private func weightedSum(
    of estimator: inout some GradientEstimator<Prescribed<Base>>, over places: [[Int]],
    at parameters: Tensor, given context: Tensor?, costParameters: Tensor
  ) -> (sum: Tensor, hasShape: Bool, words: Int) {
    let count = places[0].count
    let samples = draws.samples(places)
    let base = draws.distribution(parameters, count)
    let weights = base.logProbability(samples).detached().sum(along: 0).exp()
    var generator = Counting()
    let results = estimator.expectation(
      over: Prescribed(base: base, samples: samples),
      given: context.map { $0.broadcast(to: [count] + $0.shape) }, using: &generator,
      of: { (point: Base.Point, _: inout Counting) -> Tensor in cost(point, costParameters) })
    return ((results * weights).sum(), results.shape == [count], generator.words)
  }

  private func passengerError(
    of estimator: some GradientEstimator<Prescribed<Base>>, over places: [[Int]],
    given context: Tensor?
  ) -> Double {
    let slopes = [1, -7].map { (factor: Scalar) -> [Tensor] in
      var copy = estimator
      let (_, gradient) = valueWithGradient(at: &copy) { estimator in
        weightedSum(
          of: &estimator, over: places, at: parameters, given: context,
          costParameters: costParameters
        ).sum * factor
      }
      return gradient.namedParameters().map(\.tensor)
    }
    return zip(slopes[0], slopes[1]).map(distance).max() ?? 0
  }

  /// The largest difference of two tensors.
  private func distance(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.scalars, b.scalars).map { pair in
      let difference = abs(Double(pair.0) - Double(pair.1))
      return difference.isNaN ? .infinity : difference
    }.max() ?? 0
  }
}
