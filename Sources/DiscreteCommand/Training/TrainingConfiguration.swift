import Datasets
import Experiments
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// The settings of `train MODEL`, parsed.
struct TrainingConfiguration {
  /// What the latents are.
  enum Latents: Equatable {
    /// Layers of Bernoulli variables, nearest to the data first.
    case bernoulli([Int])
    /// Variables, uniform over so many classes each.
    case categorical(latents: Int, classes: Int)

    /// Joint states of the first layer, `nil` if they exceed what an integer holds; of deeper networks never few.
    var states: Int? {
      switch self {
      case .bernoulli(let layers):
        layers.count == 1 && layers[0] < 62 ? 1 << layers[0] : nil
      case .categorical(let latents, let classes):
        (0..<latents).reduce(Int?(1)) { total, _ in
          guard let total else { return nil }
          let (product, overflow) = total.multipliedReportingOverflow(by: classes)
          return overflow ? nil : product
        }
      }
    }
  }

  /// When training ends.
  enum Length {
    case steps(Int)
    case epochs(Int)
    case minutes(Double)
  }

  let model: ModelName
  let data: String
  /// Whether validation images are kept out of training where the data have none of their own.
  let holdsOut: Bool
  let binarisation: Binarisation
  let latents: Latents
  let hidden: [Int]
  let learnsPrior: Bool
  /// For each stochastic layer, nearest to the data first, or one for all.
  let estimators: [Specification]
  /// Whether an autoencoder's divergence is in closed form, and not sampled with the rest.
  let isDivergenceAnalytic: Bool
  /// Number of training images whose labels are used, and what estimates the others'; `nil` without labels.
  let labels: (count: Int, estimator: Specification)?
  let optimizer: any Optimizer
  let learningRate: Double
  let schedule: Schedule
  let batchSize: Int
  let length: Length
  /// Epochs without a better validation bound after which training stops.
  let patience: Int?
  let seed: UInt64
  /// Steps between two diagnostics, `nil` for none.
  let diagnostics: Int?
  /// Where the values came from, without those that others exclude.
  let settings: Settings
  private let given: Settings

  /// - Parameter model: that whose settings these are.
  init(_ settings: Settings, of model: ModelName) throws {
    self.model = model
    try settings.checkModel(model.rawValue)
    data = try settings.parse("data") { $0 }
    holdsOut = try settings.parse("hold-out") { (text) throws(SettingError) in
      try parseFlag(text, named: "hold-out")
    }
    let seed = try settings.seed()
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
    let layers = try settings.parseIfSet("layers") { (text) throws(SettingError) in
      try TrainingConfiguration.layers(text, named: "layers")
    }
    let latent = try settings.parseIfSet("latent") { (text) throws(SettingError) in
      try TrainingConfiguration.latents(text, mostLayers: model == .vae ? 1 : 3)
    }
    latents = latent ?? .bernoulli(layers ?? [])
    learnsPrior = try settings.parse("prior") { (text) throws(SettingError) in
      guard text == "learned" || text == "uniform" else {
        throw SettingError(unknown("prior", text, among: ["learned", "uniform"]))
      }
      return text == "learned"
    }
    let layerCount = if case .bernoulli(let sizes) = latents { sizes.count } else { 1 }
    estimators = try settings.parse("estimator") { (text) throws(SettingError) in
      let all = try Specification.list(text)
      for specification in all {
        guard try EstimatorName.parse(specification) != .auto || all.count == 1 else {
          throw SettingError("estimator is '\(text)', but auto chooses one for all layers")
        }
      }
      guard all.count == 1 || all.count == layerCount else {
        throw SettingError(
          "estimator is '\(text)', \(all.count) estimators for \(layerCount) layer\(layerCount == 1 ? "" : "s")"
        )
      }
      return all
    }
    isDivergenceAnalytic =
      try settings.parseIfSet("kl") { (text) throws(SettingError) in
        guard text == "analytic" || text == "sampled" else {
          throw SettingError(unknown("divergence", text, among: ["analytic", "sampled"]))
        }
        return text == "analytic"
      } ?? false
    let labelCount = try settings.wholeIfSet("labels", in: 1...1_000_000)
    labels = try labelCount.map { count in
      try settings.parse("label-estimator") { (text) throws(SettingError) in
        let specification = try Specification(text)
        _ = try EstimatorName.parse(specification)
        return (count, specification)
      }
    }
    optimizer = try settings.parse("optimizer") { (text) throws(SettingError) in
      try OptimizerName.make(Specification(text))
    }
    learningRate = try settings.positive("learning-rate")
    schedule = try settings.parse("schedule") { (text) throws(SettingError) in
      try ScheduleName.make(Specification(text), length: 10_000)
    }
    batchSize = try settings.whole("batch-size", in: 1...1_000_000)
    patience = try settings.wholeIfSet("patience", in: 1...1_000_000)
    diagnostics = try settings.wholeIfSet("diagnostics", in: 1...1_000_000_000)
    let minutes = try settings.parseIfSet("minutes") { (text) throws(SettingError) in
      try parseNumber(text, named: "minutes", in: 0.001..<100_000)
    }
    let steps = try settings.wholeIfSet("steps", in: 1...Int.max)
    let epochs = try settings.whole("epochs", in: 1...1_000_000)
    for keys in [["epochs", "steps", "minutes"], ["layers", "latent"]] {
      let given = settings.overriding.map(\.key).filter(keys.contains)
      guard given.count <= 1 else {
        throw settings.failure(
          "\(given.joined(separator: " and ")) are both set, and exclude each other", of: given[1])
      }
    }
    given = settings
    let hasBound = estimators.contains { $0.name == EstimatorName.vimco.rawValue }
    var resolved = try settings.clearingIdle([
      ("label-estimator", labels != nil, "runs with labels"),
      ("kl", !hasBound, "estimators other than vimco"),
    ])
    if minutes != nil || steps != nil { resolved.clear("epochs") }
    if latent != nil { resolved.clear("layers") }
    if case .categorical = latents, model == .beliefNetwork {
      if settings.isSet("prior") && learnsPrior {
        throw settings.failure(
          "prior is 'learned', that of categorical latents is uniform", of: "prior")
      }
      resolved.clear("prior")
    }
    self.settings = resolved
    length = minutes.map { .minutes($0) } ?? steps.map { .steps($0) } ?? .epochs(epochs)
  }

  /// The same with another estimator.
  func with(estimator text: String) throws -> TrainingConfiguration {
    var settings = given
    try settings.set("estimator", to: text, from: .commandLine)
    return try TrainingConfiguration(settings, of: model)
  }

  private static func layers(
    _ text: String, named name: String, most: Int = 3
  ) throws(SettingError) -> [Int] {
    let sizes = try sizes(text, named: name)
    guard sizes.count <= most else {
      throw SettingError(
        "\(name) is '\(text)', \(sizes.count) layers, expected \(most == 1 ? "one" : "one to three")"
      )
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
  private static func latents(
    _ text: String, mostLayers: Int
  ) throws(SettingError) -> Latents {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let sizes = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "bernoulli"?:
      return .bernoulli(try layers(sizes, named: "latent", most: mostLayers))
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

extension Settings {
  /// Those of the run in a folder.
  init(of folder: RunFolder) throws {
    self.init(try ModelName(of: folder).settings)
    try read(file: folder.file("config.json"))
  }
}

extension TrainingConfiguration {
  /// That of the run in a folder.
  init(of folder: RunFolder) throws {
    try self.init(Settings(of: folder), of: ModelName(of: folder))
  }
}
