import Datasets
import Tensors
import Testing

struct BatchTests {
  private let images = Glyphs.images(0..<1_050, seed: 1)

  private func training(
    _ binarization: Binarization, seed: UInt64 = 5, epoch: Int = 0
  ) -> Batches {
    Batches(training: images, size: 100, binarization: binarization, seed: seed, epoch: epoch)
  }

  @Test("A batch is a function of seed, epoch and number")
  func pure() {
    let first = training(.dynamic, epoch: 3)
    let second = training(.dynamic, epoch: 3)
    for batch in [7, 2, 9] {
      #expect(first[batch].values == second[batch].values)
      #expect(first.indices(of: batch) == second.indices(of: batch))
    }
    #expect(training(.dynamic, epoch: 4).indices(of: 0) != first.indices(of: 0))
    #expect(training(.dynamic, seed: 6, epoch: 3).indices(of: 0) != first.indices(of: 0))
  }

  @Test("An epoch visits every image at most once and drops what fills no batch")
  func coverage() {
    let batches = training(.threshold)
    #expect(batches.count == 10)
    let visited = (0..<10).flatMap { batches.indices(of: $0) }
    #expect(visited.count == 1_000 && Set(visited).count == 1_000)
    #expect(visited.allSatisfy { (0..<1_050).contains($0) })
    #expect(batches[9].shape == [100, 784])
  }

  @Test("An evaluation visits every image in order, the short last batch too")
  func evaluation() {
    let batches = Batches(evaluating: images, size: 100, binarization: .dynamic, seed: 5)
    #expect(batches.count == 11)
    #expect((0..<11).flatMap { batches.indices(of: $0) } == Array(0..<1_050))
    #expect(batches[10].shape == [50, 784])
    let again = Batches(evaluating: images, size: 70, binarization: .dynamic, seed: 5)
    let isSame = rows(batches) == rows(again)
    #expect(isSame)
  }

  @Test("Dynamic coins change with the epoch, fixed ones do not")
  func visits() {
    let dynamic = (0..<2).map { rows(training(.dynamic, epoch: $0)) }
    let fixed = (0..<2).map { rows(training(.fixed(seed: 9), seed: UInt64($0), epoch: $0)) }
    let other = rows(training(.fixed(seed: 10)))
    // Each epoch leaves other images out.
    let common = (dynamic + fixed + [other]).reduce(Set(0..<1_050)) { $0.intersection($1.keys) }
    #expect(common.count > 700)
    let changed = common.filter { dynamic[0][$0] != dynamic[1][$0] }
    let unchanged = common.filter { fixed[0][$0] == fixed[1][$0] }
    let seeded = common.filter { fixed[0][$0] != other[$0] }
    #expect(changed == common && unchanged == common && seeded == common)
  }

  @Test("A threshold lights what is brighter than half")
  func threshold() {
    let batches = Batches(evaluating: images, size: 7, binarization: .threshold, seed: 0)
    #expect(batches[0].values.prefix(784) == images.pixels(of: 0).map { $0 > 127 }[...])
  }

  @Test("A pixel is lit as often as it is bright, within five standard errors")
  func frequency() {
    let draws = 2_000
    let image = images[7..<8]
    var counts = [Int](repeating: 0, count: 784)
    for epoch in 0..<draws {
      let batches = Batches(
        training: image, size: 1, binarization: .dynamic, seed: 2, epoch: epoch)
      for (pixel, bit) in batches[0].values.enumerated() where bit { counts[pixel] += 1 }
    }
    for (count, gray) in zip(counts, image.pixels(of: 0)) {
      let p = Double(gray) / 255
      let deviation = (p * (1 - p) * Double(draws)).squareRoot()
      #expect(abs(Double(count) - p * Double(draws)) <= 5 * deviation)
    }
  }

  private func rows(_ batches: Batches) -> [Int: [Bool]] {
    var rows: [Int: [Bool]] = [:]
    for batch in 0..<batches.count {
      let values = batches[batch].values
      for (row, image) in batches.indices(of: batch).enumerated() {
        rows[image] = Array(values[row * 784..<(row + 1) * 784])
      }
    }
    return rows
  }
}
