import CKernels
import Foundation
import Testing

/// A kernel along the middle axis of [outer, n, inner], and what it does to one line.
struct AxisKernel: Sendable, CustomTestStringConvertible {
  /// Outer, n, inner, operand, cotangent, result.
  typealias Kernel<Real> =
    @Sendable (
      Int, Int, Int, UnsafePointer<Real>, UnsafePointer<Real>, UnsafeMutablePointer<Real>
    ) -> Void

  let testDescription: String
  let single: Kernel<Float>
  let double: Kernel<Double>
  /// Of a line and its cotangent.
  let reference: @Sendable ([Double], [Double]) -> [Double]

  static func logSumExp(_ x: [Double]) -> Double {
    let m = x.max() ?? -.infinity
    return m.isFinite ? m + log(x.reduce(0) { $0 + exp($1 - m) }) : m
  }

  static let all = [
    AxisKernel(
      testDescription: "sum", single: { FloatKernels.reduce(.sum, $0, $1, $2, $3, $5) },
      double: { DoubleKernels.reduce(.sum, $0, $1, $2, $3, $5) },
      reference: { x, _ in [x.reduce(0, +)] }),
    AxisKernel(
      testDescription: "maximum", single: { FloatKernels.reduce(.maximum, $0, $1, $2, $3, $5) },
      double: { DoubleKernels.reduce(.maximum, $0, $1, $2, $3, $5) },
      reference: { x, _ in [x.max() ?? -.infinity] }),
    AxisKernel(
      testDescription: "minimum", single: { FloatKernels.reduce(.minimum, $0, $1, $2, $3, $5) },
      double: { DoubleKernels.reduce(.minimum, $0, $1, $2, $3, $5) },
      reference: { x, _ in [x.min() ?? .infinity] }),
    AxisKernel(
      testDescription: "log-sum-exp", single: { FloatKernels.logSumExp($0, $1, $2, $3, $5) },
      double: { DoubleKernels.logSumExp($0, $1, $2, $3, $5) }, reference: { x, _ in [logSumExp(x)] }
    ),
    AxisKernel(
      testDescription: "softmax", single: { FloatKernels.softmax($0, $1, $2, $3, $5) },
      double: { DoubleKernels.softmax($0, $1, $2, $3, $5) },
      reference: { x, _ in
        let whole = logSumExp(x)
        return x.map { exp($0 - whole) }
      }),
    AxisKernel(
      testDescription: "log-softmax", single: { FloatKernels.logSoftmax($0, $1, $2, $3, $5) },
      double: { DoubleKernels.logSoftmax($0, $1, $2, $3, $5) },
      reference: { x, _ in
        let whole = logSumExp(x)
        return x.map { $0 - whole }
      }),
    AxisKernel(
      testDescription: "softmax backward",
      single: { FloatKernels.softmaxBackward($0, $1, $2, $3, $4, $5) },
      double: { DoubleKernels.softmaxBackward($0, $1, $2, $3, $4, $5) },
      reference: { y, c in
        let dot = zip(y, c).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(y, c).map { $0 * ($1 - dot) }
      }),
    AxisKernel(
      testDescription: "log-softmax backward",
      single: { FloatKernels.logSoftmaxBackward($0, $1, $2, $3, $4, $5) },
      double: { DoubleKernels.logSoftmaxBackward($0, $1, $2, $3, $4, $5) },
      reference: { y, c in
        let sum = c.reduce(0, +)
        return zip(y, c).map { $1 - exp($0) * sum }
      }),
    AxisKernel(
      testDescription: "cumulative sum",
      single: { FloatKernels.cumulativeSum($0, $1, $2, false, $3, $5) },
      double: { DoubleKernels.cumulativeSum($0, $1, $2, false, $3, $5) },
      reference: { x, _ in x.indices.map { x[...$0].reduce(0, +) } }),
    AxisKernel(
      testDescription: "cumulative sum from the end",
      single: { FloatKernels.cumulativeSum($0, $1, $2, true, $3, $5) },
      double: { DoubleKernels.cumulativeSum($0, $1, $2, true, $3, $5) },
      reference: { x, _ in x.indices.map { x[$0...].reduce(0, +) } }),
    AxisKernel(
      testDescription: "cumulative log-sum-exp",
      single: { FloatKernels.cumulativeLogSumExp($0, $1, $2, false, $3, $5) },
      double: { DoubleKernels.cumulativeLogSumExp($0, $1, $2, false, $3, $5) },
      reference: { x, _ in x.indices.map { logSumExp(Array(x[...$0])) } }),
    AxisKernel(
      testDescription: "cumulative log-sum-exp from the end",
      single: { FloatKernels.cumulativeLogSumExp($0, $1, $2, true, $3, $5) },
      double: { DoubleKernels.cumulativeLogSumExp($0, $1, $2, true, $3, $5) },
      reference: { x, _ in x.indices.map { logSumExp(Array(x[$0...])) } }),
    AxisKernel(
      testDescription: "argmax", single: indices(FloatKernels.argmax),
      double: indices(DoubleKernels.argmax),
      reference: { x, _ in [Double(x.firstIndex(of: x.max() ?? 0) ?? 0)] }),
    AxisKernel(
      testDescription: "argmin", single: indices(FloatKernels.argmin),
      double: indices(DoubleKernels.argmin),
      reference: { x, _ in [Double(x.firstIndex(of: x.min() ?? 0) ?? 0)] }),
  ]

  private static func indices<Real: BinaryFloatingPoint & SendableMetatype>(
    _ kernel:
      @escaping @Sendable (Int, Int, Int, UnsafePointer<Real>, UnsafeMutablePointer<Int32>) -> Void
  ) -> Kernel<Real> {
    { outer, n, inner, x, _, y in
      var places = [Int32](repeating: -1, count: outer * inner)
      kernel(outer, n, inner, x, &places)
      for (i, place) in places.enumerated() { y[i] = Real(place) }
    }
  }
}

@Suite(.serialized) struct AxisTests {
  static let shapes = [
    [1, 1, 1], [3, 1, 4], [1, 5, 1], [17, 16, 1], [40, 37, 1], [5, 129, 1], [3, 1000, 1],
    [2, 7, 300], [1, 50, 33], [6, 3, 2], [2, 70_000, 1], [33, 200, 1],
  ]

  @Test("Kernels along an axis agree with their definition", arguments: AxisKernel.all, shapes)
  func definition(kernel: AxisKernel, shape: [Int]) {
    let (outer, n, inner) = (shape[0], shape[1], shape[2])
    // Quadratic references take too long on the longest lines.
    if n > 5000, kernel.testDescription.hasPrefix("cumulative") { return }
    var x = [Double](repeating: 0, count: outer * n * inner)
    var c = x
    DoubleKernels.normal(1, 0, x.count, &x)
    DoubleKernels.normal(2, 0, c.count, &c)
    // Representable in single precision, and with ties.
    x = x.map { ($0 * 64).rounded() / 64 }
    var expected = x
    for o in 0..<outer {
      for i in 0..<inner {
        let places = (0..<n).map { (o * n + $0) * inner + i }
        let line = kernel.reference(places.map { x[$0] }, places.map { c[$0] })
        let length = line.count
        for (j, value) in line.enumerated() { expected[(o * length + j) * inner + i] = value }
        if o == outer - 1 && i == inner - 1 {
          expected.removeSubrange((outer * length * inner)...)
        }
      }
    }
    var double = [Double](repeating: .nan, count: x.count)
    var single = [Float](repeating: .nan, count: x.count)
    kernel.double(outer, n, inner, x, c, &double)
    kernel.single(outer, n, inner, x.map(Float.init), c.map(Float.init), &single)
    let scale = 1 + Double(n).squareRoot()
    let errors = [
      zip(double, expected).map { abs($0 - $1) / (1 + abs($1)) },
      zip(single, expected).map { abs(Double($0) - $1) / (1 + abs($1)) },
    ]
    #expect(errors[0].allSatisfy { $0 <= 1e-13 * scale })
    #expect(errors[1].allSatisfy { $0 <= 2e-6 * scale })
  }

  @Test("Infinities and empty lines have their limits")
  func limits() {
    let infinity = Float.infinity
    let x: [Float] = [-infinity, -infinity, 0, -infinity, infinity, 0]
    var y = [Float](repeating: .nan, count: 6)
    for inner in [1, 3] {
      // Lines of two: rows of a [3, 2] array, or its columns when transposed.
      let lines = inner == 1 ? x : [x[0], x[2], x[4], x[1], x[3], x[5]]
      FloatKernels.logSumExp(3 / inner, 2, inner, lines, &y)
      #expect(y[..<3] == [-infinity, 0, infinity])
    }
    FloatKernels.cumulativeLogSumExp(1, 6, 1, false, x, &y)
    #expect(y == [-infinity, -infinity, 0, 0, infinity, infinity])
    FloatKernels.softmax(1, 3, 1, [-infinity, 5, -infinity], &y)
    #expect(y[..<3] == [0, 1, 0])
    FloatKernels.logSoftmax(1, 3, 1, [-infinity, 5, -infinity], &y)
    #expect(y[..<3] == [-infinity, 0, -infinity])
    for inner in [1, 4] {
      FloatKernels.logSumExp(1, 0, inner, x, &y)
      #expect(y[0] == -infinity)
      for (operation, identity) in [
        (dk_reduction.sum, 0), (.maximum, -infinity), (.minimum, infinity), (.product, 1),
      ] {
        FloatKernels.reduce(operation, 1, 0, inner, x, &y)
        #expect(y[0] == identity)
      }
      FloatKernels.reduce(.maximum, 1, 2, 1, [.nan, 1], &y)
      #expect(y[0].isNaN)
      FloatKernels.reduce(.maximum, 1, 2, 1, [1, .nan], &y)
      #expect(y[0].isNaN)
    }
  }

  @Test(
    "Sums do not depend on the number of threads",
    arguments: [[1, 500_000, 1], [1, 300, 999], [700, 300, 1]])
  func threads(shape: [Int]) {
    var x = [Float](repeating: 0, count: shape.reduce(1, *))
    FloatKernels.normal(1, 0, x.count, &x)
    let threads = dk_thread_count()
    defer { dk_set_thread_count(threads) }
    var results: [[Float]] = []
    for count in [1, 4] {
      dk_set_thread_count(Int32(count))
      var y = [Float](repeating: 0, count: shape[0] * shape[2])
      FloatKernels.reduce(.sum, shape[0], shape[1], shape[2], x, &y)
      results.append(y)
    }
    #expect(results[0] == results[1])
  }
}
