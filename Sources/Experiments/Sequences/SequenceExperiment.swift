import Datasets
import Formats
import Learning
import Models
public import Runs
import Stochastics
import Tensors

/// A run of `train sequence-gan`: a generator of sequences by likelihood, then against a
/// discriminator.
public struct SequenceExperiment: Experiment {
  public static let model = "sequence-gan"
  public static var settings: [any SettingDescription] { SequenceSettings.all }
  public static var lengths: [any SettingDescription] {
    [SequenceSettings.pretrainEpochs, SequenceSettings.adversarialSteps]
  }
  public static var lengthsExcludeEachOther: Bool { false }

  /// The generator, as it was last.
  public static func initialPart(
    of metadata: [String: String]
  ) -> (own: String, saved: String) {
    ("pretraining.", metadata["adversarial"] == "true" ? "policy.generator." : "pretraining.")
  }

  private let configuration: SequenceConfiguration

  public init(_ settings: Settings) throws {
    configuration = try SequenceConfiguration(settings)
  }

  public var settings: Settings { configuration.settings }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let data = try SequenceData(configuration, tell: tell, stop)
    let words = data.texts.map { texts in
      [(name: SequenceTexts.fileName, content: JSON.array(texts.vocabulary.texts.map { JSON($0) }))]
    }
    return Preparation(
      job(on: data), data: data.digest,
      counts: data.counts(of: configuration.data ?? configuration.oracle.json.typed),
      settings: configuration.settings, files: words ?? [])
  }
}

// MARK: Parts by name

extension SequenceExperiment {
  /// The work with the gradient, the discriminator and the reward that the configuration names.
  private func job(on data: SequenceData) -> any Job {
    func group(_ advantage: GroupAdvantage, byLength: Bool = false) -> any Job {
      job(on: data) { _ in
        GroupPolicyGradient(advantage: advantage, dividesByLength: byLength)
      }
    }
    switch configuration.estimator {
    case .reinforce, .straightThrough: return reinforce(on: data)
    case .rloo: return job(on: data) { _ in PolicyGradient(baseline: .leaveOneOut) }
    case .remax: return job(on: data) { _ in GreedyPolicyGradient() }
    case .meanCentered: return group(GroupAdvantage(scale: .none))
    case .whitened: return group(GroupAdvantage(scale: .populationDeviation, keptAxes: 0))
    case .grpo:
      let divisions = configuration.divisions
      return group(GroupAdvantage(scale: divisions.deviation), byLength: divisions.byLength)
    case .relax:
      return job(on: data) { noise in
        StepwiseRELAX(
          vocabulary: data.vocabulary, stateSize: configuration.hidden, using: &noise)
      }
    }
  }

  /// REINFORCE with the baseline that the configuration names.
  private func reinforce(on data: SequenceData) -> any Job {
    func reinforce(_ baseline: some Baseline) -> any Job {
      job(on: data) { _ in PolicyGradient(baseline: baseline) }
    }
    switch configuration.baseline {
    case .absent: return reinforce(.none)
    case .leaveOneOut: return reinforce(.leaveOneOut)
    case .movingAverage: return reinforce(.movingAverage())
    case .constant: return reinforce(.constant())
    case .network:
      return job(on: data) { noise in
        PolicyGradient(
          baseline: NetworkBaseline(
            center: .zeros([configuration.hidden]), units: 32, using: &noise))
      }
    }
  }

  private func job<Gradient: SequenceGradient>(
    on data: SequenceData, _ gradient: (inout Philox) -> Gradient
  ) -> any Job {
    func job<Judge: SequenceJudge>(
      _ follow: @escaping SequenceJob<Gradient, Judge>.Follow, _ judge: (inout Philox) -> Judge
    ) -> any Job {
      SequenceJob(configuration, data: data, gradient: gradient, judge: judge, following: follow)
    }
    let configuration = configuration
    switch configuration.discriminator {
    case .convolutional:
      return job(sequenceStep()) {
        SequenceDiscriminator(
          vocabulary: data.vocabulary, filters: configuration.filters, using: &$0)
      }
    case .recurrent:
      let judgesTokens =
        configuration.reward == .tokens && configuration.estimator != .straightThrough
      return job(judgesTokens ? tokenStep() : sequenceStep()) {
        TokenDiscriminator(vocabulary: data.vocabulary, end: configuration.end, using: &$0)
      }
    }
  }

  /// A step that asks for judgments of whole sequences only.
  private func sequenceStep<Gradient, Judge>() -> SequenceJob<Gradient, Judge>.Follow {
    let configuration = configuration
    return { gan, shards, noise, stop in
      configuration.estimator == .straightThrough
        ? try gan.followRelaxed(
          configuration.batchSize, temperature: configuration.temperature, in: shards,
          using: &noise)
        : try gan.followDiscriminator(
          configuration.batchSize, rollOuts: configuration.rollOuts, lag: configuration.lag,
          in: shards, using: &noise, pause: { try stop() })
    }
  }

  /// A step whose every token is judged at once.
  private func tokenStep<Gradient>() -> SequenceJob<Gradient, TokenDiscriminator>.Follow {
    let configuration = configuration
    return { gan, shards, noise, _ in
      try gan.followTokens(
        configuration.batchSize, discount: configuration.discount, in: shards, using: &noise)
    }
  }
}
