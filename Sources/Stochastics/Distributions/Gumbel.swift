import CKernels
public import Tensors

/// The Gumbel distribution, the law of the largest of many: F(x) = exp(-exp(-(x - location) /
/// scale)).
///
/// Continuous; every function broadcasts its argument against the parameters and has a gradient. E.
/// J. Gumbel: "Statistical theory of extreme values and some practical applications", 1954.
public struct Gumbel: Sendable {
  /// Where the density is largest, in the shape of the batch.
  public let location: Tensor
  /// Width, positive, in the shape of the batch.
  public let scale: Tensor

  /// Gumbel variables whose parameters broadcast to one shape, the batch; traps unless scales are
  /// positive.
  public init(location: Tensor = 0, scale: Tensor = 1) {
    for value in scale.scalars { require(value > 0, "Gumbel scale \(value) is not positive") }
    let batch = Shape.broadcast(location.shape, scale.shape)
    self.location = location.broadcast(to: batch)
    self.scale = scale.broadcast(to: batch)
  }

  /// Sizes of the axes that hold independent variables.
  public var batch: [Int] { location.shape }

  /// Independent samples of shape `[count] + batch`, through which gradients reach the parameters.
  ///
  /// One 64-bit word is taken from the generator, as the key of a counter-based stream.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    require(count >= 0, "\(count) samples")
    let key = generator.next()
    let standard = Tensor(shape: [count] + batch) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Kernels.gumbel(key, 0, buffer.count, target)
    }
    return location + scale * standard
  }

  private func standardized(_ x: Tensor) -> Tensor { (x - location) / scale }
}

// MARK: Functions of a value

extension Gumbel {
  /// The logarithm of the density.
  public func logDensity(_ x: Tensor) -> Tensor {
    let z = standardized(x)
    return -(z + (-z).exp() + scale.log())
  }

  /// The probability of a value at most x.
  public func cumulative(_ x: Tensor) -> Tensor { logCumulative(x).exp() }

  /// The logarithm of ``cumulative(_:)``, exact where that underflows.
  public func logCumulative(_ x: Tensor) -> Tensor { -standardExponential(of: x) }

  /// The probability of a value above x, accurate where it is tiny.
  public func survival(_ x: Tensor) -> Tensor { -logCumulative(x).expm1() }

  /// The value with the given probability, in (0, 1), at or below it.
  public func quantile(_ probability: Tensor) -> Tensor {
    location - scale * (-probability.log()).log()
  }

  /// The value with the given probability, in (0, 1), above it: the far upper tail, which
  /// ``quantile(_:)`` cannot resolve.
  public func upperQuantile(_ probability: Tensor) -> Tensor {
    location - scale * (-(-probability).log1p()).log()
  }

  /// exp(-(g - location) / scale), a standard exponential variable if g has this distribution.
  ///
  /// The other way it is g = location - scale log(t), so a race of exponentials and a maximum of
  /// Gumbels have the same winner. The link is sometimes printed as -log g, which a negative g does
  /// not have.
  public func standardExponential(of g: Tensor) -> Tensor { (-standardized(g)).exp() }
}

// MARK: Summaries

extension Gumbel {
  private static let eulerGamma = 0.577_215_664_901_532_9

  /// The skewness of every Gumbel distribution, 12 sqrt(6) zeta(3) / pi^3.
  public static let skewness: Scalar = 1.139_547_099_404_648_7

  /// location + scale · 0.577…, Euler's constant.
  public var mean: Tensor { location + scale * Scalar(Self.eulerGamma) }

  /// (pi · scale)^2 / 6.
  public var variance: Tensor { (scale * Scalar.pi).squared() / 6 }

  /// The location.
  public var mode: Tensor { location }

  /// location - scale log(log 2).
  public var median: Tensor { location + scale * 0.366_512_920_581_664_35 }

  /// log(scale) + 0.577… + 1, in nats.
  public var entropy: Tensor { scale.log() + Scalar(Self.eulerGamma + 1) }

  /// The distribution of the largest of n independent variables, moved by scale · log n and nothing
  /// else.
  public func maximum(of n: Int) -> Gumbel {
    require(n >= 1, "the largest of \(n) variables")
    return Gumbel(location: location + scale * Tensor(Scalar(n)).log(), scale: scale)
  }
}
