import CBLAS
import CKernels
import Foundation
import Synchronization
import Testing

/// Small whole numbers, so that sums are exact in either precision and any order.
private func wholes(_ count: Int, _ seed: Int) -> [Double] {
  (0..<count).map { Double(($0 &* 7919 &+ seed &* 104_729) % 13 - 6) }
}

@Suite(.serialized) struct ProductTests {
  @Test(
    "Products agree with their definition",
    arguments: [
      [0, 3, 2], [1, 1, 1], [1, 200, 17], [33, 1, 5], [100, 200, 78], [7, 300, 100], [70, 90, 0],
      [64, 64, 64],
    ], [(false, false), (true, false), (false, true), (true, true)])
  func product(sizes: [Int], transposes: (Bool, Bool)) {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    let (a, b, c) = (wholes(m * k, 1), wholes(k * n, 2), wholes(m * n, 3))
    let (lda, ldb) = (max(1, transposes.0 ? m : k), max(1, transposes.1 ? k : n))
    for beta in [0.0, 2] {
      var expected = c.map { beta * $0 }
      for i in 0..<m {
        for j in 0..<n {
          for l in 0..<k {
            expected[i * n + j] +=
              3 * a[transposes.0 ? l * lda + i : i * lda + l]
              * b[transposes.1 ? j * ldb + l : l * ldb + j]
          }
        }
      }
      // With beta 0 the old contents, here not numbers, must not matter.
      var double = beta == 0 ? c.map { _ in .nan } : c
      var single = double.map(Float.init)
      gemm(
        transposes.0, transposes.1, m, n, k, 3, a, lda, b, ldb, beta, &double, max(1, n))
      gemm(
        transposes.0, transposes.1, m, n, k, 3, a.map(Float.init), lda, b.map(Float.init), ldb,
        Float(beta), &single, max(1, n))
      #expect(double == expected)
      #expect(single.map(Double.init) == expected)
    }
  }

  @Test(
    "Products do not depend on the number of threads",
    arguments: [[100, 200, 784], [1030, 60, 50]])
  func threads(sizes: [Int]) {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    var a = [Float](repeating: 0, count: m * k)
    var b = [Float](repeating: 0, count: k * n)
    FloatKernels.normal(1, 0, a.count, &a)
    FloatKernels.normal(2, 0, b.count, &b)
    let threads = dk_thread_count()
    defer { dk_set_thread_count(threads) }
    var results: [[Float]] = []
    for count in [1, 2, 4] {
      dk_set_thread_count(Int32(count))
      var c = [Float](repeating: 0, count: m * n)
      gemm(false, false, m, n, k, 1, a, k, b, n, 0, &c, n)
      results.append(c)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test(
    "Sums of listed rows are the product with zeros and ones, and its gradient",
    arguments: [
      (1, 1, 1), (3, 20, 7), (5, 784, 16), (100, 300, 200), (9, 33, 129), (2, 64, 40), (4, 0, 3),
      (0, 5, 3), (60, 50, 300),
    ])
  func bits(rows: Int, n: Int, m: Int) {
    var x = [Double](repeating: 0, count: rows * n)
    DoubleKernels.bernoulli(6, x.count, 0.2, &x)
    let (w, bias, g) = (wholes(n * m, 4), wholes(m, 5), wholes(rows * m, 6))
    var expected = [Double](repeating: 0, count: rows * m)
    var expectedGradient = [Double](repeating: 0, count: n * m)
    for r in 0..<rows {
      for c in 0..<m { expected[r * m + c] = bias[c] }
      for j in 0..<n where x[r * n + j] == 1 {
        for c in 0..<m {
          expected[r * m + c] += w[j * m + c]
          expectedGradient[j * m + c] += g[r * m + c]
        }
      }
    }

    var starts = [Int32](repeating: -1, count: rows + 1)
    var columns = [Int32](repeating: -1, count: rows * n)
    let count = DoubleKernels.bitsLists(rows, n, x, &starts, &columns)
    #expect(count == Int(x.reduce(0, +)))
    var otherStarts = starts
    var otherColumns = columns
    #expect(
      FloatKernels.bitsLists(rows, n, x.map(Float.init), &otherStarts, &otherColumns) == count)
    #expect(otherStarts == starts && otherColumns == columns)
    #expect(dk_bits_lists_bytes(rows, n, x.map { UInt8($0) }, &otherStarts, &otherColumns) == count)
    #expect(otherStarts == starts && otherColumns == columns)

    var y = [Double](repeating: .nan, count: rows * m)
    var dw = [Double](repeating: .nan, count: n * m)
    DoubleKernels.bitsProduct(rows, n, m, starts, columns, w, bias, &y)
    DoubleKernels.bitsProductGradient(rows, n, m, starts, columns, g, &dw)
    #expect(y == expected)
    #expect(dw == expectedGradient)
    var single = [Float](repeating: .nan, count: rows * m)
    var singleGradient = [Float](repeating: .nan, count: n * m)
    FloatKernels.bitsProduct(
      rows, n, m, starts, columns, w.map(Float.init), bias.map(Float.init), &single)
    FloatKernels.bitsProductGradient(
      rows, n, m, starts, columns, g.map(Float.init), &singleGradient)
    #expect(single.map(Double.init) == expected)
    #expect(singleGradient.map(Double.init) == expectedGradient)
    DoubleKernels.bitsProduct(rows, n, m, starts, columns, w, nil, &y)
    #expect(y == expected.indices.map { expected[$0] - bias[$0 % m] })
  }

  @Test("Eight threads at once make the products of one")
  func threads() {
    let (m, n, k, repeats) = (100, 60, 784, 1000)
    // Of 16,000 such products by a library that is not made for threads 903 were wrong.
    let wrong = Mutex(0)
    let group = DispatchGroup()
    for seed in 0..<8 {
      group.enter()
      Thread.detachNewThread {
        let (a, b) = (wholes(m * k, seed).map(Float.init), wholes(k * n, seed + 1).map(Float.init))
        var (first, c) = ([Float](repeating: 0, count: m * n), [Float](repeating: 0, count: m * n))
        for i in 0..<m {
          for l in 0..<k {
            for j in 0..<n { first[i * n + j] += a[i * k + l] * b[l * n + j] }
          }
        }
        for _ in 0..<repeats {
          gemm(false, false, m, n, k, 1, a, k, b, n, 0, &c, n)
          if c != first { wrong.withLock { $0 += 1 } }
        }
        group.leave()
      }
    }
    group.wait()
    #expect(wrong.withLock { $0 } == 0)
  }
}
