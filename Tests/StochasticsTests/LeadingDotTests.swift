import Stochastics
import Tensors
import Testing

/// Every estimator can be named by a leading dot where the law is known.
struct LeadingDotTests {
  static let count = KnownExpectation<Bernoulli>(
    value: { $0.tensor.sum(along: -1) }, expectation: { $0.mean.sum(along: -1) })

  static var critic: Critic {
    var generator = Philox(seed: 1)
    return Critic(inputs: 2, using: &generator)
  }

  @Test("of bits, each makes its own type")
  func bits() {
    typealias Law = Bernoulli
    let made: [(any GradientEstimator<Law>, Any.Type)] = [
      (.exact(), Exact<Law>.self),
      (.reinforce(), Reinforce<Law, NoBaseline>.self),
      (.reinforce(samples: 2, baseline: .leaveOneOut), Reinforce<Law, LeaveOneOutBaseline>.self),
      (.reinforce(baseline: .constant()), Reinforce<Law, ConstantBaseline>.self),
      (.reinforce(baseline: .movingAverage()), Reinforce<Law, MovingAverageBaseline>.self),
      (.nvil(network: nil), NVIL<Law>.self),
      (.controlVariate(Self.count), ControlVariate<Law>.self),
      (.arm(), ARM.self), (.disARM(), DisARM.self), (.arms(), ARMS.self),
      (.bitFlip(), BitFlip.self), (.ugc(), UGC.self),
      (.unorderedSet(), UnorderedSet<Law>.self),
      (.sumAndSample(), RaoBlackwell<Law, Reinforce<Remainder<Law>, NoBaseline>>.self),
      (
        .raoBlackwell(top: 1, Reinforce<Remainder<Law>, NoBaseline>(baseline: .none)),
        RaoBlackwell<Law, Reinforce<Remainder<Law>, NoBaseline>>.self
      ),
      (.muProp(), MuProp<Law>.self), (.rebar(), REBAR<Law>.self),
      (.relax(critic: Self.critic), RELAX<Law>.self),
      (.doubleControlVariate(), DoubleControlVariate<Law>.self),
      (.gumbelSoftmax(), GumbelSoftmax<Law>.self),
      (.straightThroughGumbelSoftmax(), GumbelSoftmax<Law>.self),
      (.straightThrough(), StraightThrough<Law>.self), (.gumbelRao(), GumbelRao<Law>.self),
      (.reinMax(), ReinMax<Law>.self),
    ]
    for (estimator, kind) in made { #expect(type(of: estimator) == kind) }
  }

  @Test("of classes, orders and bounds too")
  func others() {
    let classes: [(any GradientEstimator<Categorical>, Any.Type)] = [
      (.arsm(), ARSM.self), (.carms(), CARMS.self),
      (.categoricalDisARM(), CategoricalDisARM.self),
    ]
    for (estimator, kind) in classes { #expect(type(of: estimator) == kind) }
    let orders: [any GradientEstimator<PlackettLuce>] = [.neuralSort(), .softSort(), .sinkhorn()]
    for estimator in orders { #expect(type(of: estimator) == RelaxedOrders.self) }
    let bound: any BoundEstimator<Bernoulli> = .vimco(samples: 2)
    #expect(type(of: bound) == VIMCO<Bernoulli>.self)
  }
}
