public import Tensors

// Calls that do not fit, so that the compiler's first error says why. What fits is preferred to
// them wherever there is a choice.

extension GradientEstimator {
  @available(
    *, unavailable,
    message:
      "this estimator differentiates the cost: give it a differentiable one as `of:`, or take an estimator that calls a black box, such as Reinforce, NVIL, RELAX, or DisARM for bits"
  )
  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor? = nil, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor { fatalError("unavailable") }

  @available(
    *, unavailable,
    message:
      "this estimator is for another distribution than this one: DisARM, ARM, ARMS, BitFlip and UGC are for Bernoulli, CategoricalDisARM, CARMS and ARSM for Categorical, and all others for the one named between their angle brackets"
  )
  public mutating func expectation<Q: SampledDistribution, G: RandomNumberGenerator, E: Error>(
    over q: Q, given context: Tensor? = nil, using generator: inout G,
    of cost: (Q.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor { fatalError("unavailable") }

  @available(
    *, unavailable,
    message:
      "this estimator is for another distribution than this one: DisARM, ARM, ARMS, BitFlip and UGC are for Bernoulli, CategoricalDisARM, CARMS and ARSM for Categorical, and all others for the one named between their angle brackets"
  )
  public mutating func expectation<Q: SampledDistribution, G: RandomNumberGenerator, E: Error>(
    over q: Q, given context: Tensor? = nil, using generator: inout G,
    ofBlackBox cost: (Q.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor { fatalError("unavailable") }
}

extension GradientEstimator where Distribution.Sample: PlainSample {
  @available(
    *, unavailable,
    message:
      "this estimator differentiates the cost: give it a differentiable one as `of:`, or take an estimator that calls a black box, such as Reinforce, NVIL, RELAX, or DisARM for bits"
  )
  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor? = nil, using generator: inout G,
    ofEach cost: (Distribution.Sample.Event) throws(E) -> Scalar
  ) throws(E) -> Tensor { fatalError("unavailable") }

  @available(
    *, unavailable,
    message:
      "this estimator is for another distribution than this one: DisARM, ARM, ARMS, BitFlip and UGC are for Bernoulli, CategoricalDisARM, CARMS and ARSM for Categorical, and all others for the one named between their angle brackets"
  )
  public mutating func expectation<Q: SampledDistribution, G: RandomNumberGenerator, E: Error>(
    over q: Q, given context: Tensor? = nil, using generator: inout G,
    ofEach cost: (Q.Sample.Event) throws(E) -> Scalar
  ) throws(E) -> Tensor where Q.Sample: PlainSample { fatalError("unavailable") }
}
