public import Tensors

/// A law whose events are made by choices, one after the other, each with known probabilities given
/// those before.
///
/// It is what a search over partial events, draws without replacement and an entropy coder need of
/// a law, so that a new one has all of these. Every event has the same number of choices, and
/// different events have different ones.
public protocol ChoiceLaw: DiscreteDistribution {
  associatedtype Choices: ChoiceWalk

  /// Number of choices of an event.
  var choiceCount: Int { get }

  /// Where so many samples of every batch entry stand before their first choice, rows
  /// `[samples] + batch` in row-major order.
  func choices(samples: Int) -> Choices

  /// The choices of samples, [rows, choices] in row-major order.
  func choices(of sample: Sample) -> [Int32]

  /// So many samples `[samples] + batch + event` by their choices, [rows, choices].
  func sample(_ samples: Int, of choices: [Int32]) -> Sample
}

/// Some events in the making, all at the same step.
///
/// A walk is a value: equal choices give equal probabilities to the last bit, whoever makes them,
/// as long as they are made in equally many rows.
public protocol ChoiceWalk: Sendable {
  /// Number of events.
  var rows: Int { get }

  /// Log-probabilities of the next choice of each row, [rows, choices] in row-major order;
  /// -infinity for what cannot be chosen. Their sum is one up to rounding.
  mutating func logProbabilities() -> [Double]

  /// Makes the next choice of each row.
  ///
  /// Traps on a choice that does not exist.
  mutating func take(_ choices: [Int32])

  /// Goes on with the rows at some places, which may repeat.
  mutating func select(_ places: [Int])
}

/// Choices that do not depend on those before.
public struct IndependentChoices: ChoiceWalk {
  /// Normalized log-probabilities [entries, steps, classes].
  private let logs: [Double]
  private let steps: Int
  private let classes: Int
  /// The batch entry of each row.
  private var entries: [Int]
  private var step = 0

  /// - Parameter logs: [entries, steps, classes], normalized here in double precision.
  init(_ logs: [Double], steps: Int, classes: Int, samples: Int) {
    self.steps = steps
    self.classes = classes
    var normalized = logs
    for start in stride(from: 0, to: logs.count, by: classes) {
      let row = logs[start..<start + classes]
      let sum = logSumExp(Array(row))
      for place in start..<start + classes { normalized[place] -= sum }
    }
    self.logs = normalized
    let count = logs.count / max(1, steps * classes)
    entries = (0..<samples).flatMap { _ in 0..<count }
  }

  public var rows: Int { entries.count }

  public func logProbabilities() -> [Double] {
    require(step < steps, "step \(step) of \(steps)")
    var result: [Double] = []
    result.reserveCapacity(rows * classes)
    for entry in entries {
      let start = (entry * steps + step) * classes
      result += logs[start..<start + classes]
    }
    return result
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: classes)
    step += 1
  }

  public mutating func select(_ places: [Int]) { entries = places.map { entries[$0] } }
}

extension ChoiceWalk {
  package func checkChoices(_ choices: [Int32], of classes: Int) {
    require(choices.count == rows, "\(choices.count) choices for \(rows) events")
    for choice in choices {
      require(choice >= 0 && choice < classes, "choice \(choice) of \(classes)")
    }
  }
}

extension Bernoulli: ChoiceLaw {
  public var choiceCount: Int { variableCount }

  public func choices(samples: Int) -> IndependentChoices {
    let logs = logits.scalars.flatMap { logit -> [Double] in
      // The logarithms of 1 / (1 + e^l) and 1 / (1 + e^-l) up to the same constant.
      let logit = Double(logit)
      return logit > 0 ? [-logit, 0] : [0, logit]
    }
    return IndependentChoices(logs, steps: variableCount, classes: 2, samples: samples)
  }

  public func choices(of sample: Bits) -> [Int32] { sample.tensor.scalars.map { Int32($0) } }

  public func sample(_ samples: Int, of choices: [Int32]) -> Bits {
    Bits(Tensor(choices.map { Scalar($0) }, shape: [samples] + logits.shape))
  }
}

extension Categorical: ChoiceLaw {
  public var choiceCount: Int { variableCount }

  public func choices(samples: Int) -> IndependentChoices {
    IndependentChoices(
      logits.scalars.map { Double($0) }, steps: variableCount, classes: classCount,
      samples: samples)
  }

  public func choices(of sample: Classes) -> [Int32] { sample.indices.values }

  public func sample(_ samples: Int, of choices: [Int32]) -> Classes {
    Classes(
      Indices(shape: [samples] + logits.shape.dropLast()) { _ = $0.update(from: choices) },
      classCount: classCount)
  }
}
