import DiscreteTesting
import Tensors
import Testing

@testable import Stochastics

struct MatchingExactnessTests {
  static let isDouble = MemoryLayout<Scalar>.size == 8

  enum Kind: CaseIterable { case normal, integers, tied, masked, wide }

  static func scores(_ kind: Kind, _ shape: [Int], seed: UInt64) -> Tensor {
    var generator = Philox(seed: seed)
    let normal = Tensor.randomNormal(shape, using: &generator)
    switch kind {
    case .normal: return normal
    case .integers: return (normal * 3).floor()
    case .tied: return (normal * 0.4).floor()
    case .wide: return normal * 1e4
    case .masked:
      let n = shape[shape.count - 1]
      // A third of the pairs is forbidden, none of one random matching.
      let kept = PlackettLuce(logScores: .zeros(Array(shape.dropLast())))
        .sample(1, using: &generator).matrix.reshaped(shape)
      let open = Tensor.randomUniform(shape, using: &generator) - 1.0 / 3
      return n == 0
        ? normal : select(kept + maximum(open, 0), normal, Tensor(-.infinity))
    }
  }

  @Test("the assignment is the best of all n!, with its certificate", arguments: Kind.allCases)
  func assignment(kind: Kind) {
    for n in 1...7 {
      let scores = Self.scores(kind, [20, n, n], seed: UInt64(n))
      let assignment = Assignment(scores: scores)
      // Checks that each is an order.
      _ = Orders(assignment.order.indices, itemCount: n)
      let lists = Orders.lists(of: n, places: n)
      let values = scores.scalars
      for matrix in 0..<20 {
        func score(_ items: some Sequence<Int32>) -> Double {
          items.enumerated().reduce(0) {
            $0 + Double(values[(matrix * n + $1.offset) * n + Int($1.element)])
          }
        }
        let best = lists.map(score).max() ?? 0
        let found = assignment.order.indices.values[(matrix * n)..<((matrix + 1) * n)]
        #expect(abs(score(found) - best) <= 1e-12 * abs(best), "\(kind), n = \(n)")
        let size = max(1, abs(best))
        let accuracy = Self.isDouble ? 1e-13 : 1e-5
        #expect(abs(Double(assignment.bound.scalars[matrix]) - best) <= accuracy * size * 10)
        for place in 0..<n {
          for item in 0..<n {
            let sum =
              Double(assignment.placePotentials.scalars[matrix * n + place])
              + Double(assignment.itemPotentials.scalars[matrix * n + item])
            #expect(
              sum >= Double(values[(matrix * n + place) * n + item]) - accuracy * size * 10)
          }
        }
      }
    }
  }

  @Test("two hundred items: the certificate closes")
  func large() {
    let scores = Self.scores(.integers, [2, 200, 200], seed: 1)
    let assignment = Assignment(scores: scores)
    _ = Orders(assignment.order.indices, itemCount: 200)
    // Sums of integers are exact in either precision.
    #expect(assignment.value.scalars == assignment.bound.scalars)
    let slack =
      assignment.placePotentials.expandingDimensions(at: -1)
      + assignment.itemPotentials.expandingDimensions(at: -2) - scores
    #expect(slack.scalars.allSatisfy { $0 >= 0 })
  }

  @Test("rows and columns of a plan add up to one", arguments: Kind.allCases, [1, 2, 5, 33])
  func marginals(kind: Kind, n: Int) {
    let scores = Self.scores(kind, [4, n, n], seed: UInt64(n))
    let temperature = kind == .wide ? 5e3 : 1
    let plan = Sinkhorn(
      scores: scores, temperature: temperature, tolerance: Self.isDouble ? 1e-10 : 1e-5,
      iterations: 100_000)
    let precision: Scalar = Self.isDouble ? 1e-12 : 2e-6
    for sum in plan.matrix.sum(along: -1).scalars { #expect(abs(sum - 1) < precision) }
    let columns = (plan.matrix.sum(along: -2) - 1).abs().max(along: -1)
    for (error, residual) in zip(columns.scalars, plan.residual.scalars) {
      #expect(abs(error - residual) < precision)
      // With forbidden pairs that every matching avoids the residual falls as one over the
      // iterations.
      #expect(residual <= (Self.isDouble && kind != .masked ? 1e-10 : 1e-5))
    }
    if kind == .masked {
      for (entry, score) in zip(plan.matrix.scalars, scores.scalars) where score == -.infinity {
        #expect(entry == 0)
      }
    }
  }

  @Test("as the temperature falls the plan becomes the best assignment")
  func limit() {
    let scores = Self.scores(.normal, [10, 6, 6], seed: 3)
    let best = Assignment(scores: scores).order
    let plan = Sinkhorn(scores: scores, temperature: 0.002, iterations: 200_000)
    #expect(plan.rounded() == best)
    for (a, b) in zip(plan.matrix.scalars, best.matrix.scalars) { #expect(abs(a - b) < 0.1) }
  }

  @Test("the plan of two items in closed form: P(1, 1) = sigmoid((a + d - b - c) / 2)")
  func two() {
    let scores = Self.scores(.normal, [8, 2, 2], seed: 4)
    let plan = Sinkhorn(
      scores: scores, temperature: 0.7, tolerance: Self.isDouble ? 1e-13 : 1e-6, iterations: 10_000
    ).matrix.scalars
    for (index, s) in scores.scalars.chunks(of: 4).enumerated() {
      let expected = Tensor((s[0] + s[3] - s[1] - s[2]) / 1.4).sigmoid().item
      #expect(abs(plan[index * 4] - expected) < (Self.isDouble ? 1e-12 : 1e-5))
    }
  }

  @Test("plans and assignments of a batch are those one by one")
  func batches() {
    let scores = Self.scores(.normal, [3, 5, 8, 8], seed: 5)
    let plans = Sinkhorn(scores: scores, temperature: 0.3)
    let best = Assignment(scores: scores)
    let flat = scores.reshaped([15, 8, 8])
    for index in 0..<15 {
      let own = Sinkhorn(scores: flat.sliced(along: 0, at: index), temperature: 0.3)
      #expect(
        own.matrix.scalars == Array(plans.matrix.scalars[(index * 64)..<((index + 1) * 64)]))
      #expect(own.iterations.values[0] == plans.iterations.values[index])
      let match = Assignment(scores: flat.sliced(along: 0, at: index))
      #expect(
        match.order.indices.values
          == Array(best.order.indices.values[(index * 8)..<((index + 1) * 8)]))
    }
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<($0 + size)]) }
  }
}
