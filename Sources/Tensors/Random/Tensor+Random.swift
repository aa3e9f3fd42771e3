import CKernels

extension Tensor {
  /// Independent uniform variates in the open interval (0, 1).
  ///
  /// Like every sampler here it takes one word from the generator, whatever the shape, and keys a
  /// counter-based stream with it: any generator will do, and the number of threads changes
  /// nothing.
  public static func randomUniform(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    random(shape, using: &generator, Kernels.uniform)
  }

  /// Independent standard normal variates.
  public static func randomNormal(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    random(shape, using: &generator, Kernels.normal)
  }

  /// Independent standard exponential variates.
  public static func randomExponential(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    random(shape, using: &generator, Kernels.exponential)
  }

  /// Independent standard Gumbel variates, the largest of which reach 67 in single precision.
  public static func randomGumbel(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    random(shape, using: &generator, Kernels.gumbel)
  }

  /// Independent standard logistic variates: the log-odds of uniforms, with all digits far into
  /// both tails.
  public static func randomLogistic(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    random(shape, using: &generator, Kernels.logistic)
  }

  private static func random(
    _ shape: [Int], using generator: inout some RandomNumberGenerator,
    _ fill: (UInt64, UInt64, Int, UnsafeMutablePointer<Scalar>) -> Void
  ) -> Tensor {
    let key = generator.next()
    return Tensor(shape: shape) { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
      fill(key, 0, buffer.count, base)
    }
  }
}
