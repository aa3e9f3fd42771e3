import Tensors
import Testing

struct SurrogateGradientTests {
  @Test("a passenger's cotangent is one, however the result is used")
  func carrying() {
    let uses: [(Tensor) -> Tensor] = [
      { $0 }, { $0 * -3 }, { $0 + $0 }, { $0.squared() * 7 }, { $0.sum() * 0 },
      { concatenate([$0, $0, $0], along: 0) },
    ]
    for use in uses {
      let (x, own) = (Tensor([1, 2]).variable(), Tensor([3, 4, 5]).variable())
      let value = x.exp().carrying(own.squared())
      #expect(value.scalars == x.exp().scalars)
      let slopes = gradients(of: use(value), withRespectTo: [x, own])
      #expect(slopes[1].scalars == [6, 8, 10])
      #expect(slopes[0].scalars == gradients(of: use(x.exp()), withRespectTo: [x])[0].scalars)
    }
  }

  @Test("a pulled gradient is scaled by the cotangent of its value")
  func pulling() {
    let (x, y) = (
      Tensor([1, 2]).variable(),
      Tensor([[1, 1], [1, 1]].flatMap { $0 }, shape: [2, 2]).variable()
    )
    let value = x.pulling(Tensor([1, 2, 3, 4], shape: [2, 2]), into: y)
    #expect(value.scalars == [1, 2])
    let slopes = gradients(of: value * Tensor([10, -1]), withRespectTo: [x, y])
    #expect(slopes.map(\.scalars) == [[10, -1], [10, 20, -3, -4]])
  }
}
