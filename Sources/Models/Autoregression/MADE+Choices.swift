import Learning
import RealModule
public import Stochastics
public import Tensors

/// The bits of some examples of a masked network, one after the other.
///
/// A hidden unit is computed once, as soon as all that it sees is there, so that all bits together
/// take as many products as one pass. Sums are formed in one order, whatever the machine's kernels.
public struct MaskedChoices: ChoiceWalk {
  /// The part that never changes.
  private let plan: Plan
  /// The known values of each row and layer: bits, then hidden units.
  private var values: [[[Double]]]
  private var step = 0

  init(_ network: MADE, rows: Int) {
    plan = Plan(network)
    values = [[[Double]]](
      repeating: ([network.variableCount] + network.degrees.map(\.count)).map {
        [Double](repeating: 0, count: $0)
      }, count: rows)
    for row in values.indices { settle(row, degree: 0) }
  }

  public var rows: Int { values.count }

  public func logProbabilities() -> [Double] {
    values.flatMap { layers -> [Double] in
      let unit = plan.units[plan.units.count - 1][step][0]
      let logit = unit.value(of: layers[layers.count - 1])
      let shift = max(logit, 0) + Double.log(onePlus: Double.exp(-abs(logit)))
      return [-shift, logit - shift]
    }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: 2)
    for row in values.indices {
      values[row][0][plan.order[step]] = Double(choices[row])
      settle(row, degree: step + 1)
    }
    step += 1
  }

  public mutating func select(_ places: [Int]) { values = places.map { values[$0] } }

  /// Computes the hidden units of a degree.
  private mutating func settle(_ row: Int, degree: Int) {
    for layer in 0..<plan.units.count - 1 {
      for unit in plan.units[layer][degree] {
        values[row][layer + 1][unit.place] = max(0, unit.value(of: values[row][layer]))
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
    /// The bit at each place.
    let order: [Int]
    /// The units of each degree, layer by layer; for the last layer the output of each place.
    let units: [[[Unit]]]

    init(_ network: MADE) {
      let bits = network.variableCount
      var order = [Int](repeating: 0, count: bits)
      for (bit, place) in network.places.enumerated() { order[place] = bit }
      self.order = order
      let levels = [network.places.map { $0 + 1 }] + network.degrees + [network.places]
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

extension MADE: ChoiceLaw {
  public var choiceCount: Int { variableCount }

  public func choices(samples: Int) -> MaskedChoices { MaskedChoices(self, rows: samples) }

  public func choices(of sample: Bits) -> [Int32] {
    let scalars = sample.tensor.scalars
    return (0..<scalars.count / variableCount).flatMap { row in
      order.map { Int32(scalars[row * variableCount + $0]) }
    }
  }

  public func sample(_ samples: Int, of choices: [Int32]) -> Bits {
    var bits = [Scalar](repeating: 0, count: choices.count)
    for row in 0..<samples {
      for (step, bit) in order.enumerated() {
        bits[row * variableCount + bit] = Scalar(choices[row * variableCount + step])
      }
    }
    return Bits(Tensor(bits, shape: [samples, variableCount]))
  }

  /// The bit at each place.
  private var order: [Int] {
    places.indices.sorted { places[$0] < places[$1] }
  }
}
