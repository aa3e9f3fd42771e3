import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// The settings of `train sequence-gan`, parsed and checked.
package struct SequenceConfiguration: Sendable {
  /// The value of `data` for strings of the grammar of molecules.
  static let molecules = "molecules"

  package enum Discriminator: String, CaseIterable, Sendable { case convolutional, recurrent }
  package enum Reward: String, CaseIterable, Sendable {
    case rollOuts = "roll-outs"
    case tokens
  }

  /// The oracle whose samples are learned, if no data are.
  let oracle: OracleName
  let data: String?
  let testData: String?
  /// The unit of the data.
  let unit: SequenceUnit
  let vocabularyFile: String?
  let minimumCount: Int
  /// Number of tokens of the random oracle.
  let vocabulary: Int
  let length: Int
  /// Most sequences to learn from; `nil` for all of a text.
  let sequences: Int?
  let evaluationSequences: Int
  let embedding: Int
  let hidden: Int
  let filters: [SequenceDiscriminator.Filters]
  let learningRate: Double
  /// The learning rate of the generator while it follows the discriminator; `nil` for the same as
  /// before.
  let adversarialLearningRate: Double?
  let discriminator: Discriminator
  let discriminatorLearningRate: Double
  let batchSize: Int
  let shards: Int
  let pretrainEpochs: Int
  let discriminatorPretrainRounds: Int
  let adversarialSteps: Int
  let discriminatorRounds: Int
  let discriminatorEpochs: Int
  let estimator: SequenceEstimator.Kind
  let baseline: SequenceEstimator.Baseline
  let divisions: SequenceEstimator.Divisions
  let reward: Reward
  let rollOuts: Int
  let lag: Scalar
  let discount: Scalar
  let temperature: Double
  /// Epochs, and later steps, between two evaluations.
  let evaluateEvery: Int
  let logEvery: Int
  let seed: UInt64
  /// The settings in force.
  private(set) var settings: Settings

  init(_ settings: Settings) throws {
    typealias All = SequenceSettings
    // One without an effect is unset in settings in force, and has its default all the same.
    var settings = settings
    for setting in All.all where settings[setting.key] == nil { settings.reset(setting.key) }
    _ = try settings[All.model]
    oracle = try settings[ifSet: All.oracle] ?? .random
    data = try settings[ifSet: All.data].map(SequenceConfiguration.absolute)
    testData = try settings[ifSet: All.testData].map(FileName.absolute)
    vocabularyFile = try settings[ifSet: All.vocabularyFile].map(FileName.absolute)
    unit = data == SequenceConfiguration.molecules ? .lines : try settings[All.tokens]
    minimumCount = try settings[All.minimumCount]
    vocabulary = try settings[All.vocabulary]
    length = try settings[All.length]
    sequences =
      try settings[ifSet: All.sequences]
      ?? (data == nil || data == SequenceConfiguration.molecules ? All.drawnSequences : nil)
    evaluationSequences = try settings[All.evaluationSequences]
    embedding = try settings[All.embedding]
    hidden = try settings[All.hidden]
    filters = try SequenceConfiguration.filters(settings, length: length)
    learningRate = try settings[All.learningRate]
    adversarialLearningRate = try settings[ifSet: All.adversarialLearningRate]
    discriminator = try settings[All.discriminator]
    discriminatorLearningRate = try settings[All.discriminatorLearningRate]
    batchSize = try settings[All.batchSize]
    shards = try settings[All.shards]
    pretrainEpochs = try settings[All.pretrainEpochs]
    discriminatorPretrainRounds = try settings[All.discriminatorPretrainRounds]
    adversarialSteps = try settings[All.adversarialSteps]
    discriminatorRounds = try settings[All.discriminatorRounds]
    discriminatorEpochs = try settings[All.discriminatorEpochs]
    (estimator, baseline, divisions) = try SequenceConfiguration.estimator(settings)
    reward = try settings[All.reward]
    rollOuts = try settings[All.rollOuts]
    lag = Scalar(try settings[All.lag])
    discount = Scalar(try settings[All.discount])
    temperature = try settings[All.temperature]
    evaluateEvery = try settings[All.evaluateEvery]
    logEvery = try settings[All.logEvery]
    seed = try settings[All.seed]
    self.settings = settings
    try checkData()
    try checkEstimator()
    self.settings = try resolved()
    try checkMemory(vocabulary: givesVocabulary ? 2 : vocabulary)
  }

  /// The configuration of the run in a folder.
  init(of folder: RunFolder) throws {
    try folder.checkModel(SequenceExperiment.model)
    try self.init(Settings(of: folder, SequenceSettings.all))
  }

  /// Whether the strings of the grammar are learned.
  var isGrammar: Bool { data == SequenceConfiguration.molecules }

  /// Whether the tokens are those of a file.
  private var givesVocabulary: Bool { data != nil || oracle.isFile }

  /// How many sequences are drawn to learn from, from an oracle or by the grammar.
  var drawn: Int { sequences ?? SequenceSettings.drawnSequences }

  /// The token that ends sequences of a text; `nil` where none does.
  var end: Int? { data != nil && unit.hasEnd ? 0 : nil }

  /// The generator from which every evaluation draws its samples.
  var evaluationNoise: Philox { Philox(seed: seed, stream: .sequenceEvaluation) }
}

extension SequenceConfiguration {
  private static func absolute(data: String) -> String {
    data == molecules ? data : FileName.absolute(data)
  }

  /// The default filters that fit a sequence, or all that the user has set.
  private static func filters(
    _ settings: Settings, length: Int
  ) throws -> [SequenceDiscriminator.Filters] {
    let asked = try settings[SequenceSettings.filters]
    if settings.isSet("filters"), let wide = asked.first(where: { $0.width > length }) {
      throw settings.failure(
        "filters of width \(wide.width) do not fit sequences of length \(length)", of: "filters")
    }
    return asked.filter { $0.width <= length }
  }

  /// The estimator and its baseline, which is an option of it or a setting of its own.
  private static func estimator(
    _ settings: Settings
  ) throws -> (
    SequenceEstimator.Kind, SequenceEstimator.Baseline, SequenceEstimator.Divisions
  ) {
    let named = try settings[SequenceSettings.estimator]
    let own = try settings[ifSet: SequenceSettings.baseline]
    guard own == nil || named.baseline == nil else {
      throw settings.failure("baseline is set, and by estimator too", of: "baseline")
    }
    return (named.kind, named.baseline ?? own ?? .absent, named.divisions)
  }

  private func checkData() throws {
    guard settings["oracle"] == nil || data == nil else {
      throw settings.failure("oracle and data are both set, and exclude each other", of: "data")
    }
    for key in ["test-data", "tokens", "vocabulary-file", "minimum-count"]
    where settings.isSet(key) && (data == nil || isGrammar) {
      throw settings.failure("\(key) is set, but there is no file of data", of: key)
    }
    if minimumCount > 1, !unit.hasUnknown || vocabularyFile != nil {
      throw settings.failure(
        "minimum-count is \(minimumCount), but only a vocabulary that is built of words leaves any out",
        of: "minimum-count")
    }
    if settings.isSet("vocabulary"), givesVocabulary {
      throw settings.failure(
        "vocabulary is set, but that of \(data ?? settings["oracle"] ?? "") is given by the file",
        of: "vocabulary")
    }
  }

  private func checkEstimator() throws {
    if reward == .tokens && discriminator != .recurrent {
      throw settings.failure(
        "reward is tokens, which a recurrent discriminator gives, not a \(discriminator.rawValue) one",
        of: "reward")
    }
    if baseline == .leaveOneOut && batchSize < 2 {
      throw settings.failure(
        "leave-one-out needs a batch-size of 2 or more",
        of: settings["baseline"] == nil ? "estimator" : "baseline")
    }
    if estimator.isOfGroup && batchSize < 2 {
      throw settings.failure(
        "\(estimator.rawValue) compares samples and needs a batch-size of 2 or more",
        of: "estimator")
    }
    _ = try settings.shards(
      of: batchSize, "sequences",
      least: baseline == .leaveOneOut || estimator.isOfGroup ? 2 : 1)
  }

  /// The settings in force: files have their whole paths, settings without effect are removed.
  private func resolved() throws -> Settings {
    let rollsOut = estimator != .straightThrough && reward == .rollOuts
    var result = try settings.clearingIdle([
      ("baseline", estimator == .reinforce, "estimator reinforce"),
      ("reward", estimator != .straightThrough, "estimators other than st-gumbel-softmax"),
      ("roll-outs", rollsOut, "reward roll-outs"), ("lag", rollsOut, "reward roll-outs"),
      ("discount", estimator != .straightThrough && reward == .tokens, "reward tokens"),
      ("temperature", estimator == .straightThrough, "estimator st-gumbel-softmax"),
      ("filters", discriminator == .convolutional, "a convolutional discriminator"),
    ])
    func set(_ key: String, to text: String?, like other: String? = nil) throws {
      guard let text else { return result.clear(key) }
      try result.set(key, to: text, from: settings.origin(of: other ?? key) ?? .standard)
    }
    if case .file(let path) = oracle { try set("oracle", to: FileName.absolute(path)) }
    try set("data", to: data)
    try set("test-data", to: testData)
    try set("vocabulary-file", to: vocabularyFile)
    try set("sequences", to: sequences.map { "\($0)" })
    let named = SequenceEstimator(
      estimator, baseline: estimator == .reinforce ? baseline : nil, divisions: divisions)
    try set(
      "estimator", to: named.text,
      like: settings["baseline"] == nil ? nil : "baseline")
    result.clear("baseline")
    if givesVocabulary { result.clear("vocabulary") }
    if isGrammar || data == nil {
      for key in ["tokens", "minimum-count"] { result.clear(key) }
    }
    // The settings must be readable again, and so are without filters that do not fit.
    if discriminator == .convolutional {
      let texts = filters.map { "\($0.width)x\($0.count)" }
      try set("filters", to: texts.joined(separator: ","))
    }
    return result
  }
}
