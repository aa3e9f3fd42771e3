import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// The settings of a sorter's run, parsed and checked.
struct SorterConfiguration: Sendable {
  /// The value of `data` for plain numbers.
  static let numbers = "numbers"

  let data: String
  let length: Int
  let digits: Int
  let method: SortingMethod
  let optimizer: any Optimizer
  let learningRate: Double
  let schedule: Schedule
  let batchSize: Int
  let shards: Int
  let steps: Int
  let evaluateEvery: Int
  let logEvery: Int
  /// Sequences of a validation, and of the test.
  let evaluationSequences: Int
  let seed: UInt64
  /// The settings in force.
  let settings: Settings
  private let temperature: RelaxedSorting.TemperatureRule
  private let cost: SampledSorting.Cost

  init(_ settings: Settings) throws {
    _ = try settings[SorterSettings.model]
    data = try settings[SorterSettings.data]
    let isPlain = data == SorterConfiguration.numbers
    length = try settings[SorterSettings.length]
    digits = try isPlain ? 1 : settings[SorterSettings.digits]
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
    let specification = SortingMethod.resolved(
      try settings[SorterSettings.method], isOfNumbers: isPlain)
    let method = try settings.parse("method") { _ throws(SettingError) in
      try SortingMethod(specification, length: length)
    }
    self.method = method
    // What has no effect is unset in settings in force.
    temperature = try method.isRelaxed ? settings[SorterSettings.temperature] : 1
    if case .gaps = temperature, case .matching = method {
      throw settings.failure(
        "temperature is '\(settings["temperature"] ?? "")', but a matching has no gaps: expected a number",
        of: "temperature")
    }
    cost = try method.isRelaxed ? .distance : settings[SorterSettings.cost]
    optimizer = try settings.optimizer(SorterSettings.optimizer)
    learningRate = try settings[SorterSettings.learningRate]
    steps = try settings[SorterSettings.steps]
    schedule = try settings.schedule(SorterSettings.schedule, length: steps)
    batchSize = try settings[SorterSettings.batchSize]
    shards = try settings.shards(of: batchSize, "sequences")
    evaluateEvery = try settings[SorterSettings.evaluateEvery]
    logEvery = try settings[SorterSettings.logEvery]
    evaluationSequences = try settings[SorterSettings.evaluationSequences]
    seed = try settings[SorterSettings.seed]
    var resolved = try settings.clearingIdle([
      ("temperature", method.isRelaxed, "neural-sort, soft-sort and gumbel-sinkhorn"),
      ("cost", !method.isRelaxed, "estimators"),
    ])
    try resolved.set(
      "method", to: specification.text, from: settings.origin(of: "method") ?? .standard)
    if isPlain { resolved.clear("digits") }
    if try !isPlain && fileExists(data) { try resolved.makeAbsolute("data") }
    self.settings = resolved
  }

  /// Whether plain numbers are sorted, and not images.
  var isPlain: Bool { data == SorterConfiguration.numbers }
}

extension SorterConfiguration {
  /// The data that are sorted, for people.
  var counts: String {
    let items = isPlain ? "" : " of \(digits) digit\(digits == 1 ? "" : "s")"
    return
      "\(data), fresh sequences of \(length) numbers\(items), \(evaluationSequences) for a validation"
  }
}

// MARK: The sorter

extension SorterConfiguration {
  /// Numbers that the convolutions leave of an image: both halve it, and there are 64 maps.
  static func features(height: Int, width: Int) -> Int { height / 2 / 2 * (width / 2 / 2) * 64 }

  /// Makes the sorter that the settings describe.
  ///
  /// - Parameter size: of an image; `nil` for numbers.
  func sorter(size: (height: Int, width: Int)?) throws -> any AnySorter {
    var generator = Philox(seed: seed, stream: .weights)
    let objective = try objective(
      pixels: size.map { $0.height * $0.width } ?? 0, using: &generator)
    let scorer = try scorer(
      size: size, outputs: objective.outputs(items: length), using: &generator)
    func sorter(_ scorer: some ItemScorer, _ objective: some SortingObjective) -> any AnySorter {
      Sorter(scorer: scorer, objective: objective)
    }
    return sorter(scorer, objective)
  }

  private func scorer(
    size: (height: Int, width: Int)?, outputs: Int, using generator: inout Philox
  ) throws -> any ItemScorer {
    guard let (height, width) = size else {
      return NumberScorer(outputs: outputs, using: &generator)
    }
    try settings.checkMemory(
      "training the weights for images of \(width) x \(height)",
      [
        [
          MemoryBudget.numbersPerWeight,
          SorterConfiguration.features(height: height, width: width), 64,
        ]
      ], of: "data")
    return ImageScorer(height: height, width: width, outputs: outputs, using: &generator)
  }

  private func objective(
    pixels: Int, using generator: inout Philox
  ) throws -> any SortingObjective {
    switch method {
    case .relaxed(let relaxation, let samples):
      try checkMemory(perItem: max(8 * pixels, 32, samples))
      return RelaxedSorting(relaxation, temperature: temperature, samples: samples)
    case .matching(let loss, let noise, let samples):
      guard case .constant(let temperature) = temperature else {
        fatalError("a matching with temperature \(temperature)")
      }
      try checkMemory(perItem: max(8 * pixels, samples * length))
      return MatchingSorting(
        loss, temperature: .constant(temperature), noiseScale: noise, samples: samples)
    case .sampled(let specification):
      let length = length
      let estimator = try settings.parse("method") { _ throws(SettingError) in
        try SortingMethod.estimators(length: length).make(specification, using: &generator)
      }
      let orders = estimator.evaluations(over: PlackettLuce(logScores: .zeros([length]))) ?? 1
      try checkMemory(perItem: max(8 * pixels, orders * length))
      return SampledSorting(cost, estimator: estimator)
    }
  }

  /// Refuses batches that take too much memory: a pooled map has eight numbers for each pixel of an
  /// item, a matching or a sampled order n for each score.
  private func checkMemory(perItem item: Int) throws {
    try settings.checkMemory(
      "a batch of \(batchSize) sequences of \(length)",
      [[(batchSize + shards - 1) / shards, length, item]],
      of: "batch-size", "length")
  }
}
