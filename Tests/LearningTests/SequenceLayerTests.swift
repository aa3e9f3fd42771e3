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
    // Sums of neighbors 3, 7, 6 and -7, -5, -3; differences 1, 3, -4 and -1, 3, -1.
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
