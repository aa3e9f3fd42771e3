import Tensors
import Testing

struct PointerTests {
  @Test("reads several tensors at once, where they begin")
  func reading() {
    let (a, b): (Tensor, Tensor) = ([1, 2, 3], [4, 5])
    let none: Tensor? = nil
    let sum = Tensor.reading(a, b.sliced(along: 0, at: 1), none) { a, b, none in
      #expect(none == nil)
      return a[2] + b[0]
    }
    #expect(sum == 8)
  }

  @Test("writes tensors of several shapes, one that is not wanted and an empty one")
  func writing() {
    let (a, none, b, empty) = Tensor.writing([2, 1], Optional<[Int]>.none, [3], [0]) {
      a, none, b, _ in
      #expect(none == nil)
      for place in 0..<2 { a[place] = Scalar(place) }
      for place in 0..<3 { b[place] = Scalar(10 + place) }
    }
    #expect(a.shape == [2, 1] && a.scalars == [0, 1])
    #expect(b.scalars == [10, 11, 12])
    #expect(none == nil && empty.count == 0)
  }
}
