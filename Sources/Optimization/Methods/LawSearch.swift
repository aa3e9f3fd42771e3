import Learning
import RealModule
import Stochastics
import Tensors

/// A search distribution that a gradient estimator moves towards better points.
///
/// What is minimized is the expected utility of a cost's rank among those of the same step and of
/// the latest before it, a quantile objective and not the expected cost: so any monotone change of
/// the cost changes nothing. Estimators call their cost at once, and here costs come later. So a
/// step is tried with the same noise again and again: it is given up at the first cost that is not
/// known, whose points are proposed, and it counts when none is missing.
struct LawSearch<Law: DiscreteDistribution>: Search {
  private let settings: LawSearchSettings
  private let coordinates: LawCoordinates<Law>
  private var estimator: any BlackBoxGradientEstimator<Law>
  private var logits: Parameter
  private var descent = Adam(beta1: 0.9, beta2: 0.99)
  private var critic = Adam()

  /// The noise of the present step; `nil` between two.
  private var noise: Philox?
  /// The points that the present step waits for, and how many of them were proposed.
  private var wanted: [[Int32]] = []
  private var proposed = 0
  private var known: [[Int32]: Double] = [:]
  /// The latest costs of earlier steps.
  private var recent: [Double] = []

  private var stepsAtMargins = 0

  private static var mostRecent: Int { 32 }

  init(
    _ coordinates: LawCoordinates<Law>, _ estimator: any BlackBoxGradientEstimator<Law>,
    _ settings: LawSearchSettings
  ) {
    self.coordinates = coordinates
    self.estimator = estimator
    self.settings = settings
    logits = Parameter(.zeros(coordinates.shape))
  }

  /// Whether every variable has stood at its margin for long.
  var isConverged: Bool { stepsAtMargins >= 50 }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    // A step whose costs are all known makes room for the next.
    while wanted.isEmpty {
      if noise == nil { noise = Philox(seed: generator.next()) }
      attempt(estimator)
    }
    guard proposed < wanted.count else { return nil }
    defer { proposed += 1 }
    return Proposal(values: wanted[proposed])
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    guard wanted.contains(values) else { return }
    known[values] = cost
    guard wanted.allSatisfy({ known[$0] != nil }) else { return }
    (wanted, proposed) = ([], 0)
    attempt(estimator)
  }

  /// Makes the present step if all its costs are known; otherwise they are wanted.
  private mutating func attempt<E: BlackBoxGradientEstimator<Law>>(_ estimator: E) {
    guard var generator = noise else { return }
    var (trial, model) = (estimator, logits)
    let coordinates = coordinates
    let settings = settings
    do {
      let (_, gradient) = try valueWithGradient(at: &model, &trial) {
        (model, estimator) throws(Unknown) in
        let law = coordinates.law(model.value)
        let utility = try estimator.expectation(
          over: law, using: &generator,
          ofBlackBox: { (sample: Law.Sample, _: inout Philox) throws(Unknown) -> Tensor in
            try utilities(of: coordinates.points(sample))
          })
        return utility.sum() - settings.entropy * coordinates.entropy(law)
      }
      recent = (recent + known.values.sorted()).suffix(LawSearch.mostRecent)
      critic.update(&trial, along: gradient.1, learningRate: 0.01)
      self.estimator = trial
      coordinates.descend(&logits, along: gradient.0, &descent, settings)
      (noise, known) = (nil, [:])
      stepsAtMargins = coordinates.isAtMargins(logits.value, settings) ? stepsAtMargins + 1 : 0
    } catch {
      (wanted, proposed) = (error.points, 0)
    }
  }

  private struct Unknown: Error { let points: [[Int32]] }

  private func utilities(of points: [[Int32]]) throws(Unknown) -> Tensor {
    var missing: [[Int32]] = []
    for point in points where known[point] == nil && !missing.contains(point) {
      missing.append(point)
    }
    guard missing.isEmpty else { throw Unknown(points: missing) }
    let costs = points.map { known[$0] ?? .infinity }
    let pool = (costs + recent).sorted()
    return Tensor(
      costs.map { cost in
        // The middle of its ties, so that equal costs have equal utilities.
        let below = pool.count { $0 < cost }
        let equal = pool.count { $0 == cost }
        let quantile = (Double(below) + Double(equal) / 2) / Double(pool.count)
        return Scalar(0.5 - max(0, .log(0.5 / quantile)))
      }, shape: [costs.count])
  }
}

/// The options of a search distribution beside those of its estimator.
struct LawSearchSettings: Sendable {
  var rate: Scalar
  /// Whether probabilities move along the natural gradient; otherwise logits along their own.
  var isNatural: Bool
  /// The weight of the law's entropy in what is maximized.
  var entropy: Scalar
  /// The lowest probability of a class or bit.
  var margin: Scalar
}
