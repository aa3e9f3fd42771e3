import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct RankedListsExactnessTests {
  static let scores = Tensor([0.3, -1.2, 2.1, 0, 0.7, -0.4])
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-5
  /// A ranking of all, of chosen sets, first places of a set, one item, none.
  static let lists = RankedLists(
    [[2, 0, 1, 5, 4, 3], [4, 1, 2], [3, 5], [0], [], [1]],
    others: [[], [], [0, 2], [], [], [5, 4, 3]])

  static func probabilities(_ lists: RankedLists) -> [Double] {
    PlackettLuce(logScores: scores).logProbability(of: lists).exp().scalars.map { Double($0) }
  }

  @Test("sum to one over all orders of every set of six items, and over their first places")
  func sums() {
    for set in 1..<64 {
      let items = (0..<6).filter { set >> $0 & 1 == 1 }
      for places in 0...items.count {
        let states = PlackettLuce(logScores: .zeros([items.count])).top(places).states()
        let lists = (0..<states.shape[0]).map { state in
          states.indices.values[(state * places)..<((state + 1) * places)].map { items[Int($0)] }
        }
        let others = lists.map { list in items.filter { !list.contains($0) } }
        let sum = Self.probabilities(RankedLists(lists, others: others)).reduce(0, +)
        #expect(abs(sum - 1) < Self.tolerance, "\(items), \(places) places: \(sum)")
      }
    }
  }

  @Test("are those of orders, lists of first places and sub-rankings")
  func same() {
    let q = PlackettLuce(logScores: Self.scores)
    for places in 0...6 {
      let states = q.top(places).states()
      let pairs = zip(
        q.logProbability(of: RankedLists(states)).scalars, q.logProbability(states).scalars)
      for (a, b) in pairs { #expect(abs(Double(a - b)) < 10 * Self.tolerance) }
    }
    let some = Orders(Indices([4, 1, 2], shape: [1, 3]), itemCount: 6)
    let found = q.logProbability(of: RankedLists([[4, 1, 2]])).item
    #expect(abs(found - q.logProbability(ofSubRanking: some).item) < Scalar(Self.tolerance))
  }

  @Test("have the gradients of differences, first and second")
  func gradients() {
    var generator = Philox(seed: 5)
    for order in [1, 2] {
      let report = checkGradient(
        of: { PlackettLuce(logScores: $0[0]).logProbability(of: Self.lists).squared() },
        at: [Self.scores], order: order, using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test("the Hessian's product is the derivative of the gradient, and nothing along a shift")
  func hessian() {
    var generator = Philox(seed: 6)
    let q = PlackettLuce(logScores: Self.scores)
    for _ in 0..<10 {
      let direction = Tensor.randomNormal([6], using: &generator)
      let found = q.hessianProduct(direction, of: Self.lists)
      let variable = Self.scores.variable()
      let slope = Tensors.gradients(
        of: PlackettLuce(logScores: variable).logProbability(of: Self.lists).sum(),
        withRespectTo: [variable], differentiable: true)[0]
      let exact = Tensors.gradients(
        of: (slope * direction).sum(), withRespectTo: [variable])[0]
      for (a, b) in zip(found.scalars, exact.scalars) {
        #expect(abs(Double(a - b)) < 10 * Self.tolerance)
      }
      #expect((found * direction).sum().item <= 0)
    }
    let shift = q.hessianProduct(.ones([6]), of: Self.lists)
    #expect(shift.scalars.allSatisfy { abs(Double($0)) < 10 * Self.tolerance })
  }

  @Test("scores a thousand apart stay finite")
  func extremes() {
    let q = PlackettLuce(logScores: [1000, -1000, 0, 500, -1e-3, 0])
    let values = q.logProbability(of: Self.lists)
    let product = q.hessianProduct([1, -2, 3, 0, 1, 2], of: Self.lists)
    #expect(values.allFinite && product.allFinite)
    // Item 2 is taken before item 0, 1000 below the best, and so on.
    let single = q.logProbability(of: RankedLists([[1, 0]])).item
    #expect(single == -2000)
  }

  @Test("no list, and no item")
  func empty() {
    let none = RankedLists([])
    #expect(PlackettLuce(logScores: Self.scores).logProbability(of: none).shape == [0])
    let nothing = PlackettLuce(logScores: .zeros([0]))
    #expect(nothing.logProbability(of: RankedLists([[], []])).scalars == [0, 0])
    #expect(nothing.hessianProduct(.zeros([0]), of: none).shape == [0])
  }
}
