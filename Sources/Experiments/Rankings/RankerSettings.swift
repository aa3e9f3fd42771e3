import Formats
import Models
package import Runs

/// The settings of a ranker's run.
package enum RankerSettings {
  static let model = Setting.model("ranker")
  package static let data = Setting.text("data", nil, "Documents to learn from.", "file")
  package static let test = Setting.text("test", nil, "Documents to test on.", "file")
  package static let groups = Setting.text(
    "groups", nil, "Group sizes of the documents, one a line.", "file")
  package static let testGroups = Setting.text(
    "test-groups", nil, "Group sizes of those to test on.", "file")
  package static let method = Setting.specification(
    "method", "list-mle", "What the scores are trained on, listed above.",
    completing: { $0.completed(with: RankingMethod(rawValue: $0.name)?.options ?? [:]) }
  ) { (specification) throws(SettingError) in _ = try RankingMethod.loss(specification) }
  package static let hidden = Setting.sizes(
    "hidden", "32", "Sizes of hidden layers; none for a linear scorer.")
  package static let batchSize = Setting.whole(
    "batch-size", 10, in: 1...1_000_000, "Queries in a batch.")
  package static let shards = Setting.shards
  package static let epochs = Setting.whole(
    "epochs", 20, in: 1...1_000_000, "Passes over all queries.", "epochs")
  package static let steps = Setting.whole(
    "steps", nil, in: 1...Int.max, "Steps, instead of epochs.", "steps")
  package static let learningRate = Setting.learningRate
  package static let optimizer = Setting.optimizer
  package static let schedule = Setting.schedule
  package static let evaluateEvery = Setting.evaluateEvery
  package static let logEvery = Setting.logEvery
  package static let seed = Setting.runSeed

  package static let validation = Setting.text(
    "validation", nil, "Documents to choose the best scorer by, and to stop early by.", "file")
  package static let validationGroups = Setting.text(
    "validation-groups", nil, "Group sizes of those to choose by.", "file")
  package static let holdOut = Setting<Double>(
    "hold-out", nil, "Part of the queries to keep out of training and to choose by instead.",
    "fraction", encode: { JSON($0) }
  ) { (text) throws(SettingError) in
    guard let share = Double(text), share > 0, share < 1 else {
      throw SettingError("hold-out is '\(text)', not a number between 0 and 1")
    }
    return share
  }
  package static let patience = Setting.whole(
    "patience", nil, in: 1...1_000_000,
    "Stop early, after so many epochs without a better NDCG@\(RankerExperiment.chosenBy) of the documents to choose by.",
    "epochs")

  static let all: [any SettingDescription] = [
    model, data, validation, holdOut, test, groups, validationGroups, testGroups, method, hidden,
    batchSize, shards, epochs, steps, learningRate,
    optimizer, schedule, evaluateEvery, logEvery, patience, Setting<String>.initialWeights, seed,
  ]
}

/// From names to losses of a ranker.
package enum RankingMethod: String, CaseIterable {
  case listMLE = "list-mle"
  case plackettLuceRank = "pl-rank"

  /// The keys of its options with their defaults, in the order of the help.
  package var options: KeyValuePairs<String, String> {
    switch self {
    case .listMLE: [:]
    case .plackettLuceRank: ["samples": "100", "cutoff": "10"]
    }
  }

  /// The loss a specification describes.
  static func loss(_ specification: Specification) throws(SettingError) -> RankingLoss {
    guard let name = RankingMethod(rawValue: specification.name) else {
      throw SettingError(unknown("method", specification.name, among: allCases.map(\.rawValue)))
    }
    try specification.allow(name.options.map(\.key))
    switch name {
    case .listMLE: return .listMLE
    case .plackettLuceRank:
      return .plackettLuceRank(
        samples: try specification.integer("samples", in: 1...1_000_000, default: 100),
        cutoff: try specification.integer("cutoff", in: 1...1_000_000, default: 10))
    }
  }
}
