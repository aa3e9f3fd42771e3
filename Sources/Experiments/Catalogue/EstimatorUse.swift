public import Stochastics

/// Bias and calls of an estimator with its default options over one kind of law.
public struct EstimatorUse: Sendable {
  /// The name of the law.
  public let law: String
  public let bias: Bias
  /// Calls of the cost for one estimate over a law of three variables or items; `nil` where that
  /// depends on the draw.
  public let calls: Int?
  /// Whether the cost is called at hard samples only, and need not be differentiable.
  public let isBlackBox: Bool
}

extension EstimatorEntry {
  /// The laws that it fits, with what it is over each.
  public var uses: [EstimatorUse] {
    Law.all.compactMap { law in
      switch standard(at: law.example) {
      case let made as any GradientEstimator:
        EstimatorUse(
          law: law.name, bias: made.bias, calls: law.evaluations(made),
          isBlackBox: made is any BlackBoxGradientEstimator)
      case let made as any BoundEstimator:
        EstimatorUse(law: law.name, bias: .unbiased, calls: made.samples, isBlackBox: true)
      default: nil
      }
    }
  }

  /// Its requirement on the cost, a sentence.
  public var requirement: String {
    if isOfBound { return "A multi-sample bound in place of the expectation of a cost." }
    return uses.contains { !$0.isBlackBox }
      ? "A cost that can be differentiated in the sample."
      : "Any cost, called at samples only."
  }

  /// The pages of the documentation: the names of the types that it makes.
  public var pages: [String] {
    var names: [String] = []
    for law in Law.all {
      guard let made = standard(at: law.example) else { continue }
      let name = String("\(type(of: made))".prefix { $0 != "<" })
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}

extension EstimatorOption {
  /// The values that it takes.
  public var range: String {
    switch kind {
    case .whole(_, let range):
      range.upperBound == .max
        ? "a whole number from \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(_, let range): "a number from \(range.lowerBound), below \(range.upperBound)"
    case .flag: "yes or no"
    case .choice(let names): names.joined(separator: ", ")
    }
  }
}
