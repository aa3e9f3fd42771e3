public import Tensors

/// For every sample, the mean cost of the other samples of the same call.
///
/// Needs two samples or more. Kool, van Hoof and Welling (2019), Buy 4 REINFORCE samples, get a baseline for free.
public struct LeaveOneOutBaseline: Baseline, Stateless {
  public init() {}

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor {
    let samples = costs.shape[0]
    require(samples >= 2, "leave-one-out needs 2 samples or more, not \(samples)")
    let total = costs.sum(along: 0, keepingDimensions: true)
    return (total - costs) * (1 / Scalar(samples - 1))
  }
}

extension Baseline where Self == LeaveOneOutBaseline {
  /// The mean cost of the other samples of the same call.
  public static var leaveOneOut: LeaveOneOutBaseline { LeaveOneOutBaseline() }
}
