import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// A run with the gradient, the discriminator and the reward that its configuration names.
struct SequenceTraining {
  let configuration: SequenceConfiguration
  let data: SequenceData
  let folder: RunFolder
  let isQuiet: Bool

  func run(isResumed: Bool) throws -> JSON {
    func train<Gradient: SequenceGradient>(_ gradient: (inout Philox) -> Gradient) throws -> JSON {
      try run(isResumed, gradient)
    }
    func reinforce(_ baseline: some Baseline) throws -> JSON {
      try train { _ in PolicyGradient(baseline: baseline) }
    }
    guard configuration.estimator != .relax else {
      return try train { generator in
        StepwiseRELAX(
          vocabulary: data.vocabulary, stateSize: configuration.hidden, using: &generator)
      }
    }
    return switch configuration.baseline {
    case "leave-one-out": try reinforce(.leaveOneOut)
    case "moving-average": try reinforce(.movingAverage())
    case "constant": try reinforce(.constant())
    case "network":
      try train { generator in
        PolicyGradient(
          baseline: NetworkBaseline(
            centre: .zeros([configuration.hidden]), units: 32, using: &generator))
      }
    default: try reinforce(.none)
    }
  }

  private func run<Gradient: SequenceGradient>(
    _ isResumed: Bool, _ gradient: (inout Philox) -> Gradient
  ) throws -> JSON {
    func run<Judge: SequenceJudge>(
      _ judge: (inout Philox) -> Judge,
      _ follow: @escaping SequenceSession<Gradient, Judge>.Follow
    ) throws -> JSON {
      var session = SequenceSession(
        configuration, data: data, folder: folder, isQuiet: isQuiet, gradient: gradient,
        judge: judge, following: follow)
      return try session.run(isResumed: isResumed)
    }
    switch configuration.discriminator {
    case .convolutional:
      return try run(
        {
          SequenceDiscriminator(
            vocabulary: data.vocabulary, filters: configuration.filters, using: &$0)
        }, sequenceStep())
    case .recurrent:
      let judge = { (generator: inout Philox) in
        TokenDiscriminator(
          vocabulary: data.vocabulary, end: configuration.end, using: &generator)
      }
      guard configuration.reward == .tokens, configuration.estimator != .straightThrough else {
        return try run(judge, sequenceStep())
      }
      let (count, discount) = (configuration.batchSize, configuration.discount)
      return try run(judge) { gan, noise in
        try gan.followTokens(count, discount: discount, using: &noise)
      }
    }
  }

  /// A step that asks for judgements of whole sequences only.
  private func sequenceStep<Gradient, Judge>() -> SequenceSession<Gradient, Judge>.Follow {
    let configuration = configuration
    return { gan, noise in
      configuration.estimator == .straightThrough
        ? try gan.followRelaxed(
          configuration.batchSize, temperature: configuration.temperature, using: &noise)
        : try gan.followDiscriminator(
          configuration.batchSize, rollOuts: configuration.rollOuts, lag: configuration.lag,
          using: &noise)
    }
  }
}
