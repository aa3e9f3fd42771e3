import Models
import Runs

/// The settings of `train sorter`.
public enum SorterSettings {
  static let model = Setting.model("sorter")
  public static let data = Setting.text(
    "data", "glyphs",
    "Images of digits: 'glyphs', a folder of IDX files or a known name; or 'numbers' for plain numbers.",
    "folder|name")
  public static let length = Setting.whole(
    "length", 5, in: 2...1000, "Numbers in a sequence.")
  public static let digits = Setting.whole("digits", 1, in: 1...9, "Digits of a number.")
  public static let method = Setting.specification(
    "method", "neural-sort", "How the order is learned, listed above."
  ) { (specification) throws(SettingError) in try SortingMethod.check(specification) }
  public static let temperature = Setting.temperature(
    "temperature", "1",
    "Of a relaxed sort or matching; or gaps:share=S, that share of the scores' mean gap.")
  public static let cost = Setting.choice(
    "cost", SampledSorting.Cost.distance, "What an estimator's orders cost.")
  public static let optimizer = Setting.optimizer
  public static let learningRate = Setting.learningRate
  public static let schedule = Setting.schedule
  public static let batchSize = Setting.whole(
    "batch-size", 20, in: 1...100_000, "Sequences in a batch.")
  public static let steps = Setting.whole("steps", 1000, in: 1...Int.max, "Steps.", "steps")
  public static let evaluateEvery = Setting.whole(
    "evaluate-every", 100, in: 1...1_000_000_000, "Steps between evaluations.", "steps")
  public static let evaluationSequences = Setting.whole(
    "evaluation-sequences", 1000, in: 1...1_000_000, "Sequences of a validation, and of the test.")
  public static let seed = Setting.seed(
    "What weights, sequences and noise are drawn from: equal seeds, equal runs.")

  static let all: [any SettingDescription] = [
    model, data, length, digits, method, temperature, cost, optimizer, learningRate, schedule,
    batchSize, steps, evaluateEvery, evaluationSequences, seed,
  ]
}
