import Tensors
import Testing

struct PreconditionTests {
  @Test("shapes that do not broadcast")
  func broadcasting() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([2])
    }
  }

  @Test("matrices that do not fit")
  func matrices() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3]))
    }
  }

  @Test("a shape of another size, or of negative sizes")
  func shapes() async {
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).reshaped([4]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).reshaped([-1, -1]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([-2]) }
  }

  @Test("places that do not exist")
  func places() async {
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]).sum(along: 1) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]).sliced(along: 0, at: 2) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor.zeros([2]).gathering(Indices([2], shape: [1]), along: 0)
    }
  }

  @Test("gradients with respect to constants")
  func constants() async {
    await #expect(processExitsWith: .failure) {
      _ = gradients(of: Tensor(1), withRespectTo: [Tensor(1)])
    }
  }

  @Test("the sentence of a trap reaches standard error, with the shapes, in a release build too")
  func sentences() async throws {
    let shapes = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor.zeros([2, 3]).matmul(Tensor.zeros([4, 5]))
    }
    let text = String(decoding: shapes.standardErrorContent, as: UTF8.self)
    #expect(text.contains("[2, 3]") && text.contains("[4, 5]"), "\(text)")
    let size = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor.zeros([2, 3]).reshaped([4])
    }
    #expect(String(decoding: size.standardErrorContent, as: UTF8.self).contains("[4]"))
  }
}
