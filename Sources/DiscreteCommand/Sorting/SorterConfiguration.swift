import Datasets
import Experiments
import Formats
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
    try settings.checkModel(SorterConfiguration.model)
    data = try settings.parse("data") { $0 }
    let isPlain = data == SorterConfiguration.numbers
    length = try settings.whole("length", in: 2...1000)
    digits = try settings.whole("digits", in: 1...9)
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
    var resolved = try settings.clearingIdle([
      ("temperature", method.isRelaxed, "neural-sort, soft-sort and gumbel-sinkhorn"),
      ("cost", !method.isRelaxed, "estimators"),
    ])
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
    cost = try settings.choice("cost")
    optimizer = try settings.parse("optimizer") { (text) throws(SettingError) in
      try OptimizerName.make(Specification(text))
    }
    learningRate = try settings.positive("learning-rate")
    schedule = try settings.parse("schedule") { (text) throws(SettingError) in
      try ScheduleName.make(Specification(text), length: 10_000)
    }
    batchSize = try settings.whole("batch-size", in: 1...100_000)
    steps = try settings.whole("steps", in: 1...Int.max)
    evaluateEvery = try settings.whole("evaluate-every", in: 1...1_000_000_000)
    evaluationSequences = try settings.whole("evaluation-sequences", in: 1...1_000_000)
    seed = try settings.seed()
    if isPlain { resolved.clear("digits") }
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
      throw Failure(
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
    let pixels = size.map { $0.height * $0.width } ?? 0
    var generator = Philox(seed: seed).folding(300)
    func run(_ objective: some SortingObjective) throws -> Task.Output {
      let outputs = objective.outputs(items: length)
      guard let size else {
        return try task.run(
          Sorter(scorer: NumberScorer(outputs: outputs, using: &generator), objective: objective))
      }
      // Both convolutions halve the image, and 64 maps of it go into 64 units.
      try settings.checkMemory(
        "training the weights for images of \(size.width) x \(size.height)",
        [[MemoryBudget.numbersPerWeight, pixels, 4, 64]], of: "data")
      let scorer = ImageScorer(
        height: size.height, width: size.width, outputs: outputs, using: &generator)
      return try task.run(Sorter(scorer: scorer, objective: objective))
    }
    switch method {
    case .relaxed(let relaxation, let samples):
      try checkMemory(perItem: max(8 * pixels, 32, samples))
      return try run(
        RelaxedSorting(relaxation, temperature: temperature, samples: samples))
    case .matching(let loss, let noise, let samples):
      guard case .fixed(let temperature) = temperature else {
        fatalError("a matching with temperature \(temperature)")
      }
      try checkMemory(perItem: max(8 * pixels, samples * length))
      return try run(
        MatchingSorting(
          loss, temperature: .constant(temperature), noiseScale: noise, samples: samples))
    case .sampled(let specification):
      do {
        let estimator = try SortingMethod.estimators(length: length)
          .make(specification, using: &generator)
        let orders = estimator.evaluations(over: PlackettLuce(logScores: .zeros([length]))) ?? 1
        try checkMemory(perItem: max(8 * pixels, orders * length))
        return try run(SampledSorting(cost, estimator: estimator))
      } catch let error as SettingError {
        throw settings.failure(error.description, of: "method")
      }
    }
  }

  /// Refuses batches that take too much memory: a pooled map has eight numbers for each pixel of an item, a matching or a sampled
  /// order n for each score.
  private func checkMemory(perItem item: Int) throws {
    try settings.checkMemory(
      "a batch of \(batchSize) sequences of \(length)", [[batchSize, length, item]],
      of: "batch-size", "length")
  }
}
