import SwiftDiscrete

/// Two layers of rectified units from a state to the logits of two actions.
struct Policy: Parameterized {
  var layers: [Linear]

  init(using generator: inout Philox) {
    layers = [(4, 10), (10, 10), (10, 2)].map {
      Linear(inputs: $0.0, outputs: $0.1, using: &generator)
    }
  }

  /// The law of the action in each state [steps, 4], of shape [steps, 1, 2].
  func callAsFunction(_ states: Tensor) -> Categorical {
    let hidden = layers.dropLast().reduce(states) { $1($0).relu() }
    return Categorical(logits: layers[layers.count - 1](hidden).reshaped([states.shape[0], 1, 2]))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
  }

  /// Plays one episode.
  func play(using generator: inout Philox) -> Episode {
    var (cart, episode) = (CartPole(using: &generator), Episode())
    while !cart.isOver {
      let q = self(Tensor(cart.state, shape: [1, 4]))
      let action = q.sample(1, using: &generator).indices.values[0]
      episode.states.append(cart.state)
      episode.actions.append(Int(action))
      cart.push(Int(action))
    }
    return episode
  }
}

/// A policy and its estimator, trained together.
struct Agent<Estimator: BlackBoxGradientEstimator<Prescribed<Categorical>>>: Parameterized, Sendable
{
  var policy: Policy
  var estimator: Estimator

  /// What is descended after an episode: minus the rewards to go, estimated at the actions taken.
  mutating func loss(_ episode: Episode, using generator: inout Philox) -> Tensor {
    let count = episode.length
    let states = Tensor(episode.states.flatMap { $0 }, shape: [count, 4])
    let actions = Classes(Indices(episode.actions, shape: [1, count, 1]), classCount: 2)
    // About one: what all estimators are given is the same.
    let costs = Tensor(episode.returns(discount: 0.99).map { -$0 / 50 }, shape: [1, count])
    let q = policy(states)
    let value = estimator.expectation(
      over: Prescribed(base: q, samples: actions), given: states, using: &generator,
      ofBlackBox: { (_: Classes, _: inout Philox) -> Tensor in costs })
    // A little entropy keeps the policy from being certain too soon.
    return (value - q.entropy() * 0.01).mean()
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("policy", &policy)
    visitor.visit("estimator", &estimator)
  }
}
