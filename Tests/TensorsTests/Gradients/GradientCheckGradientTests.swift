import DiscreteTesting
import Tensors
import Testing

struct GradientCheckGradientTests {
  let point = [Tensor([0.5, -1, 2])]

  @Test("names the worst place of a wrong gradient")
  func wrongGradient() throws {
    var generator = Philox(seed: 1)
    let mask: Tensor = [0, 1, 0]
    let report = checkGradient(
      of: { $0[0].squared() + $0[0].exp().detached() * mask }, at: point, using: &generator)
    #expect(!report.passed)
    #expect(report.comparisons == 3)
    let worst = try #require(report.worst)
    #expect(worst.index == [1] && worst.input == 0)
  }

  @Test("finds what is wrong in the second order only")
  func wrongSecondOrder() {
    func square(_ inputs: [Tensor]) -> Tensor {
      let x = inputs[0]
      return x.detached().squared().pulling(x.detached() * 2, into: x)
    }
    var generator = Philox(seed: 1)
    #expect(checkGradient(of: square, at: point, using: &generator).passed)
    #expect(!checkGradient(of: square, at: point, order: 2, using: &generator).passed)
  }

  @Test("fails where a derivative is not a number")
  func notANumber() {
    var generator = Philox(seed: 1)
    let report = checkGradient(of: { ($0[0] * 0).sqrt() }, at: point, using: &generator)
    #expect(!report.passed)
  }
}
