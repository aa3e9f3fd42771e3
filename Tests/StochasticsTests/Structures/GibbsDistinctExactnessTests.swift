import DiscreteTesting
import RealModule
import Stochastics
import Tensors
import Testing

/// A structure by its graph alone.
private struct Graph: Structure, CustomTestStringConvertible {
  let testDescription: String
  let engine: DerivationGraph

  init(_ name: String, _ engine: DerivationGraph) {
    (testDescription, self.engine) = (name, engine)
  }

  func places(of smaller: Graph) -> [Int] { Array(0..<smaller.partCount) }

  static let all = [
    Graph("chain", Chain(steps: 3, labels: 3).engine),
    Graph("segmentation", Segmentation(steps: 5, longest: 3, labels: 2).engine),
    Graph("binary tree", BinaryTree(leaves: 5).engine),
    Graph("labeled tree", BinaryTree(leaves: 3, labels: 2).engine),
    Graph("dependencies", ProjectiveDependencies(words: 3).engine),
    Graph("one root", ProjectiveDependencies(words: 4, roots: .one).engine),
    Graph("alignment", Alignment(rows: 3, columns: 2).engine),
    Graph("brackets", Brackets(pairs: 4).engine),
  ]
}

/// Distinct states of structures against the list of all of them.
struct GibbsDistinctExactnessTests {
  private static let tolerance = Numerics.isDouble ? 1e-12 : 1e-5

  /// The states that a law has, and the logarithms of their weights in double precision.
  private static func list(_ graph: Graph, _ scores: [Scalar]) -> (bits: [[Scalar]], logs: [Double])
  {
    let states = graph.engine.states()
    let bits = states.map { state in
      (0..<graph.partCount).map { state.contains($0) ? 1 : 0 as Scalar }
    }
    let logs = states.map { $0.reduce(0) { $0 + Double(scores[$1]) } }
    return (bits, logs)
  }

  private static func logSum(_ logs: [Double]) -> Double {
    let largest = logs.max() ?? -.infinity
    guard largest > -.infinity else { return largest }
    return largest + .log(logs.reduce(0) { $0 + .exp($1 - largest) })
  }

  private static func rows(_ sample: Bits) -> [[Scalar]] {
    let (values, width) = (sample.tensor.scalars, sample.shape[sample.shape.count - 1])
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  private static func normal(_ count: Int, seed: UInt64, scale: Scalar = 1) -> [Scalar] {
    var generator = Philox(seed: seed)
    return (Tensor.randomNormal([count], using: &generator) * Tensor(scale)).scalars
  }

  /// Whole scores from -3 to 3, one in eight of them forbidden; `nil` where no state is possible.
  private static func coarse(_ graph: Graph, using generator: inout Philox) -> [Scalar]? {
    let scores = (0..<graph.partCount).map { _ -> Scalar in
      let draw = generator.uniform()
      return draw < 0.125 ? -.infinity : Scalar((draw * 7).rounded()) - 3
    }
    return list(graph, scores).logs.contains { $0 > -.infinity } ? scores : nil
  }

  @Test(
    "ordered draws without replacement have their law: 20,000 pairs each, false alarms below 1e-6",
    arguments: Graph.all)
  fileprivate func drawn(graph: Graph) {
    var scores = Self.normal(graph.partCount, seed: 1, scale: 0.7)
    // One part is forbidden, and half of the law remains.
    if graph.testDescription == "chain" { scores[1] = -.infinity }
    let (states, logs) = Self.list(graph, scores)
    let sum = Self.logSum(logs)
    let p = logs.map { Double.exp($0 - sum) }
    let draws = 20_000
    let law = Gibbs(
      logits: Tensor(scores).broadcast(to: [draws, graph.partCount]), structure: graph)
    var generator = Philox(seed: 2)
    let rows = Self.rows(law.sampleDistinct(2, using: &generator))
    let places = Dictionary(uniqueKeysWithValues: zip(states, states.indices))
    var counts = [Int](repeating: 0, count: p.count * p.count)
    for row in 0..<draws {
      guard let first = places[rows[row]], let second = places[rows[draws + row]] else {
        Issue.record("\(rows[row]), \(rows[draws + row])")
        return
      }
      counts[first * p.count + second] += 1
    }
    let orders = UnorderedSetTests.orders(p, 2)
    var chances = [Double](repeating: 0, count: counts.count)
    for order in orders { chances[order.places[0] * p.count + order.places[1]] = order.probability }
    let test = ChiSquare(observed: counts, probabilities: chances)
    #expect(test.pValue > 1e-6, "p = \(test.pValue)")
  }

  @Test(
    "the likeliest states are the best of the list: 200 laws of whole scores with ties and forbidden parts",
    arguments: Graph.all)
  fileprivate func likeliest(graph: Graph) {
    var generator = Philox(seed: 3)
    for _ in 0..<200 {
      guard let scores = Self.coarse(graph, using: &generator) else { continue }
      let (states, logs) = Self.list(graph, scores)
      let right = logs.filter { $0 > -.infinity }.sorted(by: >)
      let count = 1 + Int(generator.uniform() * Double(right.count - 1))
      let law = Gibbs(logits: Tensor(scores), structure: graph)
      let best = Self.rows(law.likeliest(count))
      #expect(Set(best).count == count)
      let found = best.map { state in states.firstIndex(of: state).map { logs[$0] } ?? .nan }
      #expect(found == Array(right.prefix(count)))
      #expect(law.likeliest(1).tensor.scalars == law.mode().tensor.scalars)
    }
  }

  @Test(
    "all states of scores of any size are there, the best first", arguments: [1, 1e2, 1e4, 8e5])
  func whole(scale: Double) {
    for graph in Graph.all {
      let scores = Self.normal(graph.partCount, seed: 4, scale: Scalar(scale))
      let (states, logs) = Self.list(graph, scores)
      let law = Gibbs(logits: Tensor(scores), structure: graph)
      let best = Self.rows(law.likeliest(states.count)).map { state in
        states.firstIndex(of: state).map { logs[$0] } ?? .nan
      }
      for (found, right) in zip(best, logs.sorted(by: >)) {
        #expect(abs(found - right) < 1e-9 * scale)
      }
      var generator = Philox(seed: 5)
      #expect(Set(Self.rows(law.sampleDistinct(states.count, using: &generator))) == Set(states))
    }
  }

  /// The log-mass and its slopes beside some states, from the list of the others.
  private static func right(
    _ graph: Graph, _ scores: [Scalar], excluding places: Set<Int>
  ) -> (log: Double, slopes: [Double]) {
    let (states, logs) = list(graph, scores)
    let others = logs.indices.filter { !places.contains($0) }
    let (sum, rest) = (logSum(logs), logSum(others.map { logs[$0] }))
    let slopes = (0..<graph.partCount).map { part -> Double in
      guard rest > -.infinity else { return 0 }
      let own = others.reduce(0) { $0 + Double(states[$1][part]) * .exp(logs[$1] - rest) }
      return own - logs.indices.reduce(0) { $0 + Double(states[$1][part]) * .exp(logs[$1] - sum) }
    }
    return (rest - sum, slopes)
  }

  private static func excluded(_ graph: Graph, _ places: [Int]) -> Bits {
    let states = Gibbs(logits: .zeros([graph.partCount]), structure: graph).states().tensor
    return Bits(states.gathering(Indices(places, shape: [places.count]), along: 0))
  }

  private func expectMass(_ graph: Graph, _ scores: [Scalar], excluding places: [Int]) {
    let states = Self.excluded(graph, places)
    var found = 0.0
    let slopes = gradient(at: Tensor(scores)) {
      let mass = Gibbs(logits: $0, structure: graph).logProbability(excluding: states)
      found = Double(mass.item)
      return mass
    }
    let right = Self.right(graph, scores, excluding: Set(places))
    guard right.log > -.infinity else {
      #expect(found == -.infinity && slopes.scalars.allSatisfy { $0 == 0 })
      return
    }
    #expect(
      abs(found - right.log) < Self.tolerance * max(1, abs(right.log)), "\(found), \(right.log)")
    for (a, b) in zip(slopes.scalars, right.slopes) { #expect(abs(Double(a) - b) < Self.tolerance) }
  }

  @Test(
    "the mass beside some states, and its slopes, are those of the others: 60 laws",
    arguments: Graph.all)
  fileprivate func mass(graph: Graph) {
    var generator = Philox(seed: 6)
    for index in 0..<60 {
      let scores =
        index % 2 == 0
        ? Self.normal(graph.partCount, seed: UInt64(index), scale: index % 4 == 0 ? 1 : 10)
        : Self.coarse(graph, using: &generator)
      guard let scores else { continue }
      let count = graph.engine.stateCount ?? 0
      // Some, with repeats, or all.
      let places =
        index % 10 == 9
        ? Array(0..<count) : (0...(index % 7)).map { _ in Int(generator.uniform() * Double(count)) }
      expectMass(graph, scores, excluding: places)
    }
  }

  @Test(
    "a rest of 1e-12 and of 1e-26 keeps its digits, and is drawn by its law: 5,000 draws each, false alarms below 1e-6",
    arguments: Graph.all)
  fileprivate func rare(graph: Graph) {
    // A part of the mode that is not in every state lifts the states that have it.
    for lift in [28, 60] as [Scalar] {
      var scores = Self.normal(graph.partCount, seed: 7)
      let states = graph.engine.states()
      guard
        let part = (0..<graph.partCount).first(where: { part in
          states.contains { $0.contains(part) } && states.contains { !$0.contains(part) }
        })
      else { return }
      scores[part] += lift
      let places = states.indices.filter { states[$0].contains(part) }
      let right = Self.right(graph, scores, excluding: Set(places)).log
      #expect(right < -Double(lift) + 6)
      expectMass(graph, scores, excluding: places)

      let law = Gibbs(logits: Tensor(scores), structure: graph)
      var generator = Philox(seed: 8)
      let (bits, logs) = Self.list(graph, scores)
      let drawn = Self.rows(
        law.sample(5000, excluding: Self.excluded(graph, places), using: &generator))
      let sum = Self.logSum(logs) + right
      let test = ChiSquare(
        observed: bits.map { state in drawn.count { $0 == state } },
        probabilities: logs.indices.map { places.contains($0) ? 0 : .exp(logs[$0] - sum) })
      #expect(test.pValue > 1e-6, "p = \(test.pValue)")
    }
  }

  @Test("the log-mass agrees with finite differences, first and second", arguments: Graph.all)
  fileprivate func differences(graph: Graph) {
    let scores = Tensor(Self.normal(graph.partCount, seed: 9))
    let states = Gibbs(logits: scores, structure: graph).likeliest(3)
    var generator = Philox(seed: 10)
    for order in [1, 2] {
      let report = checkGradient(
        of: { Gibbs(logits: $0[0], structure: graph).logProbability(excluding: states) },
        at: [scores], order: order, using: &generator)
      #expect(report.passed, "order \(order): \(report)")
    }
  }

  @Test("second derivatives stay finite where parts are forbidden and where nothing is left")
  func forbidden() {
    let shape = Chain(steps: 2, labels: 2)
    let scores = Tensor([0, -.infinity, 0.3, 0.2, 0.1, 0, 0, 0] as [Scalar])
    let law = Gibbs(logits: scores, structure: shape)
    for states in [law.states(), law.likeliest(1)] {
      let variable = scores.variable()
      let first = gradients(
        of: Gibbs(logits: variable, structure: shape).logProbability(excluding: states),
        withRespectTo: [variable], differentiable: true)[0]
      let second = gradients(of: (first * first).sum(), withRespectTo: [variable])[0]
      #expect(first.allFinite && second.allFinite)
      #expect(first.scalars[1] == 0 && second.scalars[1] == 0)
    }
    var generator = Philox(seed: 11)
    let left = law.sample(3, excluding: law.likeliest(2), using: &generator)
    #expect(Self.rows(left) == (0..<3).map { _ in law.mode().tensor.scalars })
  }

  @Test("a batch of several sizes has the values of its members, bit for bit")
  func members() {
    func check<Shape: Structure>(_ shape: Shape, _ members: [Shape])
    where Shape.Engine == DerivationGraph {
      let n = shape.partCount
      var scores = Self.normal(members.count * n, seed: 12)
      // A part of the second entry is forbidden, without which two states remain.
      let states = members[1].engine.states()
      let part = (0..<members[1].partCount).first { part in
        (2..<states.count).contains(states.count { !$0.contains(part) })
      }
      guard let part else { return }
      scores[n + shape.places(of: members[1])[part]] = -.infinity
      let padded = Tensor(scores, shape: [members.count, n]).variable()
      let batch = Gibbs(logits: padded, structure: shape, members: members)
      let keys = members.indices.map { UInt64($0) + 40 }
      let drawn = batch.sampleDistinct(2, keys: keys)
      let best = batch.likeliest(2)
      let rest = batch.sample(4, excluding: best, keys: keys)
      let mass = batch.logProbability(excluding: drawn)
      let slopes = gradients(of: mass.sum(), withRespectTo: [padded])[0]
      for (index, member) in members.enumerated() {
        let places = shape.places(of: member)
        let own = Tensor(places.map { scores[index * n + $0] }).variable()
        let law = Gibbs(logits: own, structure: member)
        func rows(_ sample: Bits) -> [Scalar] {
          (0..<sample.shape[0]).flatMap { row in
            places.map { sample.tensor.scalars[(row * members.count + index) * n + $0] }
          }
        }
        let alone = law.sampleDistinct(2, keys: [keys[index]])
        #expect(rows(drawn) == alone.tensor.scalars)
        #expect(rows(best) == law.likeliest(2).tensor.scalars)
        let others = law.sample(4, excluding: law.likeliest(2), keys: [keys[index]])
        #expect(rows(rest) == others.tensor.scalars)
        let single = law.logProbability(excluding: alone)
        #expect(mass.scalars[index] == single.item)
        #expect(
          places.map { slopes.scalars[index * n + $0] }
            == gradients(of: single, withRespectTo: [own])[0].scalars)
        let padding = Set(0..<n).subtracting(places)
        #expect(padding.allSatisfy { slopes.scalars[index * n + $0] == 0 })
      }
    }
    check(Chain(steps: 5, labels: 3), [1, 3, 5].map { Chain(steps: $0, labels: 3) })
    check(
      Segmentation(steps: 6, longest: 3), [2, 5, 6].map { Segmentation(steps: $0, longest: 3) })
    check(BinaryTree(leaves: 6), [3, 5, 6, 4].map { BinaryTree(leaves: $0) })
    check(
      ProjectiveDependencies(words: 4), [4, 3, 2].map { ProjectiveDependencies(words: $0) })
    check(
      Alignment(rows: 3, columns: 4),
      [(2, 2), (3, 2), (3, 4)].map { Alignment(rows: $0, columns: $1) })
    check(Brackets(pairs: 4), [2, 4, 3].map { Brackets(pairs: $0) })
  }

  @Test("chains of a thousand steps and trees of forty leaves: ten states, and what is beside them")
  func long() {
    func check<Shape: Structure>(_ shape: Shape) where Shape.Engine == DerivationGraph {
      let law = Gibbs(logits: Tensor(Self.normal(shape.partCount, seed: 13)), structure: shape)
      var generator = Philox(seed: 14)
      let best = law.likeliest(10)
      let logs = law.logProbability(best).scalars
      #expect(
        Set(Self.rows(best)).count == 10
          && best.tensor.sliced(along: 0, at: 0).scalars == law.mode().tensor.scalars)
      #expect(zip(logs, logs.dropFirst()).allSatisfy { $0 >= $1 - abs($0) * 1e-6 })
      #expect(Set(Self.rows(law.sampleDistinct(10, using: &generator))).count == 10)
      let rest = law.sample(10, excluding: best, using: &generator)
      #expect(Set(Self.rows(rest)).isDisjoint(with: Self.rows(best)))
      #expect(law.logProbability(excluding: best).item <= 0)
    }
    check(Chain(steps: 1000, labels: 4))
    check(BinaryTree(leaves: 40))
  }

  @Test(
    "more states than are possible, keys that do not match, and states of another law are refused")
  func refusals() async {
    await #expect(processExitsWith: .failure) {
      _ = Gibbs(logits: Tensor([0, -.infinity, 0, 0, 0, 0]), structure: BinaryTree(leaves: 3))
        .likeliest(3)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      // Two trees, one of which is forbidden.
      _ = Gibbs(logits: Tensor([0, -.infinity, 0, 0, 0, 0]), structure: BinaryTree(leaves: 3))
        .sampleDistinct(2, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      _ = Gibbs(logits: .zeros([2, 6]), structure: BinaryTree(leaves: 3))
        .sampleDistinct(1, keys: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = Gibbs(logits: .zeros([6]), structure: BinaryTree(leaves: 3))
        .logProbability(excluding: Bits(.zeros([1, 3])))
    }
  }
}
