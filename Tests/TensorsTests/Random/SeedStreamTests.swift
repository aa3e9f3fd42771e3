import Tensors
import Testing

struct SeedStreamTests {
  @Test("no two uses of a seed meet, nor the epochs, steps and rounds by which they are folded")
  func register() {
    var words = Set<[UInt64]>()
    let foldings = 2000
    for stream in SeedStream.allCases {
      let generator = Philox(seed: 1, stream: stream)
      for own in [generator] + (0..<foldings).map({ generator.folding(UInt64($0)) }) {
        var own = own
        words.insert([own.next(), own.next()])
      }
    }
    #expect(words.count == SeedStream.allCases.count * (foldings + 1))
  }

  @Test("the same use of another seed is another stream")
  func seeds() {
    var words = Set<UInt64>()
    for seed in 0..<1000 {
      var generator = Philox(seed: UInt64(seed), stream: .steps)
      words.insert(generator.next())
    }
    #expect(words.count == 1000)
  }
}
