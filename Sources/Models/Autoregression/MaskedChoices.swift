import Learning
import RealModule
public import Stochastics
import Tensors

/// The bits of some examples of a masked network, one after the other.
///
/// A hidden unit is computed once, as soon as all that it sees is there, so that all bits together
/// take as many products as one pass of each mask. Sums are formed in one order, whatever the
/// machine's kernels.
public struct MaskedChoices: ChoiceWalk {
  /// For each mask, the part that never changes.
  private let plans: [Plan]
  /// The bit at each place.
  private let order: [Int]
  /// The known values of each row, mask and layer: bits, then hidden units.
  private var values: [[[[Double]]]]
  private var step = 0

  init(_ network: MADE, rows: Int) {
    plans = network.masks.map { Plan(network, $0) }
    order = network.order
    let start = network.masks.map { mask in
      ([network.variableCount] + mask.degrees.map(\.count)).map {
        [Double](repeating: 0, count: $0)
      }
    }
    values = [[[[Double]]]](repeating: start, count: rows)
    for row in values.indices { settle(row, degree: 0) }
  }

  public var rows: Int { values.count }

  public func logProbabilities() -> [Double] {
    values.flatMap { masks in
      let each = zip(plans, masks).map { plan, layers in
        let output = plan.units[plan.units.count - 1][step][0]
        return BitLogs(logit: output.value(of: layers[layers.count - 1])).both
      }
      guard each.count > 1 else { return each[0] }
      let shift = Double.log(Double(each.count))
      return [0, 1].map { bit in logSumExp(each.map { $0[bit] }) - shift }
    }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: 2)
    for row in values.indices {
      for mask in plans.indices { values[row][mask][0][order[step]] = Double(choices[row]) }
      settle(row, degree: step + 1)
    }
    step += 1
  }

  public mutating func select(_ places: [Int]) { values = places.map { values[$0] } }

  /// Computes the hidden units of a degree.
  private mutating func settle(_ row: Int, degree: Int) {
    for (mask, plan) in plans.enumerated() {
      for layer in 0..<plan.units.count - 1 {
        for unit in plan.units[layer][degree] {
          values[row][mask][layer + 1][unit.place] = max(
            0, unit.value(of: values[row][mask][layer]))
        }
      }
    }
  }

  /// A unit, and of those it sees the places and weights.
  private struct Unit {
    let place: Int
    let bias: Double
    let inputs: [Int32]
    let weights: [Double]

    func value(of below: [Double]) -> Double {
      var sum = bias
      for index in inputs.indices { sum += weights[index] * below[Int(inputs[index])] }
      return sum
    }
  }

  private final class Plan: Sendable {
    /// The units of each degree, layer by layer; for the last layer the output of each place.
    let units: [[[Unit]]]

    init(_ network: MADE, _ mask: MaskedConnections) {
      let bits = network.variableCount
      let levels = [network.places.map { $0 + 1 }] + mask.degrees + [network.places]
      units = network.layers.enumerated().map { layer, linear in
        let (below, above) = (levels[layer], levels[layer + 1])
        let (weights, biases) = (linear.weight.scalars, linear.bias.scalars)
        var byDegree = [[Unit]](repeating: [], count: bits + 1)
        for (place, degree) in above.enumerated() {
          let inputs = below.indices.filter { below[$0] <= degree }
          byDegree[degree].append(
            Unit(
              place: place, bias: Double(biases[place]), inputs: inputs.map { Int32($0) },
              weights: inputs.map { Double(weights[$0 * above.count + place]) }))
        }
        return byDegree
      }
    }
  }
}
