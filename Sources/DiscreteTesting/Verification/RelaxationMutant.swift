import Stochastics
import Tensors

/// The faults of mutants of Gumbel-Softmax, one each.
package enum RelaxationFault: String, CaseIterable, Sendable {
  case noiseOnProbabilities = "adds noise to probabilities, not to their logarithms"
  case forgottenTemperature = "computes its temperature and throws it away"
  case hardenedLogits = "takes the hard sample from the logits, without their noise"
  case flattenedTails = "keeps its uniforms a thousandth away from one"
  case softForward = "hands the relaxed sample on where it is to be hard"

  var breaks: Set<String> {
    switch self {
    case .noiseOnProbabilities: ["law", "density"]
    case .forgottenTemperature: ["density", "tails"]
    case .hardenedLogits: ["law"]
    case .softForward: ["one-hot"]
    case .flattenedTails: ["tails"]
    }
  }
}

/// Straight-through Gumbel-Softmax of one variable of three classes with a fault or without:
/// 200,000 draws from a fixed seed.
package struct RelaxationMutant {
  let fault: RelaxationFault?

  package init(_ fault: RelaxationFault?) { self.fault = fault }

  private static let logits: Tensor = [0.3, -0.9, 0.8]
  private static let temperature: Scalar = 0.7
  private static let count = 200_000

  /// Relaxed and hard samples [count, 3]; without a fault they are the library's.
  private func samples() -> (soft: Tensor, hard: Tensor) {
    var generator = Philox(seed: 41)
    guard let fault else {
      var same = generator
      let q = Categorical(logits: Self.logits.expandingDimensions(at: 0))
      let both = [
        q.relaxed(
          Self.count, temperature: Double(Self.temperature), isHard: false, using: &generator),
        q.relaxed(Self.count, temperature: Double(Self.temperature), isHard: true, using: &same),
      ].map { $0.reshaped([Self.count, 3]) }
      return (both[0], both[1])
    }
    var uniforms = Tensor.randomUniform([Self.count, 3], using: &generator)
    if fault == .flattenedTails { uniforms = minimum(uniforms, Tensor(0.999)) }
    let gumbels = -(-uniforms.log()).log()
    let logs = Self.logits.logSoftmax(along: -1)
    let moved = (fault == .noiseOnProbabilities ? logs.exp() : logs) + gumbels
    let soft = (fault == .forgottenTemperature ? moved : moved / Self.temperature).softmax(
      along: -1)
    let exact = moved.argmax(along: -1).oneHot(classes: 3)
    switch fault {
    case .hardenedLogits:
      return (soft, logs.argmax(along: -1).oneHot(classes: 3).broadcast(to: soft.shape))
    case .softForward: return (soft, soft)
    default: return (soft, exact)
    }
  }

  package func finding() -> Finding {
    let (soft, hard) = samples()
    var broken: Set<String> = []
    if !hard.scalars.allSatisfy({ $0 == 0 || $0 == 1 }) { broken.insert("one-hot") }
    // Which class is largest follows the probabilities: five standard errors, false alarms below
    // 1e-6.
    let shares = hard.argmax(along: -1).oneHot(classes: 3).mean(along: 0).scalars
    let probabilities = Self.logits.softmax(along: -1).scalars
    for (share, p) in zip(shares, probabilities) {
      let error = (Double(p) * Double(1 - p) / Double(Self.count)).squareRoot()
      if abs(Double(share - p)) > 5.2 * error { broken.insert("law") }
    }
    // The temperature times a difference of log-samples is a difference of perturbations, which is
    // logistic about that of the logits.
    let logs = soft.log()
    let difference =
      (logs.sliced(along: -1, at: 0) - logs.sliced(along: -1, at: 1)) * Self.temperature
    let values = difference.scalars.filter(\.isFinite).map { Double($0) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    // The variance of a logistic variable is pi^2 / 3, and of the estimate 16 pi^4 / 45 over the
    // count.
    let expected = Double.pi * Double.pi / 3
    let error = (16 * Double.pi * Double.pi * Double.pi * Double.pi / 45 / Double(Self.count))
      .squareRoot()
    let center = Double(Self.logits.scalars[0] - Self.logits.scalars[1])
    let isLogistic =
      abs(variance - expected) < 5.2 * error
      && abs(mean - center) < 5.2 * (expected / Double(Self.count)).squareRoot()
    if !isLogistic { broken.insert("density") }
    // Logistic draws reach beyond -10 and 10 but with probability 1e-4 each; the seed is fixed.
    let lowest = values.min() ?? 0
    let highest = values.max() ?? 0
    if highest - lowest < 20 { broken.insert("tails") }
    return Finding(
      "Gumbel-Softmax that \(fault?.rawValue ?? "is sound")", broken: broken,
      expected: fault?.breaks ?? [])
  }
}
