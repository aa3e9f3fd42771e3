import DiscreteTesting
import Learning
import Tensors
import Testing

struct SequenceLayerGradientTests {
  /// Compares derivatives with respect to all parameters of a layer, and to further inputs.
  private func check<Layer: Parameterized>(
    _ layer: Layer, at inputs: [Tensor], orders: ClosedRange<Int> = 1...2,
    _ body: (Layer, [Tensor]) -> Tensor
  ) {
    var generator = Philox(seed: 11)
    let parameters = layer.namedParameters().map(\.tensor)
    for order in orders {
      let report = checkGradient(
        of: { tensors in
          var moved = layer
          var next = 0
          moved.forEachParameter { tensor, _ in
            tensor = tensors[next]
            next += 1
          }
          return body(moved, Array(tensors[next...]))
        }, at: parameters + inputs, order: order, using: &generator)
      #expect(report.passed, "\(Layer.self): \(report)")
    }
  }

  private func normal(_ shape: [Int], _ seed: UInt64) -> Tensor {
    var generator = Philox(seed: seed)
    return .randomNormal(shape, using: &generator)
  }

  @Test("an LSTM: inputs, weights and both states", arguments: [1, 3])
  func lstm(steps: Int) {
    var generator = Philox(seed: 1)
    let layer = LSTM(inputs: 2, units: 3, deviation: 0.7, using: &generator)
    check(layer, at: [normal([steps, 2, 2], 2), normal([2, 3], 3), normal([2, 3], 4)]) {
      let (hidden, last) = $0($1[0], from: .init(hidden: $1[1], cell: $1[2]))
      return concatenate(
        [hidden, stack([last.hidden, last.cell])], along: 0
      ).squared()
    }
  }

  @Test("a GRU: inputs, weights and the state", arguments: [1, 3])
  func gru(steps: Int) {
    var generator = Philox(seed: 1)
    let layer = GRU(inputs: 2, units: 3, deviation: 0.7, using: &generator)
    check(layer, at: [normal([steps, 2, 2], 2), normal([2, 3], 3)]) {
      $0($1[0], from: $1[1]).squared()
    }
  }

  @Test("an embedding, with a token that occurs twice and one that does not")
  func embedding() {
    var generator = Philox(seed: 1)
    let layer = Embedding(vocabulary: 4, size: 3, using: &generator)
    check(layer, at: []) { layer, _ in
      layer(Indices([2, 0, 2, 1], shape: [2, 2])).tanh()
    }
  }

  @Test("filters over time, away from ties", arguments: [1, 2, 4])
  func convolution(width: Int) {
    var generator = Philox(seed: 6)
    let layer = TimeConvolution(
      width: width, inputs: 2, filters: 3, deviation: 1, bias: 1, using: &generator)
    check(layer, at: [normal([2, 4, 2], 7)]) { $0($1[0]).squared() }
  }

  @Test("a highway layer, away from the corner of its rectifier")
  func highway() {
    var generator = Philox(seed: 8)
    var layer = Highway(units: 3, using: &generator)
    layer.map.bias = [4, -4, 4]
    check(layer, at: [normal([4, 3], 9)]) { $0($1[0]).tanh() }
  }

  @Test("dropout with the same noise")
  func dropout() {
    var generator = Philox(seed: 3)
    let report = checkGradient(
      of: { tensors in
        var noise = Philox(seed: 10)
        return Dropout(rate: 0.4)(tensors[0], using: &noise).tanh()
      }, at: [normal([5, 4], 2)], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("the log-probability of classes is that of the softmax, in value and two derivatives")
  func classes() {
    var generator = Philox(seed: 12)
    let logits = normal([2, 3, 20], 5) * 3
    let tokens = Indices([0, 19, 7, 7, 1, 16], shape: [2, 3])
    let expected = logits.logSoftmax(along: -1)
      .takingAlong(tokens.reshaped([2, 3, 1]), axis: 2).reshaped([2, 3])
    for (a, b) in zip(logits.logProbability(ofClasses: tokens).scalars, expected.scalars) {
      #expect(abs(a - b) < 1e-5)
    }
    for order in 1...2 {
      let report = checkGradient(
        of: { $0[0].logProbability(ofClasses: tokens) }, at: [logits], order: order,
        using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test(
    "a weighted sum of log-probabilities of classes has the value and two derivatives of what it is the sum of"
  )
  func weighted() {
    var generator = Philox(seed: 19)
    let inputs = [
      Tensor.randomNormal([2, 5, 4], using: &generator), .randomNormal([4, 6], using: &generator),
      .randomNormal([6], using: &generator),
    ]
    let classes = Indices([0, 5, 2, 2, 1, 4, 3, 3, 0, 1], shape: [2, 5])
    let weights = Tensor.randomNormal([2, 5], using: &generator)
    func sum(_ x: [Tensor]) -> Tensor {
      x[0].logProbability(ofClasses: classes, weightedBy: weights, under: x[1], x[2])
    }
    let apart =
      (inputs[0].logProbability(ofClasses: classes, under: inputs[1], inputs[2]) * weights)
      .sum().item
    #expect(abs(sum(inputs).item - apart) < 1e-4)
    #expect(abs(sum(inputs.map { $0.variable() }).item - apart) < 1e-4)
    for order in 1...2 {
      let report = checkGradient(
        of: { sum($0).squared() }, at: inputs, order: order, using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test("classes under an affine map, in several parts, have the values and slopes of its logits")
  func classesUnderMap() {
    var generator = Philox(seed: 13)
    let (rows, classes) = (300, 4000)
    let operands = [normal([rows, 3], 1), normal([3, classes], 2), normal([classes], 3)]
    let tokens = Indices((0..<rows).map { $0 * 131 % classes }, shape: [rows])
    let weights = Tensor.randomNormal([rows], using: &generator)
    func slopes(_ value: ([Tensor]) -> Tensor) -> [Tensor] {
      let variables = operands.map { $0.variable() }
      return gradients(of: (value(variables) * weights).sum(), withRespectTo: variables)
    }
    let pairs = zip(
      slopes { $0[0].logProbability(ofClasses: tokens, under: $0[1], $0[2]) },
      slopes { $0[0].affine($0[1], $0[2]).logProbability(ofClasses: tokens) })
    for (found, expected) in pairs {
      #expect(found.shape == expected.shape)
      for (a, b) in zip(found.scalars, expected.scalars) { #expect(abs(a - b) < 1e-4) }
    }
  }
}
