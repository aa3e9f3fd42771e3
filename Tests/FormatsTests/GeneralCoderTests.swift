import Testing

@testable import Formats

struct GeneralCoderTests {
  /// Sizes that the programs of these names give on a file of the same bytes.
  @Test func sizesAreThoseOfThePrograms() {
    let text = Array(String(repeating: "the quick brown fox; ", count: 1000).utf8)
    let random = (0..<10_000).map { UInt8(truncatingIfNeeded: ($0 * $0 * 2_654_435_761) >> 13) }
    for (bytes, sizes) in [
      ([], [20, 14, 32]), (text, [111, 106, 148]), (random, [9913, 9950, 10060]),
    ] {
      #expect(GeneralCoder.allCases.map { $0.size(of: bytes) } == sizes)
    }
  }
}
