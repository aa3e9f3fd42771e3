import Formats
import Models
import Runs
import Stochastics
import Tensors

/// Figures about an estimator, measured on one batch while the run goes on.
enum Diagnostics {
  private static let draws = 20

  /// The members of a line of metrics.
  ///
  /// Variance and signal-to-noise ratio of each part's gradient over 20 draws. Of the first layer:
  /// the correlation of the baseline with the cost, where a network predicts it, and the share of
  /// antithetic pairs of bits that agree and so tell nothing. For relaxed estimators: how far the
  /// relaxed bound lies above that of hard samples.
  static func measure(
    _ trained: some TrainedImages, on x: Bits, seed: UInt64, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    var generator = Philox(seed: seed, stream: .diagnostics)
    let (model, estimators) = (trained.model, trained.estimators)
    let noise = try GradientNoise(
      of: model, estimators: estimators, on: x, draws: draws, using: &generator,
      pause: { try stop() })
    var members: [JSON.Member] = []
    for part in noise.parts {
      members.append(.init("variance/\(part.name)", JSON(part.variance)))
      members.append(
        .init("snr/\(part.name)", part.variance > 0 ? JSON(part.signalToNoise) : .null))
    }
    let weights = model.logWeights(of: x, samples: 1, using: &generator).sliced(along: 0, at: 0)
    if let prediction = estimators.first.flatMap({
      ($0 as? any PredictsCost)?.prediction(given: x.tensor)
    }) {
      let found = correlation(prediction.scalars, weights.scalars.map { -$0 })
      members.append(.init("baseline_correlation", found.map { JSON($0) } ?? .null))
    }
    if estimators.first is any Antithetic, let model = model as? any BitLatent {
      let p = model.bitProbabilities(of: x)
      // A bit and its mirror image differ with probability 2 min(p, 1 - p).
      let agreeing = (p * 2 - 1).abs().mean().item
      members.append(.init("wasted_pairs", JSON(Double(agreeing))))
    }
    if estimators.objective == .relaxedBound {
      var own = estimators
      let descended = model.negativeBound(of: x, estimators: &own, using: &generator)
      let relaxed = -descended.mean().item
      members.append(.init("relaxed_gap", JSON(Double(relaxed - weights.mean().item))))
    }
    return members
  }

  /// Pearson's coefficient, `nil` where one of the two is constant.
  private static func correlation(_ a: [Scalar], _ b: [Scalar]) -> Double? {
    let (x, y) = (a.map { Double($0) }, b.map { Double($0) })
    let n = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (u, v) in zip(x, y) {
      xx += (u - mx) * (u - mx)
      yy += (v - my) * (v - my)
      xy += (u - mx) * (v - my)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
  }
}
