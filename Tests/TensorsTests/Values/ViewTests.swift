import Testing

@testable import Tensors

struct ViewTests {
  @Test("a copy does not see what is written to the original")
  func copyOnWrite() {
    var x = Tensor([1, 2, 3])
    let copy = x
    x.withMutablePointer { $0[0] = 9 }
    #expect(x.scalars == [9, 2, 3] && copy.scalars == [1, 2, 3])
    let before = x.storage
    x.withMutablePointer { $0[1] = 8 }
    #expect(x.storage === before || copy.scalars == [1, 2, 3])
    #expect(x.scalars == [9, 8, 3])
  }

  @Test("a unique tensor is written in place")
  func inPlace() {
    var x = Tensor([1, 2, 3])
    let place = x.withPointer { $0.baseAddress }
    x.withMutablePointer { $0[0] = 9 }
    #expect(x.withPointer { $0.baseAddress } == place)
  }

  @Test("views share storage until one is written")
  func sharing() {
    let x = Tensor((0..<6).map { Scalar($0) }, shape: [2, 3])
    var views = [
      x.transposed(), x.reshaped([3, 2]), x.sliced(along: 0, at: 1), x.sliced(along: 1, 1..<3),
      x.broadcast(to: [2, 2, 3]), x.permuted([1, 0]), x.expandingDimensions(at: 0),
    ]
    for index in views.indices {
      #expect(views[index].storage === x.storage)
      views[index].withMutablePointer { $0[0] = 100 }
      #expect(x.scalars == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test("views show the right scalars")
  func values() {
    let x = Tensor((0..<6).map { Scalar($0) }, shape: [2, 3])
    #expect(x.transposed().scalars == [0, 3, 1, 4, 2, 5])
    #expect(x.sliced(along: 1, at: -1 + 3).scalars == [2, 5])
    #expect(x.sliced(along: -1, 1..<3).scalars == [1, 2, 4, 5])
    #expect(x.transposed().sliced(along: 0, 1..<2).reshaped([2]).scalars == [1, 4])
    #expect(x.sliced(along: 0, 1..<2).broadcast(to: [2, 3]).scalars == [3, 4, 5, 3, 4, 5])
    #expect(x.padded(along: 0, before: 1, to: 3).scalars == [0, 0, 0, 0, 1, 2, 3, 4, 5])
    #expect(concatenate([x, x.transposed().transposed()], along: 1).shape == [2, 6])
    #expect(stack([x, x], along: -1).scalars == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    #expect(x.reshaped([-1]).shape == [6] && x.reshaped([3, -1, 1]).shape == [3, 2, 1])
    #expect(x.sliced(along: 0, 2..<2).shape == [0, 3])
  }

  @Test("writing drops the gradient and the lists of bits")
  func writing() {
    var x = Tensor([1, 0]).variable()
    x.withMutablePointer { $0[0] = 2 }
    #expect(!x.isTracked)
    var bits = Bits([true, false, false, false], shape: [1, 4]).tensor
    let weight = Tensor([1, 2, 3, 4], shape: [4, 1])
    #expect(bits.affine(weight, [0]).scalars == [1])
    bits.withMutablePointer { $0[1] = 1 }
    #expect(bits.affine(weight, [0]).scalars == [3])
  }

  @Test("gathering and its kin read and add at places")
  func places() {
    let x = Tensor((0..<6).map { Scalar($0) }, shape: [2, 3])
    let twice = Indices([2, 0, 2], shape: [3])
    #expect(x.gathering(twice, along: 1).scalars == [2, 0, 2, 5, 3, 5])
    #expect(x.gathering(Indices([1], shape: []), along: 0).scalars == [3, 4, 5])
    #expect(x.scatteringSum(twice, along: 1, size: 4).scalars == [1, 0, 2, 0, 4, 0, 8, 0])
    #expect(x.takingAlong(Indices([2, 1], shape: [2, 1]), axis: 1).scalars == [2, 4])
    #expect(
      x.addingAlong(Indices([1, 1, 1, 0, 1, 0], shape: [2, 3]), axis: 1, size: 2).scalars
        == [0, 3, 8, 4])
    #expect(Indices([1, 0], shape: [2]).oneHot(classes: 3).scalars == [0, 1, 0, 1, 0, 0])
  }
}
