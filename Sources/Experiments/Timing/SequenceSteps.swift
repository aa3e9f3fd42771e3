import Learning
import Models
import Stochastics
import Tensors

/// Pieces of SeqGAN in its published size: 5,000 tokens, length 20, batches of 64, 1,720 filters.
struct SequenceSteps {
  let generator: SequenceGenerator
  private var policy: Trainer<SequenceGenerator, Adam>
  private var judge: Trainer<SequenceDiscriminator, Adam>
  private let data: Classes
  private let generated: Classes

  init(using noise: inout Philox) {
    generator = SequenceGenerator(vocabulary: 5000, length: 20, using: &noise)
    let counts = [100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160]
    let filters = zip([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20], counts)
      .map { SequenceDiscriminator.Filters(width: $0, count: $1) }
    policy = Trainer(generator, optimizer: Adam(), learningRate: 0.01, maximumNorm: 5)
    judge = Trainer(
      SequenceDiscriminator(vocabulary: 5000, filters: filters, using: &noise), optimizer: Adam(),
      learningRate: 1e-4)
    data = generator.sample(64, using: &noise)
    generated = generator.sample(64, using: &noise)
  }

  func rollOuts(using noise: inout Philox) {
    _ = generator.rollOutRewards(of: data, copies: 16, using: &noise) { .ones([$0.shape[0]]) }
  }

  /// One step of the policy gradient for given rewards.
  mutating func follow(using noise: inout Philox) {
    let (sample, rewards) = (data, Tensor.full(0.5, [64, 20]))
    do {
      _ = try policy.descend {
        var gradient = PolicyGradient(baseline: .none)
        return gradient.expectation(over: $0, at: sample, reward: RewardToGo(ofLast: rewards))
      }
    } catch {
      fatalError("\(error)")
    }
  }

  mutating func teach(using noise: inout Philox) {
    let (data, generated) = (data, generated)
    do {
      _ = try judge.descend { $0.loss(data: data, generated: generated, using: &noise) }
    } catch {
      fatalError("\(error)")
    }
  }
}
