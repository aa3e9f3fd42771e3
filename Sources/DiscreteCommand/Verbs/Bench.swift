import ArgumentParser
import CKernels
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Times the cases that PyTorch, JAX and MLX are timed on.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the benchmark cases.",
    discussion:
      "The work of each case is described in Benchmarks/README.md; `make bench` sets the peers beside it."
  )

  @Argument(help: ArgumentHelp("Cases to run, all by default.", valueName: "case"))
  var cases: [String] = []

  @Flag(help: "Print one JSON object per line.")
  var json = false

  func run() throws {
    let chosen = try cases.map { name in
      guard let found = BenchmarkCase(rawValue: name) else {
        throw Failure(
          .usage, unknown("case", name, among: BenchmarkCase.allCases.map(\.rawValue)))
      }
      return found
    }
    if !json { print("case              ms        ns/element   peak MiB") }
    for item in chosen.isEmpty ? BenchmarkCase.allCases : chosen {
      report(item.measure())
    }
  }

  private func report(_ timing: Timing) {
    if json {
      let values: JSON = [
        "peer": "discrete", "case": JSON(timing.name), "ms": JSON(rounded(timing.milliseconds, 4)),
        "ns_per_element": timing.nanosecondsPerElement.map { JSON(rounded($0, 3)) } ?? .null,
        "elements": timing.elements.map { JSON($0) } ?? .null, "peak_mib": JSON(peakMebibytes()),
      ]
      print(values)
    } else {
      let each = timing.nanosecondsPerElement.map { decimal($0, 3) } ?? "-"
      print(
        padded(timing.name, 18) + padded(decimal(timing.milliseconds, 4), 10)
          + padded(each, 13) + "\(peakMebibytes())")
    }
  }
}

/// The median time of one call of a case.
struct Timing {
  let name: String
  let milliseconds: Double
  let elements: Int?

  var nanosecondsPerElement: Double? { elements.map { milliseconds * 1e6 / Double($0) } }
}

enum BenchmarkCase: String, CaseIterable {
  case gumbel
  case bernoulli
  case categorical
  case gumbelSoftmax = "gumbel_softmax"
  case gumbelSoftmaxST = "gumbel_softmax_st"
  case neuralSort100 = "neural_sort_100"
  case neuralSort1000 = "neural_sort_1000"
  case neuralSort5000 = "neural_sort_5000"
  case neuralSort100000 = "neural_sort_100000"
  case neuralSortBanded100000 = "neural_sort_banded_100000"
  case softSort1000000 = "soft_sort_1000000"
  case sinkhorn100 = "sinkhorn_100"
  case plackettLuceSample = "pl_sample"
  case plackettLuceLogProbability = "pl_log_prob"
  case nvilStep = "nvil_step"
  case disarmStep = "disarm_step"
  case sequenceSample = "sequence_sample"
  case sequenceRollOuts = "sequence_roll_outs"
  case sequenceGeneratorStep = "sequence_generator_step"
  case sequenceDiscriminatorStep = "sequence_discriminator_step"

  func measure() -> Timing {
    var generator = Philox(seed: 0)
    switch self {
    case .gumbel:
      return timed(elements: 10_000_000) {
        _ = Tensor.randomGumbel([10_000_000], using: &generator)
      }
    case .bernoulli:
      return timed(elements: 10_000_000) {
        _ = [UInt8](unsafeUninitializedCapacity: 10_000_000) { buffer, count in
          if let base = buffer.baseAddress {
            dk_bernoulli_bytes(generator.next(), buffer.count, 0.3, base)
          }
          count = buffer.count
        }
      }
    case .categorical:
      let logits = Tensor.randomNormal([1_000_000, 1, 16], using: &generator)
      let distribution = Categorical(logits: logits)
      return timed(elements: 16_000_000) {
        _ = distribution.sample(1, using: &generator)
      }
    case .gumbelSoftmax, .gumbelSoftmaxST:
      let logits = Tensor.randomNormal([200_000, 1, 16], using: &generator)
      let cotangent = Tensor.randomNormal([200_000, 1, 16], using: &generator)
      var estimator = GumbelSoftmax<Categorical>(isHard: self == .gumbelSoftmaxST)
      return timed(elements: 3_200_000) {
        _ = gradient(at: logits) { logits in
          estimator.expectation(
            over: Categorical(logits: logits), using: &generator,
            of: { (point: Tensor, _: inout Philox) -> Tensor in
              point.dot(cotangent, overLast: 2)
            })
        }
      }
    case .neuralSort100: return sorted(100, of: 100, using: &generator)
    case .neuralSort1000: return sorted(1, of: 1000, using: &generator)
    case .neuralSort5000: return sorted(1, of: 5000, using: &generator)
    case .neuralSort100000: return sorted(1, of: 100_000, using: &generator)
    case .neuralSortBanded100000:
      let (scores, payload) = problem(1, of: 100_000, using: &generator)
      return timed(elements: nil) {
        _ = gradient(at: scores) {
          NeuralSort(scores: $0, temperature: 0.01).apply(to: payload, error: 1e-6).value
        }
      }
    case .softSort1000000:
      let (scores, payload) = problem(1, of: 1_000_000, using: &generator)
      return timed(elements: nil) {
        _ = gradient(at: scores) { SoftSort(scores: $0, temperature: 1).apply(to: payload).sum() }
      }
    case .sinkhorn100:
      let scores = Tensor.randomNormal([100, 100, 100], using: &generator)
      let cotangent = Tensor.randomNormal([100, 100, 100], using: &generator)
      // A tolerance that nothing meets: as many iterations as the peer.
      return timed(elements: nil) {
        _ = gradient(at: scores) {
          Sinkhorn(scores: $0, temperature: 1, tolerance: 1e-30, iterations: 20).matrix * cotangent
        }
      }
    case .plackettLuceSample:
      let distribution = PlackettLuce(
        logScores: .randomNormal([1000, 1000], using: &generator))
      return timed(elements: 1_000_000) { _ = distribution.sample(1, using: &generator) }
    case .plackettLuceLogProbability:
      let logScores = Tensor.randomNormal([1000, 1000], using: &generator)
      let orders = PlackettLuce(logScores: .zeros([1000, 1000])).sample(1, using: &generator)
      return timed(elements: 1_000_000) {
        _ = gradient(at: logScores) { logScores in
          PlackettLuce(logScores: logScores).logProbability(orders).sum()
        }
      }
    case .nvilStep:
      let network = NetworkBaseline(center: .zeros([784]), using: &generator)
      let nvil = NVIL<Bernoulli>(network: network, decay: 0.9, normalizesVariance: false)
      var step = BeliefNetworkStep(nvil, batchSize: 100, learningRate: 1e-3, using: &generator)
      return timed(elements: nil, calls: 200) { step() }
    case .disarmStep:
      var step = BeliefNetworkStep(DisARM(), batchSize: 50, learningRate: 1e-4, using: &generator)
      return timed(elements: nil, calls: 200) { step() }
    case .sequenceSample:
      let steps = SequenceSteps(using: &generator)
      return timed(elements: 64 * 20, calls: 10) {
        _ = steps.generator.sample(64, using: &generator)
      }
    case .sequenceRollOuts:
      let steps = SequenceSteps(using: &generator)
      // Of every prefix the tokens after it: 19 + 18 + ... + 1 = 190.
      return timed(elements: 64 * 16 * 190) { steps.rollOuts(using: &generator) }
    case .sequenceGeneratorStep:
      var steps = SequenceSteps(using: &generator)
      return timed(elements: nil, calls: 10) { steps.follow(using: &generator) }
    case .sequenceDiscriminatorStep:
      var steps = SequenceSteps(using: &generator)
      return timed(elements: nil) { steps.teach(using: &generator) }
    }
  }

  private func problem(
    _ rows: Int, of n: Int, using generator: inout Philox
  ) -> (scores: Tensor, payload: Tensor) {
    (.randomNormal([rows, n], using: &generator), .randomNormal([rows, n, 1], using: &generator))
  }

  /// NeuralSort at temperature one, forward and backward.
  private func sorted(_ rows: Int, of n: Int, using generator: inout Philox) -> Timing {
    let (scores, payload) = problem(rows, of: n, using: &generator)
    return timed(elements: nil) {
      _ = gradient(at: scores) { NeuralSort(scores: $0, temperature: 1).apply(to: payload).sum() }
    }
  }

  /// Three calls to warm up, then the median of seven repetitions of `calls` calls.
  private func timed(elements: Int?, calls: Int = 1, _ body: () -> Void) -> Timing {
    for _ in 0..<3 { body() }
    let clock = ContinuousClock()
    let times = (0..<7).map { _ in
      clock.measure { for _ in 0..<calls { body() } } / .milliseconds(calls)
    }
    return Timing(name: rawValue, milliseconds: times.sorted()[3], elements: elements)
  }
}

/// A training step of a 784-200 belief network on 6,000 images, Adam on everything.
private struct BeliefNetworkStep {
  private var trainer: Trainer<Trained<BeliefNetwork, LayerEstimators<Bernoulli>>, Adam>
  private let data: Tensor
  private let batchSize: Int
  private var generator: Philox

  init(
    _ estimator: any BlackBoxGradientEstimator<Bernoulli>, batchSize: Int, learningRate: Double,
    using generator: inout Philox
  ) {
    self.batchSize = batchSize
    data = Bernoulli(logits: .full(-1.9, [784])).sample(6000, using: &generator).tensor
    let model = BeliefNetwork(
      .init(visible: 784, layers: [200]), mean: .zeros([784]), using: &generator)
    trainer = Trainer(
      Trained(model: model, estimators: LayerEstimators<Bernoulli>([estimator])),
      optimizer: Adam(), learningRate: learningRate)
    self.generator = generator.split()
  }

  mutating func callAsFunction() {
    let start = trainer.step % (6000 / batchSize) * batchSize
    let x = Bits(data.sliced(along: 0, start..<(start + batchSize)))
    do {
      _ = try trainer.descend { $0.loss(of: x, using: &generator) }
    } catch {
      fatalError("\(error)")
    }
  }
}

/// Pieces of SeqGAN in its published size: 5,000 tokens, length 20, batches of 64, 1,720 filters.
private struct SequenceSteps {
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

/// The largest resident size of this process so far, in mebibytes.
func peakMebibytes() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss >> 20
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss >> 10
  #endif
}
