import Formats
package import Models
package import Runs

/// The settings of a sorter's run.
package enum SorterSettings {
  static let model = Setting.model("sorter")
  package static let data = Setting.text(
    "data", "glyphs",
    "A folder of labeled IDX files, a name that 'discrete data list' shows, or 'numbers'.",
    "folder|name")
  package static let length = Setting.whole(
    "length", 5, in: 2...1000, "Numbers in a sequence.")
  package static let digits = Setting.whole("digits", 1, in: 1...9, "Digits in a number.")
  package static let method = Setting.specification(
    "method", "neural-sort", "How the order is learned, listed above.",
    completing: { SortingMethod.completed($0) }
  ) { (specification) throws(SettingError) in try SortingMethod.check(specification) }
  package static let temperature = Setting.temperature(
    "temperature", "1",
    """
    Of what is relaxed, or gaps:share=0.5: a quantile of the gaps between the scores, anew at every \
    step.
    """)
  package static let cost = Setting.choice(
    "cost", SampledSorting.Cost.distance,
    """
    Of a sampled order: distance, the mean square of how far items are from their places, or \
    misplaced, the share of wrong places.
    """)
  package static let optimizer = Setting.optimizer
  package static let learningRate = Setting.learningRate
  package static let schedule = Setting.schedule
  package static let batchSize = Setting.whole(
    "batch-size", 20, in: 1...100_000, "Sequences in a batch.")
  package static let shards = Setting.shards
  package static let steps = Setting.whole(
    "steps", 1000, in: 1...Int.max, "Steps of training.", "steps")
  package static let evaluateEvery = Setting.whole(
    "evaluate-every", 100, in: 1...1_000_000_000, "Steps between validations.", "steps")
  package static let logEvery = Setting.logEvery
  package static let evaluationSequences = Setting.whole(
    "evaluation-sequences", 1000, in: 1...1_000_000, "Sequences of a validation, and of the test.")
  package static let seed = Setting.runSeed

  static let all: [any SettingDescription] = [
    model, data, length, digits, method, temperature, cost, optimizer, learningRate, schedule,
    batchSize, shards, steps, evaluateEvery, logEvery, evaluationSequences,
    Setting<String>.initialWeights,
    seed,
  ]
}

extension Setting where Value == RelaxedSorting.TemperatureRule {
  /// A positive number, or one that follows the scores.
  fileprivate static func temperature(
    _ key: String, _ standard: String, _ help: String
  ) -> Setting {
    Setting(
      key, standard, help, "number|gaps",
      encode: { temperature in
        switch temperature {
        case .constant(let number): JSON(number)
        case .gaps(let share): ["name": "gaps", "share": JSON(share)]
        }
      }
    ) { (text) throws(SettingError) in
      let specification = try Specification(text)
      guard specification.name == "gaps" else {
        return .constant(try parseNumber(text, named: key, in: 1e-6..<1e6))
      }
      try specification.allow(["share"])
      let share = try specification.number("share", in: 0..<2, default: 0.5)
      guard share <= 1 else { throw SettingError("gaps: share is '\(share)', not one from 0 to 1") }
      return .gaps(share: share)
    }
  }
}
