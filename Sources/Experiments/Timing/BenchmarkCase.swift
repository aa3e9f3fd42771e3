import CKernels
import Learning
import Models
import Stochastics
import Tensors

/// The median time of one call of a case.
package struct Timing {
  package let name: String
  package let milliseconds: Double
  package let elements: Int?

  package var nanosecondsPerElement: Double? { elements.map { milliseconds * 1e6 / Double($0) } }
}

/// What PyTorch, JAX and MLX are timed on too; `Benchmarks/README.md` describes the work of each.
package enum BenchmarkCase: String, CaseIterable {
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
  case nvilDeepStep = "nvil_deep_step"
  case vaeStep = "vae_step"
  case disarmStep = "disarm_step"
  case sequenceSample = "sequence_sample"
  case sequenceRollOuts = "sequence_roll_outs"
  case sequenceGeneratorStep = "sequence_generator_step"
  case sequenceDiscriminatorStep = "sequence_discriminator_step"
  case codeBits = "code_bits"
  case codeClasses = "code_classes"
  case chainLogNormalizer = "chain_log_normalizer"
  case chainMarginals = "chain_marginals"
  case chainSample = "chain_sample"
  case binaryTreeLogNormalizer = "binary_tree_log_normalizer"
  case binaryTreeMarginals = "binary_tree_marginals"
  case binaryTreeSample = "binary_tree_sample"
  case arborescenceLogNormalizer = "arborescence_log_normalizer"
  case arborescenceMarginals = "arborescence_marginals"
  case arborescenceSample = "arborescence_sample"

  package func measure() -> Timing {
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
    case .nvilStep: return stepped(.nvil(layers: [200], using: &generator))
    case .nvilDeepStep: return stepped(.nvil(layers: [200, 200, 200], using: &generator))
    case .vaeStep: return stepped(.gumbelSoftmax(using: &generator))
    case .disarmStep: return stepped(.disARM(using: &generator))
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
    case .codeBits:
      let codes = CodedSymbols(bits: 4_000_000, using: &generator)
      return timed(elements: 4_000_000, codes.writeAndRead)
    case .codeClasses:
      let codes = CodedSymbols(classes: 256, count: 10_000_000, using: &generator)
      return timed(elements: 10_000_000, codes.writeAndRead)
    case .chainLogNormalizer, .chainMarginals, .chainSample:
      return asked(Chain(steps: 100, labels: 20), batch: 64, using: &generator)
    case .binaryTreeLogNormalizer, .binaryTreeMarginals, .binaryTreeSample:
      return asked(BinaryTree(leaves: 40), batch: 32, using: &generator)
    case .arborescenceLogNormalizer, .arborescenceMarginals, .arborescenceSample:
      return asked(Arborescence(words: 40), batch: 64, using: &generator)
    }
  }

  /// A law over structures, made, and one of its three answers.
  private func asked(
    _ structure: some Structure, batch: Int, using generator: inout Philox
  ) -> Timing {
    let scores = Tensor.randomNormal([batch, structure.partCount], using: &generator)
    return timed(elements: nil, calls: 20) {
      let law = Gibbs(logits: scores, structure: structure)
      if rawValue.hasSuffix("sample") {
        _ = law.sample(1, using: &generator)
      } else {
        _ = rawValue.hasSuffix("marginals") ? law.marginals : law.logNormalizer
      }
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

  private func stepped(_ step: ImageStep<some Parameterized & Sendable>) -> Timing {
    var step = step
    return timed(elements: nil, calls: 200) { step() }
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
