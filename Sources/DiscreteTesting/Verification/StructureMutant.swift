import Stochastics
import Tensors

/// The faults of mutants of estimators over structures, one each.
package enum StructureFault: String, CaseIterable, Sendable {
  case forgottenTemperature = "stochastic softmax that forgets its temperature"
  case forgottenNoise = "stochastic softmax that forgets its noise"
  case independentParts = "stochastic softmax that relaxes parts one by one"
  case hardForward = "stochastic softmax that hands the best state on"
  case stoppedPath = "stochastic softmax that takes parts for independent on the way back"
  case wrongStep = "I-MLE that steps up the cost"
  case undividedStep = "I-MLE that does not divide by its step"
  case forgottenPerturbation = "I-MLE whose second state has no noise"
  case slopeAtMarginals = "I-MLE that differentiates at the marginals"
  case simplexOfStates = "SparseMAP that projects on the simplex of states"
  case bestState = "SparseMAP that stops at the best state"
  case equalWeights = "SparseMAP that weighs its states equally"
  case unconstrainedSlopes = "SparseMAP that takes its states' costs for slopes"

  var method: StructureMutant.Method {
    switch self {
    case .forgottenTemperature, .forgottenNoise, .independentParts, .hardForward, .stoppedPath:
      .stochasticSoftmax
    case .wrongStep, .undividedStep, .forgottenPerturbation, .slopeAtMarginals: .imle
    case .simplexOfStates, .bestState, .equalWeights, .unconstrainedSlopes: .sparseMAP
    }
  }

  var breaks: Set<String> {
    switch self {
    case .hardForward: ["value"]
    case .stoppedPath, .wrongStep, .undividedStep, .forgottenPerturbation, .slopeAtMarginals,
      .unconstrainedSlopes:
      ["gradient"]
    default: ["value", "gradient"]
    }
  }
}

/// The biased estimators over structures written a second time, by a list of the five binary trees
/// over four leaves, with a fault or without.
///
/// Values and gradients are compared with the library's of the same noise.
package struct StructureMutant {
  package enum Method: String, CaseIterable, Sendable {
    case stochasticSoftmax = "stochastic softmax"
    case imle = "I-MLE"
    case sparseMAP = "SparseMAP"
  }

  let method: Method
  let fault: StructureFault?

  package init(_ fault: StructureFault) { (method, self.fault) = (fault.method, fault) }

  /// Without a fault.
  package init(sound method: Method) { (self.method, fault) = (method, nil) }

  private typealias Law = Gibbs<BinaryTree>
  /// Values [rows], and gradients [rows, parts].
  private typealias Estimates = (values: Tensor, gradients: Tensor)

  private static let structure = BinaryTree(leaves: 4)
  private static let rows = 40
  private static let temperature: Scalar = 0.6
  private static let step: Scalar = 0.4
  /// [5, parts].
  private static let states = Gibbs(
    logits: .zeros([structure.partCount]), structure: structure
  ).states().tensor
  private static let parts = structure.partCount
  private static let scores: Tensor = {
    var generator = Philox(seed: 29)
    return Tensor.randomNormal([rows, parts], using: &generator) * 0.5
  }()
  private static let slopes: Tensor = {
    var generator = Philox(seed: 31)
    return .randomNormal([2, parts], using: &generator)
  }()

  /// A quadratic cost of points [..., parts].
  private static func cost(_ point: Tensor) -> Tensor {
    let values = (0..<2).map { (point * slopes.sliced(along: 0, at: $0)).sum(along: -1) }
    return (values[0] - 0.4).squared() + values[1].squared() * 0.5
  }

  /// The noise of the library's estimators, [rows, parts].
  private static var noise: Tensor {
    var generator = Philox(seed: 37)
    return Tensor.randomGumbel([1, rows, parts], using: &generator).reshaped([rows, parts])
  }

  package func finding() -> Finding {
    let own: Estimates
    let library: Estimates
    switch method {
    case .stochasticSoftmax:
      own = stochasticSoftmax()
      library = Self.library(
        StochasticSoftmax<Law>(temperature: .constant(Double(Self.temperature))))
    case .imle:
      own = imle()
      library = Self.library(IMLE<Law>(step: Self.step))
    case .sparseMAP:
      own = sparseMAP()
      library = Self.library(SparseMAP<Law>())
    }
    var broken: Set<String> = []
    if distance(own.values, library.values) > quadratureTolerance { broken.insert("value") }
    if distance(own.gradients, library.gradients) > quadratureTolerance {
      broken.insert("gradient")
    }
    return Finding(
      fault?.rawValue ?? "\(method.rawValue) that is sound", broken: broken,
      expected: fault?.breaks ?? [])
  }

  private static func library(_ estimator: some GradientEstimator<Law>) -> Estimates {
    var (estimator, generator) = (estimator, Philox(seed: 37))
    let variable = scores.variable()
    let values = estimator.expectation(
      over: Gibbs(logits: variable, structure: structure), using: &generator,
      of: { (point: Tensor, _: inout Philox) -> Tensor in cost(point) })
    return (values.detached(), gradients(of: values.sum(), withRespectTo: [variable])[0])
  }

  /// The best of the listed states, [rows, parts].
  private static func best(_ scores: Tensor) -> Tensor {
    scores.matmul(states.transposed()).argmax(along: 1).oneHot(classes: states.shape[0])
      .matmul(states)
  }

  private func stochasticSoftmax() -> Estimates {
    let scores = Self.scores.variable()
    let perturbed = fault == .forgottenNoise ? scores : scores + Self.noise
    let keys = fault == .forgottenTemperature ? perturbed : perturbed / Self.temperature
    let marginals = keys.matmul(Self.states.transposed()).softmax(along: 1).matmul(Self.states)
    let apart = keys.sigmoid()
    let point =
      switch fault {
      case .independentParts: apart
      case .hardForward: Self.best(perturbed.detached()) + marginals - marginals.detached()
      case .stoppedPath: marginals.detached() + apart - apart.detached()
      default: marginals
      }
    // The slope is that at the marginals, whatever is handed on.
    let slope = fault == .hardForward ? Self.cost(marginals) : Self.cost(point)
    return (
      Self.cost(point).detached(), gradients(of: slope.sum(), withRespectTo: [scores])[0]
    )
  }

  private func imle() -> Estimates {
    let perturbed = Self.scores + Self.noise
    let z = Self.best(perturbed)
    let law = Gibbs(logits: Self.scores, structure: Self.structure)
    let point = (fault == .slopeAtMarginals ? law.marginals : z).variable()
    let slope = gradients(of: Self.cost(point).sum(), withRespectTo: [point])[0]
    let start = fault == .forgottenPerturbation ? Self.scores : perturbed
    let target = Self.best(start - slope * Self.step * (fault == .wrongStep ? -1 : 1))
    return (Self.cost(z), (z - target) / (fault == .undividedStep ? 1 : Self.step))
  }

  private func sparseMAP() -> Estimates {
    let costs = Self.cost(Self.states).scalars.map { Double($0) }
    let states = (0..<costs.count).map { state in
      Self.states.sliced(along: 0, at: state).scalars.map { Double($0) }
    }
    let rows = Self.scores.scalars.map { Double($0) }
    var (values, slopes) = ([Scalar](), [Scalar]())
    for row in 0..<Self.rows {
      let scores = Array(rows[(row * Self.parts)..<((row + 1) * Self.parts)])
      func value(_ scores: [Double]) -> Double {
        zip(weights(scores, states), costs).reduce(0) { $0 + $1.0 * $1.1 }
      }
      values.append(Scalar(value(scores)))
      let support = weights(scores, states).map { $0 > 1e-9 }
      for part in 0..<Self.parts {
        if fault == .unconstrainedSlopes {
          slopes.append(
            Scalar(
              states.indices.reduce(0) {
                support[$1] ? $0 + costs[$1] * states[$1][part] : $0
              }))
          continue
        }
        // The weights are linear in the scores where no state comes in or goes out.
        var (up, down) = (scores, scores)
        up[part] += 1e-5
        down[part] -= 1e-5
        slopes.append(Scalar((value(up) - value(down)) / 2e-5))
      }
    }
    return (Tensor(values), Tensor(slopes, shape: [Self.rows, Self.parts]))
  }

  /// The weights of states whose mean is nearest to the scores, by moves between two states at a
  /// time.
  private func weights(_ scores: [Double], _ states: [[Double]]) -> [Double] {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let count = states.count
    let totals = states.map { dot($0, scores) }
    var gram = states.map { a in states.map { dot(a, $0) } }
    if fault == .simplexOfStates {
      gram = (0..<count).map { i in (0..<count).map { i == $0 ? 1 : 0 } }
    }
    var weights = [Double](repeating: 0, count: count)
    weights[totals.indices.max { totals[$0] < totals[$1] } ?? 0] = 1
    if fault == .bestState { return weights }
    for _ in 0..<400 {
      for i in 0..<count {
        for j in 0..<count where i != j && weights[j] > 0 {
          // From j to i.
          let slope = totals[i] - totals[j] - dot(gram[i], weights) + dot(gram[j], weights)
          let curve = gram[i][i] + gram[j][j] - 2 * gram[i][j]
          let move = min(max(slope / curve, 0), weights[j])
          weights[i] += move
          weights[j] -= move
        }
      }
    }
    guard fault == .equalWeights else { return weights }
    let support = weights.map { $0 > 1e-9 ? 1.0 : 0 }
    return support.map { $0 / support.reduce(0, +) }
  }
}
