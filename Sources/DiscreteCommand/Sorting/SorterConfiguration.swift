import Datasets
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// The settings of `train sorter`, parsed and checked.
struct SorterConfiguration {
  static let model = "sorter"

  /// Every setting with its default, in the order in which a configuration is written; `nil` for unset.
  static let defaults: [(key: String, text: String?)] = [
    ("model", model), ("data", "glyphs"), ("length", "5"), ("digits", "1"),
    ("method", "neural-sort"), ("temperature", "1"), ("cost", "distance"), ("optimizer", "adam"),
    ("learning-rate", "0.001"), ("schedule", "constant"), ("batch-size", "20"), ("steps", "1000"),
    ("evaluate-every", "100"), ("evaluation-sequences", "1000"), ("seed", "1"),
  ]

  /// What `data` is for plain numbers.
  static let numbers = "numbers"

  let data: String
  let length: Int
  let digits: Int
  let method: SortingMethod
  let optimizer: any Optimizer
  let learningRate: Double
  let schedule: Schedule
  let batchSize: Int
  let steps: Int
  let evaluateEvery: Int
  /// Of a validation, and of the test.
  let evaluationSequences: Int
  let seed: UInt64
  let settings: Settings

  init(_ settings: Settings) throws {
    func whole(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
      try settings.parse(key) { (text) throws(SettingError) in
        try parseInteger(text, named: key, in: range)
      }
    }
    try settings.parse("model") { (text) throws(SettingError) in
      guard text == SorterConfiguration.model else {
        throw SettingError("model is '\(text)', expected '\(SorterConfiguration.model)'")
      }
    }
    data = try settings.parse("data") { $0 }
    let isPlain = data == SorterConfiguration.numbers
    length = try whole("length", 2...1000)
    digits = try whole("digits", 1...9)
    if isPlain, settings.isSet("digits") {
      throw settings.failure("digits is set, which only images have, not numbers", of: "digits")
    }
    let most = isPlain ? Int.max : DigitSequences.numberCount(digits: digits)
    guard length <= most else {
      throw settings.failure(
        "length is \(length), but only \(most) numbers have \(digits) digit\(digits == 1 ? "" : "s"), and those of a sequence differ",
        of: "length")
    }
    let length = length
    method = try settings.parse("method") { (text) throws(SettingError) in
      try SortingMethod(Specification(text), isOfNumbers: isPlain, length: length)
    }
    // A setting that would change nothing is a mistake.
    let idle: [(key: String, isUsed: Bool, by: String)] = [
      ("temperature", method.isRelaxed, "neural-sort, soft-sort and gumbel-sinkhorn use"),
      ("cost", !method.isRelaxed, "estimators use"),
    ]
    for (key, isUsed, user) in idle where settings.isSet(key) && !isUsed {
      throw settings.failure("\(key) is set, which only \(user)", of: key)
    }
    temperature = try settings.parse("temperature") { (text) throws(SettingError) in
      let specification = try Specification(text)
      guard specification.name == "gaps" else {
        return .fixed(try parseNumber(text, named: "temperature", in: 1e-6..<1e6))
      }
      try specification.allow(["share"])
      let share = try specification.number("share", in: 0..<2, default: 0.5)
      guard share <= 1 else { throw SettingError("gaps: share is '\(share)', not one from 0 to 1") }
      return .gaps(share: share)
    }
    if case .gaps = temperature, case .matching = method {
      throw settings.failure(
        "temperature is '\(settings["temperature"] ?? "")', but a matching has no gaps: expected a number",
        of: "temperature")
    }
    cost = try settings.parse("cost") { (text) throws(SettingError) in
      guard let cost = SampledSorting.Cost(rawValue: text) else {
        throw SettingError(
          unknown("cost", text, among: SampledSorting.Cost.allCases.map(\.rawValue)))
      }
      return cost
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
    batchSize = try whole("batch-size", 1...100_000)
    steps = try whole("steps", 1...Int.max)
    evaluateEvery = try whole("evaluate-every", 1...1_000_000_000)
    evaluationSequences = try whole("evaluation-sequences", 1...1_000_000)
    seed = try settings.parse("seed") { (text) throws(SettingError) in
      guard let seed = UInt64(text) else {
        throw SettingError("seed is '\(text)', not a whole number of 0 or more")
      }
      return seed
    }
    var resolved = settings
    if isPlain { resolved.clear("digits") }
    for (key, isUsed, _) in idle where !isUsed { resolved.clear(key) }
    self.settings = resolved
  }

  private let temperature: RelaxedSorting.Temperature
  private let cost: SampledSorting.Cost

  /// That of the run in a folder.
  init(of folder: RunFolder) throws { try self.init(SorterConfiguration.settings(of: folder)) }

  static func settings(of folder: RunFolder) throws -> Settings {
    var settings = Settings(defaults)
    let path = folder.file("config.json")
    let model = try Settings.text(of: "model", in: path) ?? ""
    guard model == SorterConfiguration.model else {
      throw CommandFailure(
        .usage,
        "\(folder.path): a run of '\(model)', expected one of '\(SorterConfiguration.model)'")
    }
    try settings.read(file: path)
    return settings
  }
}

/// What is done with a sorter whose type the configuration decides.
protocol SorterTask {
  associatedtype Output
  func run<Scorer: ItemScorer, Objective: SortingObjective>(
    _ sorter: Sorter<Scorer, Objective>
  ) throws -> Output
}

extension SorterConfiguration {
  /// Makes the sorter that the settings describe, and hands it to a task.
  ///
  /// - Parameter size: of an image; `nil` for numbers.
  func withSorter<Task: SorterTask>(
    size: (height: Int, width: Int)?, _ task: Task
  ) throws -> Task.Output {
    try checkMemory(pixels: size.map { $0.height * $0.width })
    var generator = Philox(seed: seed).folding(300)
    func run(_ objective: some SortingObjective) throws -> Task.Output {
      let outputs = objective.outputs(items: length)
      guard let size else {
        return try task.run(
          Sorter(scorer: NumberScorer(outputs: outputs, using: &generator), objective: objective))
      }
      let scorer = ImageScorer(
        height: size.height, width: size.width, outputs: outputs, using: &generator)
      return try task.run(Sorter(scorer: scorer, objective: objective))
    }
    switch method {
    case .relaxed(let relaxation, let samples):
      return try run(
        RelaxedSorting(relaxation, temperature: temperature, samples: samples))
    case .matching(let loss, let noise, let samples):
      guard case .fixed(let temperature) = temperature else {
        preconditionFailure("a matching with temperature \(temperature)")
      }
      return try run(
        MatchingSorting(
          loss, temperature: .constant(temperature), noiseScale: noise, samples: samples))
    case .sampled(let specification):
      do {
        return try run(
          SampledSorting(
            cost,
            estimator: SortingMethod.estimators(length: length)
              .make(specification, using: &generator)))
      } catch let error as SettingError {
        throw settings.failure(error.description, of: "method")
      }
    }
  }

  /// Refuses batches that would take gigabytes: a pooled map has eight numbers for each pixel, a matching n for each score.
  private func checkMemory(pixels: Int?) throws {
    let item =
      switch method {
      case .matching(_, _, let samples): max(8 * (pixels ?? 0), samples * length)
      case .relaxed(_, let samples): max(8 * (pixels ?? 4), samples)
      case .sampled: max(8 * (pixels ?? 0), 4 * length)
      }
    let numbers = Double(batchSize) * Double(length) * Double(item)
    guard numbers <= 0x1p28 else {
      throw settings.failure(
        "a batch of \(batchSize) sequences of \(length) needs over \(1 << 28) numbers at once",
        of: settings.isSet("batch-size") ? "batch-size" : "length")
    }
  }
}
