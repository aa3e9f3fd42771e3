import Codes
import Learning
import Models
import Tensors

/// A network of `train made`, for one order or for any.
protocol BitNetwork: Parameterized, Sendable {
  /// Draws of each example for a test; one where the bound is exact.
  static var draws: Int { get }

  /// What a step descends on its batch, a scalar.
  func loss(of x: Bits, at step: Int, using noise: inout Philox) -> Tensor

  /// The log-likelihood of each example, or one draw of its bound, [batch].
  func bound(of x: Bits, using noise: inout Philox) -> Tensor

  /// New examples [count, bits].
  ///
  /// - Parameter steps: from one to the number of bits, which it is by default.
  func images(_ count: Int, steps: Int?, using noise: inout Philox) -> Bits

  /// Whether it is for any order: its bound is drawn, and samples take any number of steps.
  static var isDrawn: Bool { get }

  /// What writes examples without loss.
  ///
  /// - Parameter seed: says the order in which bits are written, where there is a choice.
  func coder(seed: UInt64) -> any CodedModel
}

extension MADE: BitNetwork {
  static var draws: Int { 1 }

  static var isDrawn: Bool { false }

  /// Steps take masks in turn.
  func loss(of x: Bits, at step: Int, using noise: inout Philox) -> Tensor {
    -logProbability(x, mask: step % masks.count).mean()
  }

  func bound(of x: Bits, using noise: inout Philox) -> Tensor { logProbability(x) }

  func images(_ count: Int, steps: Int?, using noise: inout Philox) -> Bits {
    sample(count, using: &noise)
  }

  func coder(seed: UInt64) -> any CodedModel { self }
}

extension MaskedDiffusion: BitNetwork {
  static var draws: Int { 10 }

  static var isDrawn: Bool { true }

  func loss(of x: Bits, at step: Int, using noise: inout Philox) -> Tensor {
    negativeBound(of: x, using: &noise).mean()
  }

  func bound(of x: Bits, using noise: inout Philox) -> Tensor {
    -negativeBound(of: x, using: &noise)
  }

  func images(_ count: Int, steps: Int?, using noise: inout Philox) -> Bits {
    sample(count, steps: steps ?? variableCount, using: &noise)
  }

  /// One order at random: the mean length over all orders is the bound.
  func coder(seed: UInt64) -> any CodedModel {
    var noise = Philox(seed: seed, stream: .codeOrder)
    return law(order: (0..<variableCount).shuffled(using: &noise))
  }
}
