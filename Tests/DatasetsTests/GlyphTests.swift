import Datasets
import Tensors
import Testing

struct GlyphTests {
  @Test("An image is a function of seed and index alone")
  func pure() {
    let all = Glyphs.images(0..<40, seed: 3)
    let some = Glyphs.images(17..<23, seed: 3)
    for image in 0..<some.count {
      #expect(some.pixels(of: image) == all.pixels(of: 17 + image))
      #expect(some.label(of: image) == (17 + image) % 10)
    }
    let other = Glyphs.images(0..<40, seed: 4)
    #expect((0..<40).allSatisfy { other.pixels(of: $0) != all.pixels(of: $0) })
  }

  @Test("The parts do not overlap and show every digit equally often")
  func parts() {
    let data = Glyphs.data(seed: 0)
    #expect(
      [data.training.count, data.validation.count, data.test.count] == [10_000, 2_000, 2_000])
    for part in [data.training, data.validation, data.test] {
      for digit in 0..<10 {
        #expect((0..<part.count).count { part.label(of: $0) == digit } == part.count / 10)
      }
    }
    let images = [data.training, data.validation, data.test].flatMap { part in
      (0..<part.count).map { part.pixels(of: $0) }
    }
    #expect(Set(images).count == images.count)
  }

  @Test("Digits have ink in the middle and none along the edge of nearly all")
  func placement() {
    let images = Glyphs.images(0..<1_000, seed: 1)
    let mean = images.mean.scalars
    let total: Scalar = mean.reduce(0, +)
    #expect(total > 47 && total < 157)
    for place in 0..<28 {
      for pixel in [place, 27 * 28 + place, 28 * place, 28 * place + 27] {
        #expect(mean[pixel] < 0.02)
      }
    }
  }
}
