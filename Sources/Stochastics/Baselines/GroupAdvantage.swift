public import Tensors

/// The weights of scores by the costs of a group of samples: each cost less the mean of the group,
/// and over its deviation.
///
/// A sample is in its own group. So the mean alone scales a gradient by (K - 1)/K, and the
/// deviation turns it.
public struct GroupAdvantage: Sendable {
  /// The number by which differences from the mean are divided.
  public enum Scale: String, CaseIterable, Sendable {
    /// The square root of the sum of squares over K - 1, or over K.
    case sampleDeviation = "sample"
    case populationDeviation = "population"
    /// One.
    case none
  }

  public let scale: Scale
  /// The first axes of the batch whose entries are groups of their own; `nil` for all axes.
  public let keptAxes: Int?
  /// Added to the deviation, so that equal costs have no advantage.
  public let epsilon: Scalar

  /// Traps unless `keptAxes` and `epsilon` are 0 or above.
  public init(
    scale: Scale = .sampleDeviation, keptAxes: Int? = nil, epsilon: Scalar = 1e-6
  ) {
    require(
      keptAxes ?? 0 >= 0 && epsilon >= 0,
      "groups of \(keptAxes ?? 0) axes, \(epsilon) beside the deviation")
    (self.scale, self.keptAxes, self.epsilon) = (scale, keptAxes, epsilon)
  }

  /// Weights of costs `[samples] + batch`, of the same shape, without a gradient.
  public func callAsFunction(_ costs: Tensor) -> Tensor {
    let axes = costs.rank - 1
    let kept = min(keptAxes ?? axes, axes)
    // Groups last, and one axis of all that is in one.
    let groups = costs.shape[1..<(1 + kept)].reduce(1, *)
    let rest = costs.shape[(1 + kept)...].reduce(1, *)
    let table = costs.detached().reshaped([costs.shape[0], groups, rest])
    let members = costs.shape[0] * rest
    func mean(_ values: Tensor) -> Tensor {
      values.mean(along: 2, keepingDimensions: true).mean(along: 0, keepingDimensions: true)
    }
    // Differences to one member keep the digits that a level would take.
    let first = table.sliced(along: 0, 0..<1).sliced(along: 2, 0..<1)
    let differences = table - select(first.isFinite(), first, 0)
    let centered = differences - mean(differences)
    guard scale != .none else { return centered.reshaped(costs.shape) }
    let count = scale == .sampleDeviation ? max(1, members - 1) : members
    let deviation = (mean(centered.squared()) * (Scalar(members) / Scalar(count))).sqrt()
    return (centered / (deviation + epsilon)).reshaped(costs.shape)
  }
}
