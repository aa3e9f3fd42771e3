import Datasets
import Tensors
import Testing

struct TreeLayoutTests {
  @Test("lines join all vertices, and places follow the springs")
  func tree() {
    var (generator, again) = (Philox(seed: 3), Philox(seed: 3))
    for n in [1, 2, 10] {
      let drawn = TreeLayout(vertices: n, times: 4, using: &generator)
      var reached: Set = [0]
      for _ in drawn.lines {
        for (i, j) in drawn.lines where reached.contains(i) || reached.contains(j) {
          reached.formUnion([i, j])
        }
      }
      #expect(drawn.lines.count == n - 1 && reached.count == n)
      #expect(drawn.lines.allSatisfy { $0.0 < $0.1 })
      #expect(drawn.places.count == 4 && drawn.places.allSatisfy { $0.count == n })
      var layout = SpringLayout(places: drawn.places[0], lines: drawn.lines)
      for places in drawn.places.dropFirst() {
        layout.step()
        #expect(layout.places == places)
      }
      #expect(TreeLayout(vertices: n, times: 4, using: &again).places == drawn.places)
    }
  }

  /// 40,000 draws; of 15 degrees of freedom, which one in a million fails.
  @Test("the trees of four vertices have their probabilities")
  func law() {
    var (generator, counts) = (Philox(seed: 4), [Set<[Int]>: Int]())
    let draws = 40_000
    for _ in 0..<draws {
      let lines = TreeLayout(vertices: 4, times: 1, using: &generator).lines
      counts[Set(lines.map { [$0.0, $0.1] }), default: 0] += 1
    }
    #expect(counts.count == 16)
    let statistic = counts.reduce(0) { sum, tree in
      let isStar = (0..<4).contains { vertex in tree.key.allSatisfy { $0.contains(vertex) } }
      let expected = Double(draws) * (isStar ? 1.0 / 15 : 11.0 / 180)
      return sum + (Double(tree.value) - expected) * (Double(tree.value) - expected) / expected
    }
    #expect(statistic < 56.49)
  }

  @Test("a layout without vertices or times is refused")
  func refusals() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      _ = TreeLayout(vertices: 0, times: 1, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      _ = TreeLayout(vertices: 2, times: 0, using: &generator)
    }
  }
}
