import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// The settings of `train sequence-gan`, parsed and checked.
struct SequenceConfiguration {
  static let model = "sequence-gan"

  /// Every setting with its default, in the order in which a configuration is written; `nil` for unset.
  static let defaults: [(key: String, text: String?)] = [
    ("model", model), ("oracle", nil), ("data", nil), ("test-data", nil),
    ("tokens", "characters"), ("vocabulary-file", nil), ("minimum-count", "1"),
    ("vocabulary", "200"), ("length", "20"),
    ("sequences", "10000"), ("evaluation-sequences", "2000"), ("embedding", "32"),
    ("hidden", "32"), ("filters", "1x32,2x32,3x32,4x32,5x32"), ("learning-rate", "0.01"),
    ("adversarial-learning-rate", nil), ("discriminator", "convolutional"),
    ("discriminator-learning-rate", "0.0001"), ("batch-size", "64"), ("pretrain-epochs", "20"),
    ("discriminator-pretrain-rounds", "10"), ("adversarial-steps", "50"),
    ("discriminator-rounds", "5"), ("discriminator-epochs", "3"), ("estimator", "reinforce"),
    ("reward", "roll-outs"), ("roll-outs", "16"), ("lag", "0.8"), ("discount", "1"),
    ("temperature", "1"), ("baseline", "none"), ("evaluate-every", "5"), ("seed", "1"),
  ]

  /// What `data` is for strings of the grammar of molecules.
  static let molecules = "molecules"

  static let baselines = ["none", "leave-one-out", "moving-average", "constant", "network"]

  /// How the generator follows the discriminator.
  enum Estimator: String, CaseIterable {
    case reinforce, relax
    case straightThrough = "st-gumbel-softmax"
  }
  enum Discriminator: String, CaseIterable { case convolutional, recurrent }
  enum Reward: String, CaseIterable {
    case rollOuts = "roll-outs"
    case tokens
  }

  /// Whose samples are learned, if no data are.
  let oracle: OracleName
  let data: String?
  let testData: String?
  /// What the data are made of.
  let unit: SequenceUnit
  let vocabularyFile: String?
  let minimumCount: Int
  /// Of the random oracle.
  let vocabulary: Int
  let length: Int
  let sequences: Int
  let evaluationSequences: Int
  let embedding: Int
  let hidden: Int
  let filters: [SequenceDiscriminator.Filters]
  let learningRate: Double
  /// Of the generator while it follows the discriminator; `nil` for the same as before.
  let adversarialLearningRate: Double?
  let discriminator: Discriminator
  let discriminatorLearningRate: Double
  let batchSize: Int
  let pretrainEpochs: Int
  let discriminatorPretrainRounds: Int
  let adversarialSteps: Int
  let discriminatorRounds: Int
  let discriminatorEpochs: Int
  let estimator: Estimator
  let reward: Reward
  let rollOuts: Int
  let lag: Scalar
  let discount: Scalar
  let temperature: Scalar
  let baseline: String
  /// Epochs, and later steps, between two evaluations.
  let evaluateEvery: Int
  let seed: UInt64
  let settings: Settings

  init(_ settings: Settings) throws {
    try settings.checkModel(SequenceConfiguration.model)
    oracle = try settings.parseIfSet("oracle", OracleName.init) ?? .random
    data = settings["data"]
    testData = settings["test-data"]
    vocabularyFile = settings["vocabulary-file"]
    guard settings["oracle"] == nil || data == nil else {
      throw settings.failure("oracle and data are both set, and exclude each other", of: "data")
    }
    let isGrammar = data == SequenceConfiguration.molecules
    for key in ["test-data", "tokens", "vocabulary-file", "minimum-count"]
    where settings.isSet(key) && (data == nil || isGrammar) {
      throw settings.failure("\(key) is set, but there is no file of data", of: key)
    }
    let ofText: SequenceUnit = try settings.choice("tokens")
    unit = isGrammar ? .lines : ofText
    minimumCount = try settings.whole("minimum-count", in: 1...1_000_000_000)
    if minimumCount > 1, !unit.hasUnknown || vocabularyFile != nil {
      throw settings.failure(
        "minimum-count is \(minimumCount), but only a vocabulary that is built of words leaves any out",
        of: "minimum-count")
    }
    vocabulary = try settings.whole("vocabulary", in: 2...1_000_000)
    let givesVocabulary = data != nil || oracle.isFile
    if settings.isSet("vocabulary"), givesVocabulary {
      throw settings.failure(
        "vocabulary is set, but that of \(data ?? settings["oracle"] ?? "") is given by the file",
        of: "vocabulary")
    }
    length = try settings.whole("length", in: 1...10_000)
    sequences = try settings.whole("sequences", in: 2...10_000_000)
    evaluationSequences = try settings.whole("evaluation-sequences", in: 1...10_000_000)
    embedding = try settings.whole("embedding", in: 1...100_000)
    hidden = try settings.whole("hidden", in: 1...100_000)
    let most = length
    let asked = try settings.parse("filters") { (text) throws(SettingError) in
      try SequenceConfiguration.filters(text)
    }
    if settings.isSet("filters"), let wide = asked.first(where: { $0.width > most }) {
      throw settings.failure(
        "filters of width \(wide.width) do not fit sequences of length \(most)", of: "filters")
    }
    filters = asked.filter { $0.width <= most }
    learningRate = try settings.positive("learning-rate")
    adversarialLearningRate =
      try settings["adversarial-learning-rate"] == nil
      ? nil : settings.positive("adversarial-learning-rate")
    discriminator = try settings.choice("discriminator")
    discriminatorLearningRate = try settings.positive("discriminator-learning-rate")
    batchSize = try settings.whole("batch-size", in: 1...1_000_000)
    pretrainEpochs = try settings.whole("pretrain-epochs", in: 0...1_000_000)
    discriminatorPretrainRounds = try settings.whole(
      "discriminator-pretrain-rounds", in: 0...1_000_000)
    adversarialSteps = try settings.whole("adversarial-steps", in: 0...1_000_000)
    discriminatorRounds = try settings.whole("discriminator-rounds", in: 0...1_000_000)
    discriminatorEpochs = try settings.whole("discriminator-epochs", in: 1...1_000_000)
    let named = try settings.parse("estimator") { (text) throws(SettingError) in
      let specification = try Specification(text)
      guard let estimator = Estimator(rawValue: specification.name) else {
        throw SettingError(
          unknown("estimator", specification.name, among: Estimator.allCases.map(\.rawValue)))
      }
      try specification.allow(estimator == .reinforce ? ["baseline"] : [])
      return (estimator, specification.option("baseline"))
    }
    estimator = named.0
    reward = try settings.choice("reward")
    if reward == .tokens && discriminator != .recurrent {
      throw settings.failure(
        "reward is tokens, which a recurrent discriminator gives, not a \(discriminator.rawValue) one",
        of: "reward")
    }
    rollOuts = try settings.whole("roll-outs", in: 1...100_000)
    lag = try settings.parse("lag") { (text) throws(SettingError) in
      try parseScalar(text, named: "lag", in: 0..<1)
    }
    discount = Scalar(
      try settings.parse("discount") { (text) throws(SettingError) in
        guard let discount = Double(text), discount >= 0, discount <= 1 else {
          throw SettingError("discount is '\(text)', not a number from 0 to 1")
        }
        return discount
      })
    temperature = Scalar(
      try settings.parse("temperature") { (text) throws(SettingError) in
        try parseNumber(text, named: "temperature", in: 0.001..<1000)
      })
    // As an option of the estimator, as everywhere else, or as a setting of its own.
    if named.1 != nil, settings.isSet("baseline") {
      throw settings.failure("baseline is set, and by estimator too", of: "baseline")
    }
    baseline = try settings.parse(named.1 == nil ? "baseline" : "estimator") {
      (text) throws(SettingError) in
      let text = named.1 ?? text
      guard SequenceConfiguration.baselines.contains(text) else {
        throw SettingError(unknown("baseline", text, among: SequenceConfiguration.baselines))
      }
      return text
    }
    if baseline == "leave-one-out" && batchSize < 2 {
      throw settings.failure(
        "leave-one-out needs a batch-size of 2 or more",
        of: named.1 == nil ? "baseline" : "estimator")
    }
    var resolved = try settings.clearingIdle([
      ("baseline", estimator == .reinforce, "estimator reinforce"),
      ("reward", estimator != .straightThrough, "estimators reinforce and relax"),
      (
        "roll-outs", estimator != .straightThrough && reward == .rollOuts, "reward roll-outs"
      ),
      ("lag", estimator != .straightThrough && reward == .rollOuts, "reward roll-outs"),
      ("discount", estimator != .straightThrough && reward == .tokens, "reward tokens"),
      ("temperature", estimator == .straightThrough, "estimator st-gumbel-softmax"),
      ("filters", discriminator == .convolutional, "a convolutional discriminator"),
    ])
    evaluateEvery = try settings.whole("evaluate-every", in: 1...1_000_000)
    seed = try settings.seed()
    if givesVocabulary { resolved.clear("vocabulary") }
    if isGrammar || data == nil {
      for key in ["tokens", "minimum-count"] { resolved.clear(key) }
    }
    if named.1 != nil { resolved.clear("baseline") }
    // Wide filters are left out of the default ones, not of those asked for: the settings must be readable again.
    if discriminator == .convolutional, filters != asked {
      let text = filters.map { "\($0.width)x\($0.count)" }.joined(separator: ",")
      try resolved.set("filters", to: text, from: .standard)
    }
    self.settings = resolved
    try checkMemory(vocabulary: givesVocabulary ? 2 : vocabulary)
  }

  /// The token that ends sequences of a text; `nil` where none does.
  var end: Int? { data != nil && unit.hasEnd ? 0 : nil }

  /// What an evaluation draws its samples from: 0 the figures, 1 the samples to look at.
  func evaluationNoise(_ index: UInt64) -> Philox {
    Philox(seed: seed).folding(205).folding(index)
  }

  /// That of the run in a folder.
  init(of folder: RunFolder) throws {
    var settings = Settings(SequenceConfiguration.defaults)
    let path = folder.file("config.json")
    let model = try Settings.text(of: "model", in: path) ?? ""
    guard model == SequenceConfiguration.model else {
      throw Failure(
        .usage, "\(folder.path): a run of '\(model)', expected one of 'sequence-gan'")
    }
    try settings.read(file: path)
    try self.init(settings)
  }

  /// `1x100,2x200`: widths and numbers of filters.
  private static func filters(
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
