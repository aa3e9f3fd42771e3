import DiscreteTesting
import Tensors
import Testing

@testable import Stochastics

struct SinkhornGradientTests {
  static let isDouble = MemoryLayout<Scalar>.size == 8
  static let tolerance = isDouble ? 1e-12 : 1e-6

  static func scores(_ seed: UInt64, _ shape: [Int]) -> Tensor {
    var generator = Philox(seed: seed)
    return Tensor.randomNormal(shape, using: &generator)
  }

  @Test("converged: the implicit equations", arguments: [1, 2, 3, 7, 19], [0.5, 2])
  func implicit(n: Int, temperature: Double) {
    var generator = Philox(seed: 1)
    let report = checkGradient(
      of: {
        Sinkhorn(
          scores: $0[0], temperature: temperature, tolerance: Self.tolerance, iterations: 5000
        ).matrix
      },
      at: [Self.scores(2, [2, n, n])], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("cut short: the iterations backwards", arguments: [1, 2, 3, 10])
  func replay(iterations: Int) {
    var generator = Philox(seed: 1)
    let report = checkGradient(
      of: {
        Sinkhorn(
          scores: $0[0], temperature: 0.5, tolerance: 1e-30, iterations: iterations
        ).matrix
      },
      at: [Self.scores(3, [2, 6, 6])], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("of a gradient, with matrices that take different numbers of iterations")
  func second() {
    var generator = Philox(seed: 4)
    let scores = Self.scores(5, [2, 4, 4]) * Tensor([1, 0.2], shape: [2, 1, 1])
    let report = checkGradient(
      of: {
        Sinkhorn(scores: $0[0], temperature: 1, tolerance: 1e-30, iterations: 12).matrix
      },
      at: [scores], order: 2, using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("implicit and unrolled agree at convergence", arguments: [3, 20, 50])
  func agreement(n: Int) {
    let scores = Self.scores(6, [3, n, n])
    let weights = Self.scores(7, [3, n, n])
    let plan = Sinkhorn(
      scores: scores, temperature: 1, tolerance: Self.tolerance, iterations: 5000)
    #expect(plan.residual.scalars.allSatisfy { $0 <= Scalar(Self.tolerance) })
    let implicit = gradient(at: scores) {
      Sinkhorn(scores: $0, temperature: 1, tolerance: Self.tolerance, iterations: 5000).matrix
        * weights
    }
    let unrolled = gradient(at: scores) {
      Sinkhorn.unrolled($0, temperature: 1, counts: plan.iterations) * weights
    }
    for (a, b) in zip(implicit.scalars, unrolled.scalars) {
      #expect(abs(a - b) < (Self.isDouble ? 1e-10 : 1e-5))
    }
  }

  @Test(
    "replayed and unrolled agree, over refreshes of the exponentials too", arguments: [0.02, 1])
  func replayAgreement(temperature: Double) {
    let scores = Self.scores(8, [2, 12, 12])
    let weights = Self.scores(9, [2, 12, 12])
    let iterations = 40
    let counts = Indices([iterations, iterations], shape: [2])
    let replayed = valueWithGradient(at: scores) {
      Sinkhorn(scores: $0, temperature: temperature, tolerance: 1e-30, iterations: iterations)
        .matrix * weights
    }
    let unrolled = valueWithGradient(at: scores) {
      Sinkhorn.unrolled($0, temperature: temperature, counts: counts) * weights
    }
    let size = (unrolled.gradient.scalars.map(abs).max() ?? 0) + 1
    for (a, b) in zip(replayed.value.scalars, unrolled.value.scalars) {
      #expect(abs(a - b) < (Self.isDouble ? 1e-11 : 2e-5))
    }
    for (a, b) in zip(replayed.gradient.scalars, unrolled.gradient.scalars) {
      #expect(abs(a - b) < (Self.isDouble ? 1e-10 : 1e-4) * size)
    }
  }

  @Test("of forbidden pairs it is zero, of others that of finite differences")
  func masked() {
    var generator = Philox(seed: 10)
    let open: [Scalar] = [0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    let mask = Tensor(open, shape: [4, 4])
    func plan(_ scores: Tensor) -> Tensor {
      Sinkhorn(
        scores: select(mask, scores, Tensor(-.infinity)), temperature: 1,
        tolerance: Self.tolerance, iterations: 5000
      ).matrix
    }
    let scores = Self.scores(11, [4, 4])
    let report = checkGradient(of: { plan($0[0]) }, at: [scores], using: &generator)
    #expect(report.passed, "\(report)")
    let given = select(mask, scores, Tensor(-.infinity))
    for (tolerance, iterations) in [(Self.tolerance, 5000), (1e-30, 5)] {
      let slopes = gradient(at: given) {
        Sinkhorn(scores: $0, temperature: 1, tolerance: tolerance, iterations: iterations).matrix
          * scores
      }
      #expect(slopes.allFinite)
      for (slope, isOpen) in zip(slopes.scalars, open) where isOpen == 0 { #expect(slope == 0) }
    }
  }

  @Test("of the value of an assignment: its matrix")
  func assignment() {
    let scores = Self.scores(12, [3, 6, 6])
    let slopes = gradient(at: scores) { Assignment(scores: $0).value }
    #expect(slopes.scalars == Assignment(scores: scores).order.matrix.scalars)
  }
}
