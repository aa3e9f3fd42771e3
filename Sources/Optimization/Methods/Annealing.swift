import RealModule
import Tensors

/// Simulated annealing: random moves, of which worse ones are taken with probability
/// exp(-difference / temperature).
///
/// The temperature falls geometrically over the horizon, from the mean difference of the first
/// moves to a thousandth of it.
///
/// - Reference: Kirkpatrick, Gelatt and Vecchi (1983), Optimization by simulated annealing.
struct Annealing: Search {
  let space: FreeSpace
  /// Evaluations until the temperature is at its end.
  let horizon: Int
  private var current = Incumbent()
  private var told = 0
  /// Finite differences of the first moves.
  private var differences: [Double] = []

  private static let pilot = 20

  init(_ space: FreeSpace, horizon: Int) {
    self.space = space
    self.horizon = horizon
  }

  mutating func propose(using generator: inout Philox) -> Proposal? {
    Proposal(
      values: current.values.map { space.moved($0, using: &generator) }
        ?? space.random(using: &generator))
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {
    told += 1
    let difference = cost - current.cost
    if current.take(values, cost: cost) { return }
    guard difference.isFinite, mark != nil else { return }
    if differences.count < Annealing.pilot { differences.append(difference) }
    let scale = differences.reduce(0, +) / Double(differences.count)
    let temperature = scale * .exp(-.log(1000) * Double(told) / Double(max(1, horizon)))
    if generator.uniform() < .exp(-difference / temperature) {
      current = Incumbent()
      _ = current.take(values, cost: cost)
    }
  }
}
