import DiscreteTesting
import Learning
import Tensors
import Testing

struct LinearGradientTests {
  @Test(
    "first and second derivatives",
    arguments: [([4], 3, 2), ([1], 1, 1), ([2, 3], 2, 4), ([0], 2, 3), ([3], 2, 0)])
  func layer(leading: [Int], inputs: Int, outputs: Int) {
    var generator = Philox(seed: 4)
    let point: [Tensor] = [leading + [inputs], [inputs, outputs], [outputs]].map {
      .randomNormal($0, using: &generator)
    }
    var layer = Linear(inputs: inputs, outputs: outputs, using: &generator)
    for order in 1...2 {
      let report = checkGradient(
        of: { tensors in
          layer.weight = tensors[1]
          layer.bias = tensors[2]
          return layer(tensors[0]).tanh()
        }, at: point, order: order, using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test("the gradient of a model of several layers is a value of its type")
  func model() {
    var generator = Philox(seed: 5)
    let toy = Toy(sizes: [3, 4, 2], seed: 6)
    let input = Tensor.randomNormal([5, 3], using: &generator)
    var point = toy
    let gradient = valueWithGradient(at: &point) { $0(input).squared().sum() }.gradient
    let report = checkGradient(
      of: { tensors in
        var moved = toy
        var next = 0
        moved.forEachParameter { tensor, role in
          if role == .trained { tensor = tensors[next] }
          next += 1
        }
        return moved(input).squared().sum()
      }, at: toy.namedParameters().filter { $0.role == .trained }.map(\.tensor), using: &generator)
    #expect(report.passed, "\(report)")
    #expect(
      gradient.namedParameters().map(\.tensor.shape) == toy.namedParameters().map(\.tensor.shape))
    #expect(gradient.mean.item == 0)
  }
}
