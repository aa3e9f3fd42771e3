import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct NeuralSortGradientTests {
  static func inputs(_ seed: UInt64, _ shape: [Int], width: Int) -> [Tensor] {
    var generator = Philox(seed: seed)
    // Scores apart by more than a step of the differences, for n that 5 does not divide.
    let n = shape[shape.count - 1]
    let noise = Tensor.randomUniform(shape, using: &generator)
    let spread = Tensor((0..<n).map { Scalar(($0 * 5) % n) * 0.3 }) + noise * 0.1
    return [spread, Tensor.randomNormal(shape + [width], using: &generator)]
  }

  @Test("of scores and payload", arguments: [1, 2], [1, 3])
  func apply(order: Int, width: Int) {
    var generator = Philox(seed: 1)
    let report = checkGradient(
      of: { NeuralSort(scores: $0[0], temperature: 1.3).apply(to: $0[1]) },
      at: Self.inputs(2, [2, 6], width: width), order: order, using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("of more items than lanes")
  func long() {
    var generator = Philox(seed: 1)
    let report = checkGradient(
      of: { NeuralSort(scores: $0[0], temperature: 2).apply(to: $0[1]) },
      at: Self.inputs(2, [71], width: 2), using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("of equal scores: the sign of 0 is 0")
  func ties() {
    var generator = Philox(seed: 1)
    let payload = Tensor.randomNormal([6, 2], using: &generator)
    let report = checkGradient(
      of: { NeuralSort(scores: $0[0], temperature: 1).apply(to: payload) },
      at: [[1, 0, 1, 2, 1, 0]], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("of the first rows, of a band, of the matrix, of the cross-entropy")
  func others() {
    var generator = Philox(seed: 3)
    let inputs = Self.inputs(4, [2, 7], width: 2)
    let truth = NeuralSort(scores: inputs[1].sum(along: -1), temperature: 1).order
    let functions: [([Tensor]) -> Tensor] = [
      { NeuralSort(scores: $0[0], temperature: 1.3).topRows(3, of: $0[1]) },
      { NeuralSort(scores: $0[0], temperature: 1.3).apply(to: $0[1], error: 0).value },
      { NeuralSort(scores: $0[0], temperature: 1.3).matrix.matmul($0[1]) },
      { NeuralSort(scores: $0[0], temperature: 1.3).crossEntropy(against: truth) },
    ]
    for (place, function) in functions.enumerated() {
      for order in 1...2 {
        let report = checkGradient(of: function, at: inputs, order: order, using: &generator)
        #expect(report.passed, "function \(place): \(report)")
      }
    }
  }

  @Test("of SoftSort", arguments: [SoftSort.Power.absolute, .squared], [1, 2])
  func softSort(power: SoftSort.Power, order: Int) {
    var generator = Philox(seed: 5)
    let report = checkGradient(
      of: { SoftSort(scores: $0[0], temperature: 0.8, power: power).apply(to: $0[1]) },
      at: Self.inputs(6, [2, 7], width: 3), order: order, using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("of SoftSort over more items than lanes, of a band, of the cross-entropy")
  func softSortOthers() {
    var generator = Philox(seed: 8)
    let long = Self.inputs(9, [71], width: 2)
    let squared = checkGradient(
      of: { SoftSort(scores: $0[0], temperature: 2, power: .squared).apply(to: $0[1]) },
      at: long, using: &generator)
    #expect(squared.passed, "\(squared)")
    let inputs = Self.inputs(4, [2, 7], width: 2)
    let truth = NeuralSort(scores: inputs[1].sum(along: -1), temperature: 1).order
    let functions: [([Tensor]) -> Tensor] = [
      {
        SoftSort(scores: $0[0], temperature: 0.8, power: .squared).apply(to: $0[1], error: 0).value
      },
      { SoftSort(scores: $0[0], temperature: 0.8, power: .squared).crossEntropy(against: truth) },
      { SoftSort(scores: $0[0], temperature: 0.8).crossEntropy(against: truth) },
    ]
    for (place, function) in functions.enumerated() {
      for order in 1...2 {
        let report = checkGradient(of: function, at: inputs, order: order, using: &generator)
        #expect(report.passed, "function \(place): \(report)")
      }
    }
  }

  @Test(
    "straight through: the hard value, the soft gradient in the scores and the hard one in the payload"
  )
  func straightThrough() {
    let inputs = Self.inputs(7, [2, 9], width: 2)
    func slopes(_ function: (Tensor, Tensor) -> Tensor) -> [[Scalar]] {
      let variables = inputs.map { $0.variable() }
      let weights = inputs[1].sin()
      return gradients(
        of: function(variables[0], variables[1]) * weights, withRespectTo: variables
      ).map(\.scalars)
    }
    let neural = { (s: Tensor, v: Tensor) in NeuralSort(scores: s, temperature: 1) }
    let soft = { (s: Tensor, v: Tensor) in SoftSort(scores: s, temperature: 1) }
    let squared = { (s: Tensor, v: Tensor) in SoftSort(scores: s, temperature: 1, power: .squared) }
    let moved = slopes {
      Orders(neural($0, $1).order, itemCount: 9).arranging($1) + 0 * $0.sum()
    }[1]
    #expect(
      slopes { neural($0, $1).applyStraightThrough(to: $1) }
        == [slopes { neural($0, $1).apply(to: $1) }[0], moved])
    #expect(
      slopes { soft($0, $1).applyStraightThrough(to: $1) }
        == [slopes { soft($0, $1).apply(to: $1) }[0], moved])
    #expect(
      slopes { squared($0, $1).applyStraightThrough(to: $1) }
        == [slopes { squared($0, $1).apply(to: $1) }[0], moved])
    let descending = inputs[0].scalars[0..<9].sorted(by: >) + inputs[0].scalars[9...].sorted(by: >)
    for value in [
      neural(inputs[0], inputs[1]).applyStraightThrough(to: inputs[0]),
      soft(inputs[0], inputs[1]).applyStraightThrough(to: inputs[0]),
      squared(inputs[0], inputs[1]).applyStraightThrough(to: inputs[0]),
    ] {
      #expect(value.scalars == Array(descending))
    }
  }
}
