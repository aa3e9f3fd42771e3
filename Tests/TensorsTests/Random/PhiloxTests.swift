import CKernels
import Testing

@testable import Tensors

@Suite struct PhiloxTests {
  /// The known answers that come with Random123.
  @Test(
    "Philox4x32-10 gives the published blocks",
    arguments: [
      (
        SIMD4(0, 0, 0, 0), SIMD2(0, 0),
        SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4(repeating: .max), SIMD2(repeating: .max),
        SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2(0xa409_3822, 0x299f_31d0),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ] as [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)])
  func publishedBlocks(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, block: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == block)
  }

  @Test("The first draws of a seed never change")
  func frozenDraws() {
    var generator = Philox(seed: 42)
    #expect(
      (0..<4).map { _ in generator.next() } == [
        0x9807_e022_2043_9b04, 0xc8fa_5a2d_5419_fa3f, 0x5a93_6ff5_1f85_8d22, 0x92dd_60bf_261e_f70d,
      ])
    var folded = Philox(seed: 42).folding(7)
    #expect(folded.next() == 0x4e28_49ad_b7bf_e21b)
    var split = generator.split()
    #expect(split.next() == 0x8e58_e043_3dfe_4ac3)
  }

  @Test("A copy repeats the draws; folding does not see how much was drawn")
  func values() {
    var a = Philox(seed: 1)
    var b = a
    #expect(a == b)
    #expect(a.folding(3) == b.folding(3))
    for _ in 0..<5 { #expect(a.next() == b.next()) }
    #expect(a.folding(3) == Philox(seed: 1).folding(3))
    #expect(a.folding(3) != a.folding(4))
    #expect(Philox(seed: 1).folding(3) != Philox(seed: 2).folding(3))
  }

  @Test("Splits differ from each other and leave the draws alone")
  func splits() {
    var a = Philox(seed: 1)
    var b = Philox(seed: 1)
    let first = a.split()
    let second = a.split()
    #expect(first != second)
    #expect(first != Philox(seed: 1).folding(0))
    for _ in 0..<5 { #expect(a.next() == b.next()) }
  }

  @Test(
    "The vector stream is made of the blocks of its counters",
    arguments: [0, 1, 63, 64, 1000, 1 << 40])
  func layout(offset: UInt64) {
    let key: UInt64 = 0x299f_31d0_a409_3822
    var words = [UInt32](repeating: 0, count: 300)
    dk_random_words(key, offset, words.count, &words)
    for (place, word) in words.enumerated() {
      let i = offset + UInt64(place)
      let counter = 16 * (i / 64) + i % 16
      let block = Philox.block(
        counter: SIMD4(UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), 0, 0),
        key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
      #expect(word == block[Int(i / 16 % 4)])
    }
  }
}
