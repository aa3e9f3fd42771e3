public import Tensors

/// The gradient through relaxed sorts of perturbed log-scores, or through their hard orders as if
/// they were relaxed.
///
/// Log-scores plus Gumbels, sorted, are an order by Plackett and Luce. Which relaxation takes the
/// place of the sort is a closure of these keys and a temperature: `.neuralSort`, `.softSort` and
/// `.sinkhorn` are here, and one of your own fits as well.
///
/// - Bias: biased; less as the temperature falls, while the variance grows.
/// - Cost calls: `samples`.
/// - Requires: a cost differentiable at relaxed orders.
/// - State: the number of steps, which the temperature follows.
/// - Reference: Grover, Wang, Zweig and Ermon (2019), Stochastic optimization of sorting networks
///   via continuous relaxations; Prillo and Eisenschlos (2020), SoftSort; Cuturi, Teboul and Vert
///   (2019), Differentiable ranking and sorting using optimal transport.
public struct RelaxedOrders: GradientEstimator {
  public typealias Distribution = PlackettLuce
  /// The relaxed descending order of keys `[samples] + batch + [n]` at a temperature above zero.
  public typealias Relaxation = @Sendable (_ keys: Tensor, _ temperature: Double) -> Arrangement

  public let relaxation: Relaxation
  public let temperature: Temperature
  /// Whether the cost sees the hard order of the keys.
  public let isHard: Bool
  public let samples: Int
  private var step: Tensor = 0

  /// Traps unless `samples` is positive.
  public init(
    temperature: Temperature = 0.5, isHard: Bool = false, samples: Int = 1,
    relaxation: @escaping Relaxation
  ) {
    require(samples > 0, "relaxed orders with \(samples) samples")
    self.relaxation = relaxation
    self.temperature = temperature
    self.isHard = isHard
    self.samples = samples
  }

  public var bias: Bias { .biased }
  public var isRelaxed: Bool { !isHard }

  public func evaluations(over q: PlackettLuce) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: PlackettLuce, given context: Tensor?, using generator: inout G,
    of cost: (Arrangement, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let keys = q.perturbation(q.noise(samples, using: &generator))
    let relaxed = relaxation(keys, temperature.value(at: Int(step.item)))
    let point =
      isHard ? relaxed.straightThrough(q.harden(keys.detached())) : relaxed
    let value = try cost(point, &generator).mean(along: 0)
    step = step + 1
    return value
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("step", &step, .tracked)
  }
}

extension GradientEstimator where Self == RelaxedOrders {
  /// By ``NeuralSort``.
  public static func neuralSort(
    temperature: Temperature = 0.5, isHard: Bool = false, samples: Int = 1
  ) -> Self {
    RelaxedOrders(temperature: temperature, isHard: isHard, samples: samples) {
      Arrangement(NeuralSort(scores: $0, temperature: $1))
    }
  }

  /// By ``SoftSort``.
  public static func softSort(
    _ power: SoftSort.Power = .absolute, temperature: Temperature = 0.5,
    isHard: Bool = false, samples: Int = 1
  ) -> Self {
    RelaxedOrders(temperature: temperature, isHard: isHard, samples: samples) {
      Arrangement(SoftSort(scores: $0, temperature: $1, power: power))
    }
  }

  /// By the plan of ``Sinkhorn`` that takes large keys to places with large weights, which fall
  /// evenly from 1 at the first to -1 at the last.
  public static func sinkhorn(
    temperature: Temperature = 0.5, isHard: Bool = false, samples: Int = 1
  ) -> Self {
    RelaxedOrders(temperature: temperature, isHard: isHard, samples: samples) { keys, temperature in
      let n = keys.shape[keys.rank - 1]
      let places = Tensor(
        (0..<n).map { 1 - 2 * Scalar($0) / Scalar(max(1, n - 1)) }, shape: [n, 1])
      let scores = places * keys.expandingDimensions(at: -2)
      return Arrangement(matrix: Sinkhorn(scores: scores, temperature: temperature).matrix)
    }
  }
}
