import Tensors
import Testing

@testable import Codes

struct FrequenciesTests {
  /// Laws on which published ways of rounding give a negative frequency or never end.
  @Test func theTrapsOfOtherWays() {
    for (count, precision) in [(10, 4), (100, 8), (1500, 12), (16, 4)] {
      let values = Frequencies([Double](repeating: 1, count: count), precision: precision).values
      #expect(values.allSatisfy { $0 >= 1 })
      #expect(values.reduce(0, +) == 1 << precision)
      #expect(Set(values).count <= 2)
    }
    let values = Frequencies([0.15, 0.69, 0.15], precision: 24).values
    #expect(values.reduce(0, +) == 1 << 24)
    #expect(values[0] - values[2] <= 1)
  }

  @Test func sumsAreExactAndSharesAreKept() {
    var noise = Philox(seed: 2)
    for _ in 0..<2000 {
      let frequencies = ANSTests.frequencies(&noise)
      #expect(frequencies.values.reduce(0, +) == 1 << UInt32(frequencies.precision))
    }
    let values = Frequencies([1, 3, 4], precision: 16).values
    #expect(values == [8192 + 1, 24576, 32767])
  }

  @Test func whatIsImpossibleHasNoneAndWhatUnderflowsHasOne() {
    #expect(Frequencies(logs: [-.infinity, 0, -2000], precision: 8).values == [0, 255, 1])
    #expect(Frequencies(logs: [-.infinity, -9], precision: 8).values == [0, 256])
    #expect(Frequencies(logs: [-5000, -5000], precision: 8).values == [128, 128])
  }

  @Test func twoChoicesFollowTheSameRule() {
    var noise = Philox(seed: 4)
    for precision in [4, 16, 24] {
      for _ in 0..<1000 {
        let logs = [40 * noise.uniform() - 20, 40 * noise.uniform() - 20]
        let ones = onesFrequency(logs[0], logs[1], precision: precision)
        let expected = Frequencies(logs: logs, precision: precision).values[1]
        #expect(abs(Int(ones) - Int(expected)) <= 1)
        #expect(ones > 0 && ones < 1 << UInt32(precision))
      }
      #expect(onesFrequency(-.infinity, 0, precision: precision) == 1 << UInt32(precision))
      #expect(onesFrequency(0, -.infinity, precision: precision) == 0)
    }
  }
}
