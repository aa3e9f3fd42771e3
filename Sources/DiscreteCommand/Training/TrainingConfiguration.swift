import Datasets
import Formats
import Learning
import Models
import Stochastics
import Tensors

/// The settings of `train belief-network`, parsed.
struct TrainingConfiguration {
  /// What the latents are.
  enum Latents: Equatable {
    /// Layers of Bernoulli variables, nearest to the data first.
    case bernoulli([Int])
    /// Variables, uniform over so many classes each.
    case categorical(latents: Int, classes: Int)
  }

  /// When training ends.
  enum Length {
    case steps(Int)
    case epochs(Int)
    case minutes(Double)
  }

  let data: String
  /// Whether validation images are kept out of training where the data have none of their own.
  let holdsOut: Bool
  let binarisation: Binarisation
  let latents: Latents
  let hidden: [Int]
  let learnsPrior: Bool
  let estimator: Specification
  let optimizer: any Optimizer
  let learningRate: Double
  let schedule: Schedule
  let batchSize: Int
  let length: Length
  /// Epochs without a better validation bound after which training stops.
  let patience: Int?
  let seed: UInt64
  /// Where the values came from.
  let settings: Settings

  /// Every setting with its default, in the order in which the configuration is written.
  static let defaults: [(key: String, text: String?)] = [
    ("data", "glyphs"), ("hold-out", "false"), ("binarize", "dynamic"), ("layers", "200"),
    ("hidden", ""), ("latent", nil), ("prior", "learned"), ("estimator", "nvil"),
    ("optimizer", "adam"),
    ("learning-rate", "0.001"), ("schedule", "constant"), ("batch-size", "100"),
    ("epochs", "20"), ("steps", nil), ("minutes", nil), ("patience", nil), ("seed", "1"),
  ]

  init(_ settings: Settings) throws {
    data = try settings.parse("data") { $0 }
    holdsOut = try settings.parse("hold-out") { (text) throws(SettingError) in
      try parseFlag(text, named: "hold-out")
    }
    let seed = try settings.parse("seed") { (text) throws(SettingError) in
      guard let seed = UInt64(text) else {
        throw SettingError("seed is '\(text)', not a whole number of 0 or more")
      }
      return seed
    }
    self.seed = seed
    binarisation = try settings.parse("binarize") { (text) throws(SettingError) in
      switch text {
      case "dynamic": return .dynamic
      case "static": return .fixed(seed: seed)
      case "threshold": return .threshold
      default:
        throw SettingError(
          unknown("binarisation", text, among: ["dynamic", "static", "threshold"]))
      }
    }
    hidden = try settings.parse("hidden") { (text) throws(SettingError) in
      try text.isEmpty ? [] : TrainingConfiguration.sizes(text, named: "hidden")
    }
    let layers = try settings.parse("layers") { (text) throws(SettingError) in
      try TrainingConfiguration.layers(text, named: "layers")
    }
    let latent = try settings.parseIfSet("latent", TrainingConfiguration.latents)
    latents = latent ?? .bernoulli(layers)
    learnsPrior = try settings.parse("prior") { (text) throws(SettingError) in
      guard text == "learned" || text == "uniform" else {
        throw SettingError(unknown("prior", text, among: ["learned", "uniform"]))
      }
      return text == "learned"
    }
    estimator = try settings.parse("estimator") { (text) throws(SettingError) in
      let specification = try Specification(text)
      _ = try EstimatorName.parse(specification)
      return specification
    }
    optimizer = try settings.parse("optimizer") { (text) throws(SettingError) in
      try OptimizerName.make(Specification(text))
    }
    learningRate = try settings.parse("learning-rate") { (text) throws(SettingError) in
      guard let rate = Double(text), rate.isFinite, rate > 0 else {
        throw SettingError("learning-rate is '\(text)', not a positive number")
      }
      return rate
    }
    schedule = try settings.parse("schedule") { (text) throws(SettingError) in
      try ScheduleName.make(Specification(text))
    }
    batchSize = try settings.parse("batch-size") { (text) throws(SettingError) in
      try parseInteger(text, named: "batch-size", in: 1...1_000_000)
    }
    patience = try settings.parseIfSet("patience") { (text) throws(SettingError) in
      try parseInteger(text, named: "patience", in: 1...1_000_000)
    }
    let minutes = try settings.parseIfSet("minutes") { (text) throws(SettingError) in
      try parseNumber(text, named: "minutes", in: 0.001..<100_000)
    }
    let steps = try settings.parseIfSet("steps") { (text) throws(SettingError) in
      try parseInteger(text, named: "steps", in: 1...Int.max)
    }
    let epochs = try settings.parse("epochs") { (text) throws(SettingError) in
      try parseInteger(text, named: "epochs", in: 1...1_000_000)
    }
    for keys in [["epochs", "steps", "minutes"], ["layers", "latent"]] {
      let given = settings.overrides.map(\.key).filter(keys.contains)
      guard given.count <= 1 else {
        throw settings.failure(
          "\(given.joined(separator: " and ")) are both set, and exclude each other", of: given[1])
      }
    }
    var resolved = settings
    if minutes != nil || steps != nil { resolved.clear("epochs") }
    if latent != nil { resolved.clear("layers") }
    if case .categorical = latents {
      if settings.isSet("prior") && learnsPrior {
        throw settings.failure(
          "prior is 'learned', that of categorical latents is uniform", of: "prior")
      }
      resolved.clear("prior")
    }
    self.settings = resolved
    length = minutes.map { .minutes($0) } ?? steps.map { .steps($0) } ?? .epochs(epochs)
  }

  /// The default of a setting; `nil` for one that is unset.
  static func standard(_ key: String) -> String? { defaults.first { $0.key == key }?.text }

  private static func layers(_ text: String, named name: String) throws(SettingError) -> [Int] {
    let sizes = try sizes(text, named: name)
    guard sizes.count <= 3 else {
      throw SettingError("\(name) is '\(text)', \(sizes.count) layers, expected one to three")
    }
    return sizes
  }

  private static func sizes(_ text: String, named name: String) throws(SettingError) -> [Int] {
    var result: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let size = Int(part), (1...1_000_000).contains(size) else {
        throw SettingError(
          "\(name) is '\(text)', expected whole numbers from 1 to 1000000 with commas between")
      }
      result.append(size)
    }
    return result
  }

  /// `bernoulli:200` or `categorical:20x10`.
  private static func latents(_ text: String) throws(SettingError) -> Latents {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let sizes = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "bernoulli"?:
      return .bernoulli(try layers(sizes, named: "latent"))
    case "categorical"?:
      let pair = sizes.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard pair.count == 2, pair.allSatisfy((1...1_000_000).contains) else {
        throw SettingError("latent is '\(text)', expected categorical:VARIABLESxCLASSES")
      }
      return .categorical(latents: pair[0], classes: pair[1])
    default:
      throw SettingError(
        "latent is '\(text)', expected bernoulli:SIZES or categorical:VARIABLESxCLASSES")
    }
  }
}
