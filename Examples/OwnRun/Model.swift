import Foundation
import SwiftDiscrete

/// How many of so many papers: the number of heads among as many coins.
struct Binomial: DiscreteDistribution {
  /// Of one coin, [days].
  let logits: Tensor
  let count: Int

  var batch: [Int] { logits.shape }

  func sample(_ samples: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    Bernoulli(logits: logits.expandingDimensions(at: -1) + .zeros([count]))
      .sample(samples, using: &generator).tensor.sum(along: -1)
  }

  static func point(_ sample: Tensor) -> Tensor { sample }

  func logProbability(_ sample: Tensor) -> Tensor {
    let ways = Tensor(
      sample.scalars.map { heads in
        (0..<Int(heads)).reduce(0) { $0 + log(Scalar(count - $1) / Scalar($1 + 1)) }
      }, shape: sample.shape)
    return sample * logits - logits.softplus() * Scalar(count) + ways
  }
}

/// A newsagent, who orders papers for every day of a week before knowing how many will be sold.
struct Newsagent: Parameterized, Sendable {
  var logits: Tensor = .zeros([7])
  var estimator = Reinforce<Binomial, LeaveOneOutBaseline>(samples: 8, baseline: .leaveOneOut)

  var orders: Binomial { Binomial(logits: logits, count: 20) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("logits", &logits)
    visitor.visit("estimator", &estimator)
  }
}
