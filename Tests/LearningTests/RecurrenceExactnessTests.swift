import Foundation
import Learning
import Tensors
import Testing

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
