import ArgumentParser
import Datasets
import Formats
import Runs
import Stochastics

struct TrainSequenceGAN: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: SequenceConfiguration.model,
    abstract: "Train a generator of sequences by likelihood, then against a discriminator.",
    discussion: """
      Learns from samples of an oracle, an LSTM with weights from a file or else N(0, 1) from the seed or a hidden Markov model, \
      or from the characters, lines, words or bases of a text. Leaves a run folder with the settings, the curves and checkpoints; 'discrete sample' prints its samples. \
      nll_oracle is that of generated sequences under the oracle, nll_generator that of fresh data under the generator, both in \
      nats a token, the lower the better.
      """)

  @OptionGroup(title: "Model and training") var options: SequenceOptions
  @OptionGroup(title: "Run") var place: RunOptions

  func run() throws {
    try place.prepare()
    report(try place.resume.map(resume) ?? begin())
  }

  private func begin() throws -> JSON {
    var settings = try place.settings(SequenceConfiguration.defaults)
    for case (let key, let text?) in options.settings {
      try settings.set(key, to: text, from: .commandLine)
    }
    let configuration = try SequenceConfiguration(settings)
    let data = try SequenceData(configuration)
    let folder = try RunFolder(
      creating: try place.out ?? defaultRunFolder(of: SequenceConfiguration.model),
      recording: configuration.settings)
    if let texts = data.texts {
      try folder.write(
        .array(texts.vocabulary.texts.map { JSON($0) }), to: folder.vocabularyFile)
    }
    return try train(configuration, data, in: folder, isResumed: false)
  }

  private func resume(_ path: String) throws -> JSON {
    try place.checkResuming(path, with: options.settings)
    let folder = try RunFolder(opening: path)
    if folder.status == .finished { return try folder.summary() }
    let configuration = try SequenceConfiguration(of: folder)
    let data = try SequenceData(configuration)
    if data.texts != nil {
      let words = try SequenceTexts.vocabulary(
        folder.file(folder.vocabularyFile), unit: configuration.unit)
      try data.check(words, of: path)
    }
    return try train(configuration, data, in: folder, isResumed: fileExists(folder.lastCheckpoint))
  }

  private func train(
    _ configuration: SequenceConfiguration, _ data: SequenceData, in folder: RunFolder,
    isResumed: Bool
  ) throws -> JSON {
    try SequenceTraining(
      configuration: configuration, data: data, folder: folder, isQuiet: place.quiet
    ).run(isResumed: isResumed)
  }

  private func report(_ summary: JSON) {
    if place.json { return print(summary) }
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    print("steps            \(summary["steps"] ?? .null) in \(figure("seconds", 1)) s")
    SequenceFigures.report(summary)
    if summary["oracle_entropy"] != nil {
      print("oracle's entropy \(figure("oracle_entropy", 3)) nats a token")
    }
    print("run              \(summary["run"]?.string ?? "")")
  }
}

/// What is learned, from what, and how.
struct SequenceOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: help(
      "oracle",
      "Weights of the oracle, NPZ or safetensors, or hmm:states=8,deviation=2,seed=n; without it they are random.",
      "file"))
  var oracle: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "data", "A text to learn instead of an oracle, a folder of sources, or 'molecules'.", "file"))
  var data: String?
  @Option(
    parsing: .unconditional,
    help: help("test-data", "A text to test on; without it the last tenth of the other.", "file"))
  var testData: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "tokens", "\(SequenceUnit.allCases.map(\.rawValue).joined(separator: ", ")).", "kind"))
  var tokens: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "vocabulary-file", "A JSON list of texts, as a run's vocabulary.json.", "file"))
  var vocabularyFile: String?
  @Option(
    parsing: .unconditional,
    help: help("minimum-count", "How often a word occurs that is no unknown one.", "n"))
  var minimumCount: String?
  @Option(parsing: .unconditional, help: help("vocabulary", "Tokens of the random oracle.", "n"))
  var vocabulary: String?
  @Option(parsing: .unconditional, help: help("length", "Tokens of a sequence.", "n"))
  var length: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "sequences", "Training sequences: samples of the oracle, or at most so many of the text.", "n"
    ))
  var sequences: String?
  @Option(
    parsing: .unconditional,
    help: help("evaluation-sequences", "Sequences of every evaluation.", "n"))
  var evaluationSequences: String?
  @Option(
    parsing: .unconditional,
    help: help("embedding", "Numbers for a token, of a random oracle too.", "n"))
  var embedding: String?
  @Option(
    parsing: .unconditional,
    help: help("hidden", "Units of the generator, of a random oracle too.", "n"))
  var hidden: String?
  @Option(
    parsing: .unconditional,
    help: help("filters", "Filters of the discriminator.", "WIDTHxCOUNT,..."))
  var filters: String?
  @Option(
    parsing: .unconditional, help: help("learning-rate", "Of the generator, by Adam.", "rate"))
  var learningRate: String?
  @Option(
    parsing: .unconditional,
    help: help("discriminator-learning-rate", "Of the discriminator, by Adam.", "rate"))
  var discriminatorLearningRate: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "adversarial-learning-rate",
      "Of the generator while it follows the discriminator; without it as before.", "rate"))
  var adversarialLearningRate: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "discriminator",
      "\(SequenceConfiguration.Discriminator.allCases.map(\.rawValue).joined(separator: ", ")).",
      "name"))
  var discriminator: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "estimator",
      "\(SequenceConfiguration.Estimator.allCases.map(\.rawValue).joined(separator: ", ")).",
      "name"))
  var estimator: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "reward",
      "roll-outs, or tokens: each judged at once by a recurrent discriminator.", "name"))
  var reward: String?
  @Option(
    parsing: .unconditional,
    help: help("discount", "What a later token's reward counts, for each step.", "share"))
  var discount: String?
  @Option(
    parsing: .unconditional,
    help: help("temperature", "Of straight-through Gumbel-Softmax.", "number"))
  var temperature: String?
  @Option(parsing: .unconditional, help: help("batch-size", "Sequences in a batch.", "n"))
  var batchSize: String?
  @Option(
    parsing: .unconditional,
    help: help("pretrain-epochs", "Epochs of maximum likelihood.", "epochs"))
  var pretrainEpochs: String?
  @Option(
    parsing: .unconditional,
    help: help("discriminator-pretrain-rounds", "Rounds before the first adversarial step.", "n"))
  var discriminatorPretrainRounds: String?
  @Option(
    parsing: .unconditional,
    help: help("adversarial-steps", "Steps of the generator against the discriminator.", "steps"))
  var adversarialSteps: String?
  @Option(
    parsing: .unconditional,
    help: help("discriminator-rounds", "Rounds after every adversarial step.", "n"))
  var discriminatorRounds: String?
  @Option(
    parsing: .unconditional,
    help: help("discriminator-epochs", "Epochs of a round, over data and as many samples.", "n"))
  var discriminatorEpochs: String?
  @Option(
    parsing: .unconditional, help: help("roll-outs", "Completions of every prefix.", "n"))
  var rollOuts: String?
  @Option(
    parsing: .unconditional,
    help: help("lag", "How much of its weights the copy that rolls out keeps.", "share"))
  var lag: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "baseline", "\(SequenceConfiguration.baselines.joined(separator: ", ")).", "name"))
  var baseline: String?
  @Option(
    parsing: .unconditional,
    help: help("evaluate-every", "Epochs, and later steps, between evaluations.", "n"))
  var evaluateEvery: String?
  @Option(
    parsing: .unconditional,
    help: help("seed", "What everything is drawn from: equal seeds, equal runs.", "seed"))
  var seed: String?

  private static func help(_ key: String, _ text: String, _ value: String) -> ArgumentHelp {
    settingHelp(key, text, value, among: SequenceConfiguration.defaults)
  }

  var settings: [(key: String, text: String?)] {
    [
      ("oracle", oracle), ("data", data), ("test-data", testData), ("tokens", tokens),
      ("vocabulary-file", vocabularyFile), ("minimum-count", minimumCount),
      ("vocabulary", vocabulary), ("length", length),
      ("sequences", sequences), ("evaluation-sequences", evaluationSequences),
      ("embedding", embedding), ("hidden", hidden), ("filters", filters),
      ("learning-rate", learningRate),
      ("discriminator-learning-rate", discriminatorLearningRate), ("batch-size", batchSize),
      ("pretrain-epochs", pretrainEpochs),
      ("discriminator-pretrain-rounds", discriminatorPretrainRounds),
      ("adversarial-steps", adversarialSteps), ("discriminator-rounds", discriminatorRounds),
      ("discriminator-epochs", discriminatorEpochs), ("roll-outs", rollOuts), ("lag", lag),
      ("baseline", baseline),
      ("adversarial-learning-rate", adversarialLearningRate), ("discriminator", discriminator),
      ("estimator", estimator), ("reward", reward), ("discount", discount),
      ("temperature", temperature), ("evaluate-every", evaluateEvery), ("seed", seed),
    ]
  }
}
