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
    "An affine map is the product and a row, squashed or not",
    arguments: zip(
      [[1, 1, 1], [3, 20, 7], [130, 300, 40], [4, 3, 0], [1100, 9, 33], [9, 1100, 33]],
      [(false, false), (true, false), (false, true), (true, true), (false, false), (true, false)]))
  func affineMap(sizes: [Int], transposes: (Bool, Bool)) {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    let (a, b, row) = (wholes(m * k, 1), wholes(k * n, 2), wholes(n, 3))
    let (lda, ldb) = (max(1, transposes.0 ? m : k), max(1, transposes.1 ? k : n))
    var expected = (0..<(m * n)).map { row[$0 % n] }
    gemm(transposes.0, transposes.1, m, n, k, 1, a, lda, b, ldb, 1, &expected, n)
    var y = [Double](repeating: .nan, count: m * n)
    affine(transposes.0, transposes.1, m, n, k, a, lda, b, ldb, row, squashes: false, &y)
    #expect(y == expected)
    affine(transposes.0, transposes.1, m, n, k, a, lda, b, ldb, row, squashes: true, &y)
    #expect(zip(y, expected).allSatisfy { abs($0 - tanh($1)) < 1e-15 })
    var single = [Float](repeating: .nan, count: m * n)
    affine(
      transposes.0, transposes.1, m, n, k, a.map(Float.init), lda, b.map(Float.init), ldb,
      row.map(Float.init), squashes: false, &single)
    #expect(single.map(Double.init) == expected)
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
      (0, 5, 3), (60, 50, 300), (40, 900, 300), (150, 1100, 270),
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

    let width = (n + 31) / 32
    var words = [UInt32](repeating: .max, count: rows * width)
    DoubleKernels.packBits(rows, n, x, &words)
    var starts = [Int32](repeating: -1, count: rows + 1)
    var columns = [Int32](repeating: -1, count: rows * n)
    dk_list_bits(rows, n, words, &starts, &columns)
    let count = Int(starts[rows])
    #expect(count == Int(x.reduce(0, +)))
    for r in 0..<rows {
      let listed = columns[Int(starts[r])..<Int(starts[r + 1])]
      #expect(listed.map(Int.init) == (0..<n).filter { x[r * n + $0] == 1 })
    }
    var otherWords = [UInt32](repeating: .max, count: n * ((rows + 31) / 32))
    dk_transpose_bits(rows, n, words, &otherWords)
    var otherStarts = [Int32](repeating: -1, count: n + 1)
    var otherColumns = columns
    dk_list_bits(n, rows, otherWords, &otherStarts, &otherColumns)
    #expect(Int(otherStarts[n]) == count)

    var y = [Double](repeating: .nan, count: rows * m)
    var dw = [Double](repeating: .nan, count: n * m)
    DoubleKernels.bitsProduct(rows, n, m, starts, columns, w, bias, nil, &y)
    DoubleKernels.bitsProduct(n, rows, m, otherStarts, otherColumns, g, nil, nil, &dw)
    #expect(y == expected)
    #expect(dw == expectedGradient)
    var single = [Float](repeating: .nan, count: rows * m)
    var singleGradient = [Float](repeating: .nan, count: n * m)
    FloatKernels.bitsProduct(
      rows, n, m, starts, columns, w.map(Float.init), bias.map(Float.init), nil, &single)
    FloatKernels.bitsProduct(
      n, rows, m, otherStarts, otherColumns, g.map(Float.init), nil, nil, &singleGradient)
    #expect(single.map(Double.init) == expected)
    #expect(singleGradient.map(Double.init) == expectedGradient)
    DoubleKernels.bitsProduct(rows, n, m, starts, columns, w, nil, nil, &y)
    #expect(y == expected.indices.map { expected[$0] - bias[$0 % m] })
    let scales = wholes(rows, 7)
    DoubleKernels.bitsProduct(rows, n, m, starts, columns, w, bias, scales, &y)
    #expect(y == expected.indices.map { expected[$0] + (scales[$0 / m] - 1) * bias[$0 % m] })
  }

  @Test(
    "A bias less the product of a center",
    arguments: [(1, 1), (0, 3), (20, 31), (784, 200), (33, 64), (600, 97)])
  func centers(n: Int, m: Int) {
    let (w, bias, center) = (wholes(n * m, 1), wholes(m, 2), wholes(n, 3))
    var expected = bias
    for j in 0..<n { for c in 0..<m { expected[c] -= center[j] * w[j * m + c] } }
    var y = [Double](repeating: .nan, count: m)
    DoubleKernels.centeredBias(n, m, center, w, bias, &y)
    #expect(y == expected)
    var single = [Float](repeating: .nan, count: m)
    FloatKernels.centeredBias(
      n, m, center.map(Float.init), w.map(Float.init), bias.map(Float.init), &single)
    #expect(single.map(Double.init) == expected)
  }

  @Test(
    "Sums that are looked up are the product with zeros and ones, and with their signs",
    arguments: [
      (1, 1, 1), (3, 20, 7), (5, 784, 16), (130, 300, 200), (9, 33, 129), (2, 64, 40), (4, 0, 3),
      (0, 5, 3), (300, 50, 33), (33, 31, 17), (32, 32, 32), (260, 4, 48),
    ], [false, true])
  func packed(_ shape: (rows: Int, n: Int, m: Int), isSigned: Bool) {
    let (rows, n, m) = shape
    var x = [Double](repeating: 0, count: rows * n)
    DoubleKernels.bernoulli(6, x.count, 0.5, &x)
    let (w, bias) = (wholes(n * m, 4), wholes(m, 5))
    var expected = [Double](repeating: 0, count: rows * m)
    for r in 0..<rows {
      for c in 0..<m { expected[r * m + c] = bias[c] }
      for j in 0..<n {
        let factor = isSigned ? 2 * x[r * n + j] - 1 : x[r * n + j]
        for c in 0..<m { expected[r * m + c] += factor * w[j * m + c] }
      }
    }
    let (width, height) = ((n + 31) / 32, (rows + 31) / 32)
    var words = [UInt32](repeating: .max, count: rows * width)
    DoubleKernels.packBits(rows, n, x, &words)
    var others = words.map { ~$0 }
    FloatKernels.packBits(rows, n, x.map(Float.init), &others)
    #expect(others == words)
    var columns = [UInt32](repeating: .max, count: n * height)
    dk_transpose_bits(rows, n, words, &columns)
    for r in 0..<rows {
      for j in 0..<n {
        let bit: UInt32 = x[r * n + j] == 1 ? 1 : 0
        #expect(words[r * width + j / 32] >> (j % 32) & 1 == bit)
        #expect(columns[j * height + r / 32] >> (r % 32) & 1 == bit)
      }
    }

    for threads in [1, 4] {
      let before = dk_thread_count()
      defer { dk_set_thread_count(before) }
      dk_set_thread_count(Int32(threads))
      var y = [Double](repeating: .nan, count: rows * m)
      DoubleKernels.packedProduct(rows, n, m, words, isSigned, w, bias, nil, &y)
      #expect(y == expected)
      var single = [Float](repeating: .nan, count: rows * m)
      FloatKernels.packedProduct(
        rows, n, m, words, isSigned, w.map(Float.init), bias.map(Float.init), nil, &single)
      #expect(single.map(Double.init) == expected)
      DoubleKernels.packedProduct(rows, n, m, words, isSigned, w, nil, nil, &y)
      let products = expected.indices.map { expected[$0] - bias[$0 % m] }
      #expect(y == products)
      let center = wholes(n, 7)
      let shifts = (0..<m).map { c in (0..<n).reduce(0) { $0 + center[$1] * w[$1 * m + c] } }
      DoubleKernels.packedProduct(rows, n, m, words, isSigned, w, bias, center, &y)
      #expect(y == expected.indices.map { expected[$0] - shifts[$0 % m] })

      let totals = (0..<m).map { c in (0..<n).reduce(0) { $0 + w[$1 * m + c] } }
      var sums = [Double](repeating: .nan, count: m)
      DoubleKernels.packedSlopes(rows, n, m, words, isSigned, w, nil, &y, &sums)
      #expect(y == products && sums == totals)
      let centers = wholes(rows, 8)
      DoubleKernels.packedSlopes(rows, n, m, words, isSigned, w, centers, &y, &sums)
      #expect(y == products.indices.map { products[$0] - centers[$0 / m] * totals[$0 % m] })
      #expect(sums == totals)
    }
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
