import Stochastics
import Tensors

/// A law whose noise is handed to it: a `Turn` says which of the noises comes next.
struct ListedNoise<Base: VectorDistribution & CoupledDistribution>: VectorDistribution,
  CoupledDistribution
{
  let base: Base
  let noises: [Tensor]
  /// Whether what should be conditional on a sample takes no notice of it: a fault.
  let forgetsSample: Bool

  var batch: [Int] { base.batch }
  var parameters: Tensor { base.parameters }
  var meanPoint: Tensor { base.meanPoint }
  static var eventRank: Int { Base.eventRank }

  func with(parameters: Tensor) -> ListedNoise {
    ListedNoise(
      base: base.with(parameters: parameters), noises: noises, forgetsSample: forgetsSample)
  }

  func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    noises[Int(generator.next())]
  }

  func conditional(on sample: Base.Sample, noise: Tensor) -> Tensor {
    forgetsSample ? base.perturbation(noise) : base.conditional(on: sample, noise: noise)
  }

  func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Base.Sample {
    base.sample(count, using: &generator)
  }

  func logProbability(_ sample: Base.Sample) -> Tensor { base.logProbability(sample) }

  func perturbation(_ noise: Tensor) -> Tensor { base.perturbation(noise) }

  func conditionalNoise(of perturbation: Tensor, given sample: Base.Sample) -> Tensor {
    base.conditionalNoise(of: perturbation, given: sample)
  }

  static func point(_ sample: Base.Sample) -> Tensor { Base.point(sample) }

  func harden(_ perturbation: Tensor) -> Base.Sample { base.harden(perturbation) }

  func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    base.relax(perturbation, temperature: temperature)
  }

  static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor {
    Base.jacobian(at: mean, times: vector)
  }
}

/// Counts from zero.
struct Turn: RandomNumberGenerator {
  private var count: UInt64 = 0

  mutating func next() -> UInt64 {
    defer { count += 1 }
    return count
  }
}
