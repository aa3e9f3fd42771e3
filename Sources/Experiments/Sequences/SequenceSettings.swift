package import Datasets
import Formats
package import Models
package import Runs
import Tensors

/// Every setting of `train sequence-gan`.
package enum SequenceSettings {
  package static let model = Setting.model(SequenceExperiment.model)

  // MARK: Data

  package static let oracle = Setting<OracleName>(
    "oracle", nil,
    "Weights of the oracle, NPZ or safetensors, or hmm:states=8,deviation=2,seed=n; without it they are random.",
    "file", encode: \.json
  ) { (text) throws(SettingError) in try OracleName(text) }
  package static let data = Setting.text(
    "data", nil, "A text to learn instead of an oracle, a folder of sources, or 'molecules'.",
    "file")
  package static let testData = Setting.text(
    "test-data", nil, "A text to test on; without it the last tenth of the other.", "file")
  package static let tokens = Setting<SequenceUnit>.choice(
    "tokens", .characters, "What the text is made of: \(names(SequenceUnit.self)).", "kind")
  package static let vocabularyFile = Setting.text(
    "vocabulary-file", nil, "A JSON list of texts, as a run's vocabulary.json.", "file")
  package static let minimumCount = Setting.whole(
    "minimum-count", 1, in: 1...1_000_000_000, "Rarer words become the unknown token.")
  package static let vocabulary = Setting.whole(
    "vocabulary", 200, in: 2...1_000_000, "Tokens of the random oracle.")
  package static let length = Setting.whole(
    "length", 20, in: 1...10_000, "Tokens of a sequence.")
  package static let sequences = Setting.whole(
    "sequences", nil, in: 2...10_000_000,
    "Training sequences: samples of the oracle, 10000 unless set, or at most so many of the text.")
  /// The default of `sequences` for an oracle or a grammar.
  static let drawnSequences = 10_000
  package static let evaluationSequences = Setting.whole(
    "evaluation-sequences", 2000, in: 1...10_000_000, "Sequences of every evaluation.")

  // MARK: Models

  package static let embedding = Setting.whole(
    "embedding", 32, in: 1...100_000, "Numbers for a token, of a random oracle too.")
  package static let hidden = Setting.whole(
    "hidden", 32, in: 1...100_000, "Units of the generator, of a random oracle too.")
  package static let filters = Setting<[SequenceDiscriminator.Filters]>(
    "filters", "1x32,2x32,3x32,4x32,5x32", "Filters of the discriminator.", "WIDTHxCOUNT,...",
    encode: { .array($0.map { JSON("\($0.width)x\($0.count)") }) }, parse: parseFilters)
  package static let discriminator = Setting<SequenceConfiguration.Discriminator>.choice(
    "discriminator", .convolutional, "\(names(SequenceConfiguration.Discriminator.self)).")

  // MARK: Training

  package static let learningRate = Setting.positive(
    "learning-rate", 0.01, "Of the generator, by Adam.")
  package static let adversarialLearningRate = Setting.positive(
    "adversarial-learning-rate", nil,
    "Of the generator while it follows the discriminator; without it as before.")
  package static let discriminatorLearningRate = Setting.positive(
    "discriminator-learning-rate", 0.0001, "Of the discriminator, by Adam.")
  package static let batchSize = Setting.whole(
    "batch-size", 64, in: 1...1_000_000, "Sequences in a batch.")
  package static let shards = Setting<Int>.shards
  package static let pretrainEpochs = Setting.whole(
    "pretrain-epochs", 20, in: 0...1_000_000, "Epochs of maximum likelihood.", "epochs")
  package static let discriminatorPretrainRounds = Setting.whole(
    "discriminator-pretrain-rounds", 10, in: 0...1_000_000,
    "Rounds before the first adversarial step.")
  package static let adversarialSteps = Setting.whole(
    "adversarial-steps", 50, in: 0...1_000_000,
    "Steps of the generator against the discriminator.", "steps")
  package static let discriminatorRounds = Setting.whole(
    "discriminator-rounds", 5, in: 0...1_000_000, "Rounds after every adversarial step.")
  package static let discriminatorEpochs = Setting.whole(
    "discriminator-epochs", 3, in: 1...1_000_000,
    "Epochs of a round, over data and as many samples.")

  // MARK: Following the discriminator

  package static let estimator = Setting<SequenceEstimator>(
    "estimator", "reinforce",
    "\(names(SequenceEstimator.Kind.self)); the first with a baseline as option, grpo with deviation=sample, population or none and length=yes or no. Biased: mean-centered, grpo, reinforce++, st-gumbel-softmax.",
    "name",
    encode: \.json
  ) { (text) throws(SettingError) in try SequenceEstimator(text) }
  package static let baseline = Setting<SequenceEstimator.Baseline>.choice(
    "baseline", nil,
    "That of reinforce: \(names(SequenceEstimator.Baseline.self)). (default: none)")
  package static let reward = Setting<SequenceConfiguration.Reward>.choice(
    "reward", .rollOuts, "roll-outs, or tokens: each judged at once by a recurrent discriminator.")
  package static let rollOuts = Setting.whole(
    "roll-outs", 16, in: 1...100_000, "Completions of every prefix.")
  package static let lag = Setting<Double>(
    "lag", "0.8", "How much of its weights the copy that rolls out keeps.", "share",
    encode: { JSON($0) }
  ) { (text) throws(SettingError) in
    _ = try parseScalar(text, named: "lag", in: 0..<1)
    return try parseNumber(text, named: "lag", in: 0..<1)
  }
  package static let discount = Setting.share(
    "discount", 1, "Discount per step on the rewards of later tokens.")
  package static let temperature = Setting.number(
    "temperature", 1, in: 0.001..<1000, "Of straight-through Gumbel-Softmax.")
  package static let evaluateEvery = Setting.whole(
    "evaluate-every", 5, in: 1...1_000_000, "Epochs, and later steps, between evaluations.")
  package static let logEvery = Setting<Int>.logEvery
  package static let seed = Setting<UInt64>.seed(
    "What everything is drawn from: equal seeds, equal runs.")

  /// In the order in which a configuration shows them.
  static let all: [any SettingDescription] = [
    model, oracle, data, testData, tokens, vocabularyFile, minimumCount, vocabulary, length,
    sequences, evaluationSequences, embedding, hidden, filters, learningRate,
    adversarialLearningRate, discriminator, discriminatorLearningRate, batchSize, shards,
    pretrainEpochs,
    discriminatorPretrainRounds, adversarialSteps, discriminatorRounds, discriminatorEpochs,
    estimator, baseline, reward, rollOuts, lag, discount, temperature, evaluateEvery, logEvery,
    Setting<String>.initialWeights, seed,
  ]

  private static func names<Choice: RawRepresentable<String> & CaseIterable>(
    _: Choice.Type
  ) -> String {
    Choice.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// `1x100,2x200`: widths and numbers of filters.
  @Sendable private static func parseFilters(
    _ text: String
  ) throws(SettingError) -> [SequenceDiscriminator.Filters] {
    var result: [SequenceDiscriminator.Filters] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard pair.count == 2, pair.allSatisfy((1...100_000).contains) else {
        throw SettingError("filters is '\(text)', expected WIDTHxCOUNT with commas between")
      }
      result.append(.init(width: pair[0], count: pair[1]))
    }
    return result
  }
}
