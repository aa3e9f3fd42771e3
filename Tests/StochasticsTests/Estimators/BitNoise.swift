import DiscreteTesting
import Stochastics
import Tensors

/// Bits whose logistic noise is integrated by quadrature.
enum BitNoise {
  /// One Bernoulli variable, so that fresh conditional noise makes two integrals.
  static let bit = Problem<Bernoulli>(
    draws: .bits(1), parameters: [0.4], values: { $0 }, rows: { Bernoulli(logits: $0) })
  static let pair = Problem<Bernoulli>(
    draws: .bits(2), parameters: [0.4, -0.7], values: { $0 }, rows: { Bernoulli(logits: $0) })

  /// Where the bits of `problem` flip, in uniforms.
  static func cuts(_ problem: Problem<Bernoulli>) -> [[Double]] {
    (-problem.parameters).sigmoid().scalars.map { [Double($0)] }
  }

  static func logit(_ uniforms: Tensor) -> Tensor {
    (uniforms.log() - (-uniforms).log1p()).expandingDimensions(at: 0)
  }

  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-8 : 1e-3
}
