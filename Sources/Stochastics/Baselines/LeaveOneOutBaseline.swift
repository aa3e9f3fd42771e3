public import Tensors

/// For every sample, the mean cost of the other samples of the same call.
///
/// Needs two samples or more. Kool, van Hoof and Welling (2019), Buy 4 REINFORCE samples, get a
/// baseline for free.
public struct LeaveOneOutBaseline: Baseline, Stateless {
  public init() {}

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor {
    let samples = costs.shape[0]
    require(samples >= 2, "leave-one-out needs 2 samples or more, not \(samples)")
    return costs.meanOfOthers()
  }
}

extension Tensor {
  /// For each entry of the first axis, of two or more, the mean of all the others.
  ///
  /// Differences to the first entry are summed before and after each: equal entries have exactly
  /// their own value, and none is taken out of a total that it dwarfs.
  func meanOfOthers() -> Tensor {
    let count = shape[0]
    let first = sliced(along: 0, 0..<1)
    let origin = select(first.detached().isFinite(), first, 0)
    let differences = self - origin
    let before = differences.cumulativeSum(along: 0).sliced(along: 0, 0..<(count - 1))
      .padded(along: 0, before: 1, to: count)
    let after = differences.cumulativeSum(along: 0, reversed: true).sliced(along: 0, 1..<count)
      .padded(along: 0, before: 0, to: count)
    return origin + (before + after) / Scalar(count - 1)
  }
}

extension Baseline where Self == LeaveOneOutBaseline {
  /// The mean cost of the other samples of the same call.
  public static var leaveOneOut: LeaveOneOutBaseline { LeaveOneOutBaseline() }
}
