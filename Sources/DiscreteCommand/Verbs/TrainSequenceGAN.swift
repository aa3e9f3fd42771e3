import ArgumentParser
import Experiments
import Formats
import Runs

struct TrainSequenceGAN: TrainVerb {
  typealias Work = SequenceExperiment

  static let configuration = CommandConfiguration(
    commandName: SequenceExperiment.model,
    abstract: "Train a generator of sequences by likelihood, then against a discriminator.",
    discussion: """
      Learns from samples of an oracle, an LSTM with weights from a file or else N(0, 1) from the seed or a hidden Markov model, \
      or from the characters, lines, words or bases of a text. Leaves a run folder with the settings, the curves and checkpoints; 'discrete sample' prints its samples. \
      nll_oracle is that of generated sequences under the oracle, nll_generator that of fresh data under the generator, both in \
      nats a token, the lower the better.
      """)

  @OptionGroup(title: "Model and training") var options: SequenceFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static let headline = [
    (key: "nll_oracle", name: "NLL oracle"), (key: "nll_generator", name: "NLL generator"),
    (key: "entropy", name: "entropy"),
  ]

  static func report(_ summary: JSON) {
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    print("steps            \(summary["steps"] ?? .null) in \(figure("seconds", 1)) s")
    report(figures: summary)
    if summary["oracle_entropy"] != nil {
      print("oracle's entropy \(figure("oracle_entropy", 3)) nats a token")
    }
    print("run              \(summary["run"]?.string ?? "")")
  }

  /// Prints those figures of an evaluation that there are, a line each.
  static func report(figures: JSON) {
    for (key, name, meaning) in [
      ("nll_oracle", "NLL oracle", "nats a token, of generated sequences"),
      ("nll_generator", "NLL generator", "nats a token, of fresh data"),
      ("bits_per_character", "", "bits a character, the same"),
      ("entropy", "entropy", "nats a token"), ("valid", "valid", "of generated sequences"),
    ] {
      guard let value = figures[key]?.number else { continue }
      print(padded(name, 17) + "\(decimal(value, 3)) \(meaning)")
    }
  }
}

/// The model, its data and the method of learning.
struct SequenceFlags: SettingOptions {
  @Option(SequenceSettings.oracle) var oracle: String?
  @Option(SequenceSettings.data) var data: String?
  @Option(SequenceSettings.testData) var testData: String?
  @Option(SequenceSettings.tokens) var tokens: String?
  @Option(SequenceSettings.vocabularyFile) var vocabularyFile: String?
  @Option(SequenceSettings.minimumCount) var minimumCount: String?
  @Option(SequenceSettings.vocabulary) var vocabulary: String?
  @Option(SequenceSettings.length) var length: String?
  @Option(SequenceSettings.sequences) var sequences: String?
  @Option(SequenceSettings.evaluationSequences) var evaluationSequences: String?
  @Option(SequenceSettings.embedding) var embedding: String?
  @Option(SequenceSettings.hidden) var hidden: String?
  @Option(SequenceSettings.filters) var filters: String?
  @Option(SequenceSettings.learningRate) var learningRate: String?
  @Option(SequenceSettings.discriminatorLearningRate) var discriminatorLearningRate: String?
  @Option(SequenceSettings.adversarialLearningRate) var adversarialLearningRate: String?
  @Option(SequenceSettings.discriminator) var discriminator: String?
  @Option(SequenceSettings.estimator) var estimator: String?
  @Option(SequenceSettings.reward) var reward: String?
  @Option(SequenceSettings.discount) var discount: String?
  @Option(SequenceSettings.temperature) var temperature: String?
  @Option(SequenceSettings.batchSize) var batchSize: String?
  @Option(SequenceSettings.shards) var shards: String?
  @Option(SequenceSettings.pretrainEpochs) var pretrainEpochs: String?
  @Option(SequenceSettings.discriminatorPretrainRounds) var discriminatorPretrainRounds: String?
  @Option(SequenceSettings.adversarialSteps) var adversarialSteps: String?
  @Option(SequenceSettings.discriminatorRounds) var discriminatorRounds: String?
  @Option(SequenceSettings.discriminatorEpochs) var discriminatorEpochs: String?
  @Option(SequenceSettings.rollOuts) var rollOuts: String?
  @Option(SequenceSettings.lag) var lag: String?
  @Option(SequenceSettings.baseline) var baseline: String?
  @Option(SequenceSettings.evaluateEvery) var evaluateEvery: String?
  @Option(SequenceSettings.logEvery) var logEvery: String?
  @Option(Setting<String>.initialWeights) var `init`: String?
  @Option(SequenceSettings.seed) var seed: String?
}
