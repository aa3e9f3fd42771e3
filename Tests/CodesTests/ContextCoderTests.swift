import RealModule
import Tensors
import Testing

@testable import Codes

struct ContextCoderTests {
  @Test(arguments: ContextCoder.Template.allCases) func aTemplateLooksBack(
    template: ContextCoder.Template
  ) {
    let neighbors = template.neighbors
    #expect(neighbors.count == template.rawValue)
    #expect(Set(neighbors.map { [$0.row, $0.column] }).count == template.rawValue)
    #expect(neighbors.allSatisfy { $0.row < 0 || $0.row == 0 && $0.column < 0 })
  }

  @Test(arguments: ContextCoder.Template.allCases) func whatIsReadIsWhatWasWritten(
    template: ContextCoder.Template
  ) throws {
    var noise = Philox(seed: 31)
    for (width, height) in [(1, 1), (7, 5), (28, 28)] {
      let coder = ContextCoder(template: template, width: width, height: height)
      for count in [0, 1, 2, 50] {
        for share in [0, 0.1, 0.5, 1] {
          let pixels = (0..<count * width * height).map { _ in
            UInt8(noise.uniform() < share ? 1 : 0)
          }
          var message = ANS(lanes: 2)
          coder.push(pixels, onto: &message)
          #expect(try coder.pop(count, from: &message) == pixels)
          #expect(message == ANS(lanes: 2))
        }
      }
    }
  }

  /// With one pixel an image, all images have one context: the length is that of the estimator of
  /// Krichevsky and Trofimov, in closed form.
  @Test func theLengthIsThatOfTheEstimator() {
    let pixels: [UInt8] = (0..<1000).map { $0 % 4 == 0 ? 1 : 0 }
    var (ones, zeros, ideal) = (0.5, 0.5, 0.0)
    for pixel in pixels {
      ideal -= Double.log2((pixel == 1 ? ones : zeros) / (ones + zeros))
      if pixel == 1 { ones += 1 } else { zeros += 1 }
    }
    var message = ANS()
    ContextCoder(template: .ten, width: 1, height: 1, precision: 24).push(pixels, onto: &message)
    // The state has from 31 to 63 bits, and takes 64.
    #expect((31...65).contains(Double(message.bitCount) - ideal))
  }

  @Test func tenThousandImagesOfRandomBits() throws {
    var noise = Philox(seed: 32)
    let pixels = (0..<10_000 * 30).map { _ in UInt8(noise.next() & 1) }
    let coder = ContextCoder(template: .ten, width: 6, height: 5)
    var message = ANS(lanes: 4)
    coder.push(pixels, onto: &message)
    // What the counts of 1,024 contexts cost beside one bit a pixel.
    #expect((1.0..<1.02).contains(Double(message.bitCount) / Double(pixels.count)))
    #expect(try coder.pop(10_000, from: &message) == pixels)
    try message.checkRead(leaving: 0, of: Philox(seed: 0))
  }

  @Test func everyFlippedBitOfTheWordsIsFound() throws {
    let pixels = (0..<20 * 30).map { UInt8($0 * $0 % 7 < 2 ? 1 : 0) }
    let coder = ContextCoder(template: .ten, width: 6, height: 5)
    var message = ANS()
    coder.push(pixels, onto: &message)
    for place in message.words.indices {
      for bit in 0..<32 {
        var words = message.words
        words[place] ^= 1 << UInt32(bit)
        var damaged = try ANS(states: message.states, words: words)
        #expect(throws: CodeError.self) {
          _ = try coder.pop(20, from: &damaged)
          try damaged.checkRead(leaving: 0, of: Philox(seed: 0))
        }
      }
    }
  }
}
