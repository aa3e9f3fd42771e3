import CKernels
import Foundation
import Testing

@testable import Tensors

@Suite(.serialized) struct RareEventTests {
  /// Elements of key 11 whose 32-bit words are the nearest to 0 and to the last one that occur
  /// early.
  static let ends: [(element: UInt64, word: UInt32)] = [
    (23_831_550, 18), (3_432_331, 4_294_967_284),
  ]

  private static func one(
    _ element: UInt64, _ law: (UInt64, UInt64, Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Double {
    var y: [Float] = [.nan]
    law(11, element, 1, &y)
    return Double(y[0])
  }

  @Test("The words near an end get further bits within their own share of the unit interval")
  func ends() {
    for (element, word) in Self.ends {
      var found: [UInt32] = [0]
      dk_random_words(11, element, 1, &found)
      #expect(found[0] == word)
      let (low, high) = (Double(word) * 0x1p-32, (Double(word) + 1) * 0x1p-32)
      let e = Self.one(element) { FloatKernels.exponential($0, $1, $2, $3) }
      #expect(e >= -log1p(-low) * (1 - 1e-6) && e <= -log1p(-high) * (1 + 1e-6))
      // What the word alone gives is another value.
      #expect(abs(e / Double(FloatKernels.exponential(word: word)) - 1) > 1e-4)
      let gumbel = Self.one(element) { FloatKernels.gumbel($0, $1, $2, $3) }
      let logistic = Self.one(element) { FloatKernels.logistic($0, $1, $2, $3) }
      #expect(abs(gumbel + log(e)) < 1e-5)
      #expect(abs(logistic - log(expm1(e))) < 1e-5)
    }
  }

  @Test("Bits that are nearly sure are the other ones as often as they should be")
  func bits() {
    // The word is the last but few: the rest of probability 2.5e-8 is met.
    var y: [Float] = [.nan]
    let (element, word) = Self.ends[1]
    let n = Int(element) + 1
    for (logit, p): (Float, Float) in [(16, 1 - 1.2e-7), (30, 1)] {
      y = [Float](repeating: .nan, count: n)
      FloatKernels.bernoulli(11, n, 1, logits: [logit], 1, &y)
      #expect(y[n - 1] == (logit == 16 ? 0 : 1), "word \(word)")
      FloatKernels.bernoulli(11, n, 1, probabilities: [p], 1, &y)
      #expect(y[n - 1] == (p < 1 ? 0 : 1))
    }
  }

  // Of 20 million draws each; counts within six deviations, which false alarms exceed once in 10^9.
  @Test("The tail of one frequent class is right to its last class", arguments: [false, true])
  func rareClasses(isLast: Bool) {
    let (rows, logit): (Int, Double) = (20_000_000, isLast ? 15 : 16.8)
    var logits = [Float](repeating: 0, count: 64)
    logits[isLast ? 63 : 0] = Float(logit)
    var y = [Int32](repeating: -1, count: rows)
    FloatKernels.categorical(5, rows, 64, logits, 1, &y)
    var counts = [Int](repeating: 0, count: 64)
    for place in y { counts[Int(place)] += 1 }
    counts.remove(at: isLast ? 63 : 0)
    let due = Double(rows) * 63 * exp(-logit)
    let found = counts.reduce(0, +)
    #expect(abs(Double(found) - due) < 6 * due.squareRoot())
    // 385 draws miss a class of 63 with probability 0.0022; seven or more once in 10^10.
    if isLast { #expect(counts.filter { $0 == 0 }.count < 7) }
  }

  @Test("So is that of logits that are made on the way")
  func rareTokens() {
    // A uniform 5.4e-7 below 1 is within the tail of 15 classes of 5.06e-8 each: in the eleventh of
    // them from behind.
    let key: UInt64 = 852_831
    var words: [UInt32] = [0, 0]
    dk_random_words(key, 0, 2, &words)
    let above = 1 - (Double(words[1]) * 0x1p-32 + Double(words[0]) * 0x1p-64)
    let weight = exp(-16.8)
    let place = 15 - Int(above * (1 + 15 * weight) / weight)
    let classes = 241
    var bias = [Float](repeating: -.infinity, count: classes)
    for place in stride(from: 0, to: classes, by: 16) { bias[place] = place == 0 ? 16.8 : 0 }
    var y: [Int32] = [-1]
    #expect(
      FloatKernels.affineCategorical(
        key, 1, 1, classes, [0], [Float](repeating: 0, count: classes), bias, &y))
    #expect(place == 5 && y == [Int32(16 * place)])
  }

  @Test("Draws that share a row are those of rows of their own", arguments: [129, 5000, 70_001])
  func sharedRow(classes: Int) {
    let rows = 40
    var logits = [Float](repeating: 0, count: classes)
    FloatKernels.normal(1, 0, classes, &logits)
    logits = logits.map { $0 * 3 }
    let copies = [[Float]](repeating: logits, count: rows).flatMap { $0 }
    var shared = [Int32](repeating: -1, count: rows)
    var own = shared
    FloatKernels.categorical(2, rows, classes, logits, 1, &shared)
    FloatKernels.categorical(2, rows, classes, copies, rows, &own)
    #expect(shared == own)
    var doubles = shared
    DoubleKernels.categorical(2, rows, classes, logits.map(Double.init), 1, &doubles)
    // The same uniforms; only weights are rounded otherwise.
    #expect(zip(shared, doubles).filter { $0 != $1 }.count <= 1)
  }

  @Test("Logits that are not numbers end a draw all the same", arguments: [5, 200])
  func notNumbers(classes: Int) {
    for bad in [Float.nan, -.infinity, .infinity] {
      var y = [Int32](repeating: -1, count: 8)
      FloatKernels.categorical(1, 8, classes, [Float](repeating: bad, count: classes), 1, &y)
      #expect(y.allSatisfy { $0 >= 0 && Int($0) < classes })
    }
  }
}
