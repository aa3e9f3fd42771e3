import Foundation
import Learning
import Tensors
import Testing

struct SequenceLayerTests {
  @Test("steps one by one end where the whole sequence does")
  func steps() {
    var generator = Philox(seed: 22)
    let layer = LSTM(inputs: 3, units: 5, deviation: 0.5, using: &generator)
    let gru = GRU(inputs: 3, units: 5, deviation: 0.5, using: &generator)
    let x = Tensor.randomNormal([6, 4, 3], using: &generator)
    var state = layer.initialState(rows: 4)
    var hidden = Tensor.zeros([4, 5])
    for t in 0..<6 {
      state = layer.step(x.sliced(along: 0, at: t), from: state)
      hidden = gru.step(x.sliced(along: 0, at: t), from: hidden)
    }
    let whole = layer(x, from: layer.initialState(rows: 4)).last
    for (a, b) in zip(state.cell.scalars, whole.cell.scalars) { #expect(abs(a - b) < 1e-5) }
    let all = gru(x, from: .zeros([4, 5])).sliced(along: 0, at: 5)
    for (a, b) in zip(all.scalars, hidden.scalars) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("filters see every window and keep the largest response")
  func convolution() {
    var generator = Philox(seed: 23)
    var layer = TimeConvolution(width: 2, inputs: 1, filters: 2, using: &generator)
    layer.weight = Tensor([1, 1, -1, 1], shape: [2, 2])
    layer.bias = [0, 0.5]
    let x = Tensor([1, 2, 5, 1, -3, -4, -1, -2], shape: [2, 4, 1])
    // Sums of neighbours 3, 7, 6 and -7, -5, -3; differences 1, 3, -4 and -1, 3, -1.
    #expect(layer(x).scalars == [7, 3.5, 0, 3.5])
  }

  @Test("dropout keeps the mean, and all of it at rate zero")
  func dropout() {
    var generator = Philox(seed: 24)
    let x = Tensor.ones([20_000])
    let left = Dropout(rate: 0.25)(x, using: &generator)
    #expect(Set(left.scalars.map { ($0 * 3).rounded() }) == [0, 4])
    #expect(abs(left.mean().item - 1) < 0.02)
    #expect(Dropout(rate: 0)(x, using: &generator).scalars == x.scalars)
  }

  @Test("clipping scales a gradient that is too long, and no other")
  func clipping() {
    var generator = Philox(seed: 25)
    var gradient = Linear(inputs: 1, outputs: 1, using: &generator)
    gradient.weight = Tensor([3], shape: [1, 1])
    gradient.bias = [4]
    #expect(gradient.globalNorm == 5)
    var short = gradient
    short.clip(toGlobalNorm: 5)
    #expect(short.bias.scalars == [4])
    gradient.clip(toGlobalNorm: 1)
    #expect(abs(gradient.weight.item - 0.6) < 1e-6 && abs(gradient.bias.item - 0.8) < 1e-6)
  }
}

struct RecurrenceExactnessTests {
  /// sin(step), sin(2 step), ...: weights that another program can have too.
  private func wave(_ shape: [Int], _ step: Double) -> Tensor {
    Tensor((1...shape.reduce(1, *)).map { Scalar(sin(step * Double($0))) }, shape: shape)
  }

  @Test("the last step of an LSTM and of a GRU is PyTorch's on the same weights")
  func peer() {
    var generator = Philox(seed: 20)
    let x = wave([5, 2, 3], 0.7)
    var lstm = LSTM(inputs: 3, units: 4, using: &generator)
    (lstm.input, lstm.recurrent, lstm.bias) = (
      wave([3, 16], 0.31), wave([4, 16], 0.53), wave([16], 0.17)
    )
    var gru = GRU(inputs: 3, units: 4, using: &generator)
    (gru.input, gru.recurrent, gru.bias) = (
      wave([3, 12], 0.31), wave([4, 12], 0.53), wave([12], 0.17)
    )
    gru.candidateBias = wave([4], 0.37)
    // By Scripts/torch_recurrent.py, in double precision.
    let found = lstm(x, from: lstm.initialState(rows: 2)).last
    let pairs: [(Tensor, [Scalar])] = [
      (
        found.hidden,
        [
          0.30538928, 0.35126086, 0.37483026, 0.31795487, 0.29670711, 0.26109259, 0.15122716,
          -0.12459264,
        ]
      ),
      (
        found.cell,
        [
          0.72556672, 0.70764838, 0.63480661, 0.45379206, 0.33878767, 0.29457932, 0.16929648,
          -0.14328142,
        ]
      ),
      (
        gru(x, from: .zeros([2, 4])).sliced(along: 0, at: 4),
        [
          0.15210909, 0.42067084, 0.49570282, 0.55547622, 0.23535150, 0.49807041, 0.52792877,
          0.52847292,
        ]
      ),
    ]
    let tolerance: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-8 : 1e-6
    for (ours, theirs) in pairs {
      for (a, b) in zip(ours.scalars, theirs) { #expect(abs(a - b) < tolerance) }
    }
  }

  @Test("an LSTM against its equations, written out in double precision")
  func reference() {
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 1e-6
    var generator = Philox(seed: 21)
    let (steps, inputs, units) = (4, 2, 3)
    let layer = LSTM(inputs: inputs, units: units, deviation: 0.8, using: &generator)
    let x = Tensor.randomNormal([steps, 1, inputs], using: &generator)
    func values(_ tensor: Tensor) -> [Double] { tensor.scalars.map { Double($0) } }
    let (w, u, b, xs) = (
      values(layer.input), values(layer.recurrent), values(layer.bias), values(x)
    )
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var hidden = [Double](repeating: 0, count: units)
    var cell = hidden
    var expected: [Double] = []
    for t in 0..<steps {
      let gates = (0..<4 * units).map { gate in
        var sum = b[gate]
        for i in 0..<inputs { sum += xs[t * inputs + i] * w[i * 4 * units + gate] }
        for i in 0..<units { sum += hidden[i] * u[i * 4 * units + gate] }
        return sum
      }
      for j in 0..<units {
        cell[j] =
          sigmoid(gates[units + j]) * cell[j] + sigmoid(gates[j]) * tanh(gates[3 * units + j])
        hidden[j] = sigmoid(gates[2 * units + j]) * tanh(cell[j])
      }
      expected += hidden
    }
    let (found, last) = layer(x, from: layer.initialState(rows: 1))
    for (a, b) in zip(values(found), expected) { #expect(abs(a - b) < tolerance) }
    for (a, b) in zip(values(last.cell), cell) { #expect(abs(a - b) < tolerance) }
    #expect(last.hidden.scalars == Array(found.scalars.suffix(units)))
  }
}
