import Datasets
import Tensors
import Testing

struct NumberSequenceTests {
  /// Ten images of 2 x 3 whose pixels tell their label and which of two it is.
  private static let images = ImageSet(
    count: 20, height: 2, width: 3,
    bytes: (0..<20).flatMap { [UInt8](repeating: 2 + $0, count: 6) },
    labels: (0..<20).map { $0 % 10 })

  private static func sequences(_ length: Int, digits: Int) -> DigitSequences {
    DigitSequences(images: images, length: length, digits: digits)
  }

  /// The number that an image shows, read from its pixels; `nil` if it is not whole digits.
  private static func number(_ image: Tensor, digits: Int) -> Int? {
    let pixels = image.scalars.map { Int(($0 * 255).rounded()) - 2 }
    var number = 0
    for digit in 0..<digits {
      let shown = Set((0..<6).map { pixels[$0 / 3 * 3 * digits + digit * 3 + $0 % 3] })
      guard shown.count == 1, let image = shown.first else { return nil }
      number = number * 10 + image % 10
    }
    return number
  }

  @Test("Orders are those of the numbers shown, the largest first, and numbers differ")
  func orders() throws {
    let batch = Self.sequences(9, digits: 2).batch(50, from: Philox(seed: 5))
    #expect(batch.items.shape == [50, 9, 2, 6])
    for sequence in 0..<50 {
      let items = batch.items.sliced(along: 0, at: sequence)
      let numbers = try (0..<9).map {
        try #require(Self.number(items.sliced(along: 0, at: $0), digits: 2))
      }
      #expect(Set(numbers).count == 9)
      #expect(batch.values.sliced(along: 0, at: sequence).scalars == numbers.map { Scalar($0) })
      let order = batch.order.values[sequence * 9..<sequence * 9 + 9]
      #expect(order.map { numbers[Int($0)] } == numbers.sorted(by: >))
    }
  }

  @Test("All numbers and all images of a digit occur about as often")
  func uniform() {
    let batch = Self.sequences(5, digits: 1).batch(2000, from: Philox(seed: 6))
    var counts = [Int](repeating: 0, count: 20)
    for value in batch.items.sliced(along: 2, at: 0).sliced(along: 2, at: 0).scalars {
      counts[Int((value * 255).rounded()) - 2] += 1
    }
    // 10,000 draws of twenty kinds: 500 ± 22; beyond six deviations once in ten million.
    for count in counts { #expect(abs(count - 500) < 6 * 22) }
  }

  @Test("A sequence is a function of the generator and its place alone")
  func reproducible() {
    let data = Self.sequences(4, digits: 3)
    let (all, again) = (data.batch(6, from: Philox(seed: 7)), data.batch(6, from: Philox(seed: 7)))
    #expect(all.items.scalars == again.items.scalars && all.order == again.order)
    let few = data.batch(2, from: Philox(seed: 7))
    #expect(few.items.scalars == all.items.sliced(along: 0, 0..<2).scalars)
    #expect(data.batch(6, from: Philox(seed: 8)).items.scalars != all.items.scalars)
  }

  @Test("Plain numbers lie in 0...1, with their order")
  func plain() {
    let batch = PlainNumbers(length: 7).batch(100, from: Philox(seed: 9))
    #expect(batch.items.scalars.allSatisfy { (0...1).contains($0) })
    let sorted = batch.items.takingAlong(batch.order, axis: 1)
    let gaps = sorted.sliced(along: 1, 0..<6) - sorted.sliced(along: 1, 1..<7)
    #expect(gaps.scalars.allSatisfy { $0 >= 0 })
  }
}
