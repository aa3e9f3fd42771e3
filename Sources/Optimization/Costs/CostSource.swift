public import Runs

/// A source of the values of points, asked for several at once and answering in any order.
public protocol CostSource: Sendable {
  /// Asks for the value of a point.
  mutating func submit(_ id: Int, _ point: Point, text: String)

  /// Waits for the next answer; called only while one is missing.
  ///
  /// - Throws: `Stopped` where the run is to stop, `Failure` where no answer can come.
  mutating func next(_ stop: StopCheck) throws -> CostAnswer
}

/// The answer to a question about a point.
public struct CostAnswer: Sendable, Equatable {
  /// What an evaluation came to.
  public enum Outcome: Sendable, Equatable {
    case value(Double)
    /// The point cannot be.
    case infeasible
    /// The evaluation failed, and why.
    case failed(String)
  }

  public let id: Int
  public let outcome: Outcome

  public init(_ id: Int, _ outcome: Outcome) {
    self.id = id
    self.outcome = outcome
  }
}

extension CostAnswer.Outcome {
  /// The outcome that a program writes: a number, `inf` for a point that cannot be, or `nan` or
  /// words behind the number for a failure; `nil` where it is something else.
  init?(_ text: Substring) {
    let words = text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
    guard let first = words.first, let value = Double(first) else { return nil }
    guard words.count == 1 else {
      self = .failed(String(words[1]))
      return
    }
    self = value.isNaN ? .failed("nan") : value.isInfinite ? .infeasible : .value(value)
  }

  var value: Double? { if case .value(let value) = self { value } else { nil } }
}
