import Tensors
import Testing

struct GraphGradientTests {
  @Test("of a million operations is walked and freed without recursion")
  func depth() {
    let x = Tensor(1).variable()
    var y = x
    for _ in 0..<1_000_000 { y = y + 1 }
    #expect(gradients(of: y, withRespectTo: [x])[0].item == 1)
    y = 0
    #expect(!y.isTracked)
  }

  @Test("that doubles at every step is visited once per operation")
  func sharing() {
    let x = Tensor(1).variable()
    var y = x
    for _ in 0..<100 { y = (y + y) * 0.5 }
    #expect(gradients(of: y, withRespectTo: [x])[0].item == 1)
  }

  @Test("gives zeros for what does not matter")
  func unreachable() {
    let (x, y) = (Tensor([1, 2]).variable(), Tensor(3).variable())
    let slopes = gradients(of: x.sum(), withRespectTo: [y, x])
    #expect(slopes[0].shape == [] && slopes[0].item == 0)
    #expect(slopes[1].scalars == [1, 1])
    #expect(gradients(of: Tensor(1), withRespectTo: [x])[0].scalars == [0, 0])
    #expect(gradients(of: x.detached() * 2, withRespectTo: [x])[0].scalars == [0, 0])
  }

  @Test("has targets at its output and in its middle")
  func intermediate() {
    let x = Tensor(3).variable()
    let y = x.squared()
    let z = y * x
    #expect(gradients(of: z, withRespectTo: [x, y, z]).map(\.item) == [27, 3, 1])
  }

  @Test("records nothing without variables, nor in a first-order gradient")
  func recording() {
    #expect(!(Tensor(1) + 2).exp().isTracked)
    let x = Tensor(2).variable()
    let y = x.squared()
    #expect(!gradients(of: y, withRespectTo: [x])[0].isTracked)
    #expect(gradients(of: y, withRespectTo: [x], differentiable: true)[0].isTracked)
  }

  @Test("differentiates its own gradients, any number of times")
  func higherOrders() {
    let x = Tensor([2, -1]).variable()
    var derivative = x * x * x
    var orders: [[Scalar]] = []
    for _ in 0..<3 {
      derivative = gradients(of: derivative, withRespectTo: [x], differentiable: true)[0]
      orders.append(derivative.scalars)
    }
    #expect(orders == [[12, 3], [12, -6], [6, 6]])
  }

  @Test("second derivatives survive a cotangent of zero")
  func zeroCotangent() {
    let x = Tensor([0, 1]).variable()
    let y = (x.cumulativeLogSumExp(along: 0) - Tensor([0, 7]) * Tensor([1, 0])).squared()
    let first = gradients(of: y.sliced(along: 0, at: 0), withRespectTo: [x], differentiable: true)
    #expect(first[0].scalars == [0, 0])
    #expect(gradients(of: first[0], withRespectTo: [x])[0].scalars == [2, 0])
  }
}
