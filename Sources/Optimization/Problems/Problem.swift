public import Runs

/// A cost that is known here: a space and the value of each of its points.
public protocol Problem: Sendable {
  var space: SearchSpace { get }
  /// Whether the largest value is sought.
  var isMaximized: Bool { get }
  /// The value of a point of the space.
  func value(_ point: Point) -> Double
}

/// A problem as a source of values, which are there at once.
public struct ProblemCost: CostSource {
  private let problem: any Problem
  private var waiting: [(id: Int, point: Point)] = []

  public init(_ problem: any Problem) { self.problem = problem }

  public mutating func submit(_ id: Int, _ point: Point, text: String) {
    waiting.append((id, point))
  }

  public mutating func next(_ stop: StopCheck) -> CostAnswer {
    let (id, point) = waiting.removeFirst()
    let value = problem.value(point)
    return CostAnswer(
      id, value.isNaN ? .failed("nan") : value.isInfinite ? .infeasible : .value(value))
  }
}
