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
  /// The known values of each mask and layer, bits and then hidden units, [units, rows].
  private var values: [[[Double]]]
  /// What is added to units of the first hidden layer and to log-odds, [entries, ...]; empty for
  /// nothing.
  private let shifts: (units: [Scalar], odds: [Scalar])
  /// The entry of each row.
  private var entries: [Int]
  private var step = 0

  /// - Parameters:
  ///   - units: what is added to the sums of the first hidden layer, [entries, units]; rows take
  ///     the entries in turn.
  ///   - odds: what is added to the log-odds, [entries, bits].
  init(_ network: MADE, rows: Int, units: [Scalar] = [], odds: [Scalar] = []) {
    plans = network.masks.map { Plan(network, $0) }
    order = network.order
    shifts = (units, odds)
    let count = max(1, odds.count / network.variableCount)
    entries = (0..<rows).map { $0 % count }
    values = network.masks.map { mask in
      ([network.variableCount] + mask.degrees.map(\.count)).map {
        [Double](repeating: 0, count: $0 * rows)
      }
    }
    settle(degree: 0)
  }

  public var rows: Int { entries.count }

  public func logProbabilities() -> [Double] {
    let each = zip(plans, values).map { plan, layers in
      let output = plan.units[plan.units.count - 1][step][0]
      return output.sums(over: layers[layers.count - 1], shifts.odds, of: order.count, entries)
        .map { BitLogs(logit: $0).both }
    }
    guard each.count > 1 else { return each[0].flatMap(\.self) }
    let shift = Double.log(Double(each.count))
    return entries.indices.flatMap { row in
      [0, 1].map { bit in logSumExp(each.map { $0[row][bit] }) - shift }
    }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: 2)
    let start = order[step] * rows
    for mask in plans.indices {
      for (row, choice) in choices.enumerated() { values[mask][0][start + row] = Double(choice) }
    }
    step += 1
    settle(degree: step)
  }

  public mutating func select(_ places: [Int]) {
    let count = rows
    values = values.map { layers in
      layers.map { layer in
        (0..<layer.count / max(1, count)).flatMap { unit in
          places.map { layer[unit * count + $0] }
        }
      }
    }
    entries = places.map { entries[$0] }
  }

  /// Computes the hidden units of a degree.
  private mutating func settle(degree: Int) {
    for (mask, plan) in plans.enumerated() {
      for layer in 0..<plan.units.count - 1 {
        let shifts = layer == 0 ? shifts.units : []
        for unit in plan.units[layer][degree] {
          let sums = unit.sums(over: values[mask][layer], shifts, of: plan.firstUnits, entries)
          for (row, sum) in sums.enumerated() {
            values[mask][layer + 1][unit.place * rows + row] = max(0, sum)
          }
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

    /// The sum of each row over what lies below, [units, rows].
    ///
    /// - Parameter shifts: [entries, count], of which the unit's place is added; empty for nothing.
    func sums(
      over below: [Double], _ shifts: [Scalar], of count: Int, _ entries: [Int]
    ) -> [Double] {
      let rows = entries.count
      var result =
        shifts.isEmpty
        ? [Double](repeating: bias, count: rows)
        : entries.map { bias + Double(shifts[$0 * count + place]) }
      result.withUnsafeMutableBufferPointer { result in
        below.withUnsafeBufferPointer { below in
          // Rows lie side by side, so that several are summed at once, each in the order of its
          // inputs.
          for (input, weight) in zip(inputs, weights) {
            let start = Int(input) * rows
            for row in 0..<rows { result[row] += weight * below[start + row] }
          }
        }
      }
      return result
    }
  }

  private final class Plan: Sendable {
    /// The units of each degree, layer by layer; for the last layer the output of each place.
    let units: [[[Unit]]]
    /// Number of units of the first hidden layer.
    let firstUnits: Int

    init(_ network: MADE, _ mask: MaskedConnections) {
      let bits = network.variableCount
      let levels = [network.places.map { $0 + 1 }] + mask.degrees + [network.places]
      firstUnits = mask.degrees[0].count
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
