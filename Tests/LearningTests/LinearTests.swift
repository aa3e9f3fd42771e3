import Learning
import Tensors
import Testing

struct LinearTests {
  @Test("weights begin as N(0, 1/inputs), biases as zero; the generator decides")
  func initialization() {
    var generator = Philox(seed: 1)
    let layer = Linear(inputs: 400, outputs: 250, using: &generator)
    #expect(layer.weight.shape == [400, 250] && layer.bias.shape == [250])
    #expect(layer.bias.scalars.allSatisfy { $0 == 0 })
    // 100,000 weights: the mean has standard error 1/sqrt(n), the mean square sqrt(2/n).
    let unit = layer.weight * 20
    #expect(abs(unit.mean().item) < 6 * 0.00317)
    #expect(abs(unit.squared().mean().item - 1) < 6 * 0.00448)

    var again = Philox(seed: 1)
    #expect(Linear(inputs: 400, outputs: 250, using: &again).bits == layer.bits)
    #expect(Linear(inputs: 400, outputs: 250, using: &again).bits != layer.bits)
  }

  @Test("maps the last axis, whatever stands before it", arguments: [[], [1], [5], [2, 3], [0]])
  func values(leading: [Int]) {
    var generator = Philox(seed: 2)
    var layer = Linear(inputs: 3, outputs: 2, using: &generator)
    layer.bias = [0.5, -1]
    let input = Tensor.randomNormal(leading + [3], using: &generator)
    let output = layer(input)
    #expect(output.shape == leading + [2])
    let (x, w) = (input.scalars, layer.weight.scalars)
    for (place, y) in output.scalars.enumerated() {
      let (row, column) = (place / 2, place % 2)
      let product = (0..<3).map { x[3 * row + $0] * w[2 * $0 + column] }.reduce(0, +)
      #expect(abs(y - product - layer.bias.scalars[column]) < 1e-5)
    }
  }

  @Test("bits give what their scalars give", arguments: [0.02, 0.5])
  func bits(density: Double) {
    var generator = Philox(seed: 3)
    let layer = Linear(inputs: 200, outputs: 40, using: &generator)
    let values = (0..<30 * 200).map { _ in Double.random(in: 0..<1, using: &generator) < density }
    let bits = Bits(values, shape: [30, 200])
    let dense = layer(Tensor(bits.tensor.scalars, shape: [30, 200]))
    #expect(layer(bits.tensor).distance(to: dense) < 1e-5)
  }

  @Test("names follow the path to the layer")
  func names() {
    #expect(
      Toy(sizes: [3, 2, 1], seed: 0).namedParameters().map(\.name) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "scale", "mean",
      ])
  }
}
