import Formats
import Learning
import Models
import Runs
import Tensors

/// The settings of a ranker's run, parsed and checked.
struct RankerConfiguration: Sendable {
  let data: String
  let test: String
  /// Documents to choose the best scorer by: those of a file, a share of the queries, or none.
  let validation: Validation?
  let groups: String?
  let testGroups: String?
  let loss: RankingLoss
  let hidden: [Int]
  let batchSize: Int
  let shards: Int
  let learningRate: Double
  let optimizer: any Optimizer
  let evaluateEvery: EvaluationInterval
  let logEvery: Int
  /// Epochs without a better scorer after which training stops.
  let patience: Int?
  let seed: UInt64
  /// The settings in force.
  let settings: Settings
  private let length: Length

  enum Validation {
    case file(String, groups: String?)
    case share(Double)
  }

  private enum Length {
    case epochs(Int)
    case steps(Int)
  }

  init(_ settings: Settings) throws {
    _ = try settings[RankerSettings.model]
    data = try settings[RankerSettings.data]
    test = try settings[RankerSettings.test]
    groups = try settings[ifSet: RankerSettings.groups]
    testGroups = try settings[ifSet: RankerSettings.testGroups]
    let method = try settings[RankerSettings.method]
    loss = try settings.parse("method") { _ throws(SettingError) in
      try RankingMethod.loss(method)
    }
    hidden = try settings[RankerSettings.hidden]
    batchSize = try settings[RankerSettings.batchSize]
    shards = try settings.shards(of: batchSize, "queries")
    let steps = try settings[ifSet: RankerSettings.steps]
    length = try steps.map { .steps($0) } ?? .epochs(settings[RankerSettings.epochs])
    learningRate = try settings[RankerSettings.learningRate]
    optimizer = try settings.optimizer(RankerSettings.optimizer)
    _ = try settings[RankerSettings.schedule]
    evaluateEvery = try settings[RankerSettings.evaluateEvery]
    logEvery = try settings[RankerSettings.logEvery]
    seed = try settings[RankerSettings.seed]
    let file = try settings[ifSet: RankerSettings.validation]
    let fileGroups = try settings[ifSet: RankerSettings.validationGroups]
    let share = try settings[ifSet: RankerSettings.holdOut]
    patience = try settings[ifSet: RankerSettings.patience]
    guard file == nil || share == nil else {
      throw settings.failure(
        "validation and hold-out are both set, and exclude each other", of: "hold-out")
    }
    guard file != nil || fileGroups == nil else {
      throw settings.failure(
        "validation-groups is set, which only a file of validation has", of: "validation-groups")
    }
    validation = file.map { .file($0, groups: fileGroups) } ?? share.map { .share($0) }
    guard patience == nil || validation != nil else {
      throw settings.failure(
        "patience is set, which needs documents to choose by: validation or hold-out",
        of: "patience"
      )
    }
    if steps != nil, settings.isSet("epochs") {
      throw settings.failure(
        "epochs and steps are both set, and exclude each other", of: "epochs")
    }
    var resolved = settings
    if steps != nil { resolved.clear("epochs") }
    for key in [
      "data", "validation", "test", "groups", "validation-groups", "test-groups",
    ] { try resolved.makeAbsolute(key) }
    self.settings = resolved
  }

  /// The steps of the run, where an epoch has so many.
  func steps(batchesPerEpoch: Int) -> Int {
    switch length {
    case .epochs(let epochs): epochs * batchesPerEpoch
    case .steps(let steps): steps
    }
  }

  /// How the learning rate of a run of so many steps changes.
  func schedule(steps: Int) throws -> Schedule {
    try settings.schedule(RankerSettings.schedule, length: steps)
  }

  /// A scorer that begins.
  func scorer(standardizing documents: JudgedDocuments) throws -> DocumentScorer {
    var scorer = try scorer(features: documents.featureCount)
    scorer.standardize(by: documents)
    return scorer
  }

  /// A scorer of so many features, with the first weights.
  func scorer(features: Int) throws -> DocumentScorer {
    let sizes = [features] + hidden + [1]
    try settings.checkMemory(
      "training a scorer of \(features) features",
      zip(sizes, sizes.dropFirst()).map { [MemoryBudget.numbersPerWeight, $0, $1] }, of: "hidden")
    var generator = Philox(seed: seed, stream: .weights)
    return DocumentScorer(features: features, hidden: hidden, using: &generator)
  }
}
