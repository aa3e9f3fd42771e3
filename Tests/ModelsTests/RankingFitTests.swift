import DiscreteTesting
import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

/// Real rankings, where a developer keeps them beside the package.
private let beside = realDataFolder + "/preflib"

/// Files of these types, from the folder of real rankings.
private func elections(_ ends: [String]) -> [String] {
  (FileManager.default.enumerator(atPath: beside)?.compactMap { $0 as? String } ?? [])
    .filter { name in ends.contains { name.hasSuffix($0) } }.sorted()
}

struct RankingFitTests {
  private static let names = (0..<6).map { "item \($0)" }

  /// Standard errors from a matrix of second differences of the gradient, by plain elimination.
  private static func standardErrors(
    of objective: some RankingObjective, at parameters: [Double], items: Int
  ) throws -> [Double] {
    let size = parameters.count
    var matrix = [[Double]](repeating: [], count: size)
    for index in 0..<size {
      var (up, down) = (parameters, parameters)
      up[index] += 1e-5
      down[index] -= 1e-5
      let above = try #require(objective.evaluate(at: up)).gradient
      let below = try #require(objective.evaluate(at: down)).gradient
      matrix[index] = zip(above, below).map { ($1 - $0) / 2e-5 }
      let direction = (0..<size).map { $0 == index ? 1.0 : 0 }
      let exact = objective.curvature(at: parameters)(direction)
      let scale = exact.map(abs).max() ?? 0
      #expect(greatestDifference(exact, matrix[index]) < 1e-7 * scale)
    }
    // The first log-worth is held at zero, then all are shifted to sum to zero.
    var rows = (1..<size).map { row in
      Array(matrix[row][1...]) + (1..<size).map { $0 == row ? 1.0 : 0 }
    }
    for pivot in rows.indices {
      let row = rows[pivot].map { $0 / rows[pivot][pivot] }
      rows[pivot] = row
      for other in rows.indices where other != pivot {
        let factor = rows[other][pivot]
        rows[other] = zip(rows[other], row).map { $0 - factor * $1 }
      }
    }
    func covariance(_ i: Int, _ j: Int) -> Double {
      i == 0 || j == 0 ? 0 : rows[i - 1][size - 1 + j - 1]
    }
    let all = (0..<items)
    let total = all.reduce(0) { sum, i in sum + all.reduce(0) { $0 + covariance(i, $1) } }
    return all.map { i in
      let row = all.reduce(0) { $0 + covariance(i, $1) }
      let n = Double(items)
      return (covariance(i, i) - 2 * row / n + total / (n * n)).squareRoot()
    }
  }

  @Test("The solvers find one maximum, with and without a prior", arguments: [0, 0.5])
  func solvers(prior: Double) throws {
    let data = [
      Self.drawn(300, logWorths: [1, 0.5, 0, -0.2, -0.5, -0.8]),
      Self.drawn(60, logWorths: (0..<70).map { sin(Double($0)) }),
    ]
    for rankings in data {
      let newton = try PlackettLuceFit(rankings, solver: .newton, prior: prior)
      for solver in [PlackettLuceFit.Solver.minorizeMaximize, .iterativeSpectral] {
        let fit = try PlackettLuceFit(rankings, solver: solver, prior: prior)
        #expect(Self.greatestDifference(fit.logWorths, newton.logWorths) < 1e-10)
        #expect(Self.greatestDifference(fit.standardErrors, newton.standardErrors) < 1e-10)
        #expect(abs(fit.logLikelihood - newton.logLikelihood) < 1e-8)
      }
      #expect(abs(newton.logWorths.reduce(0, +)) < 1e-12)
      #expect(abs(newton.worths.reduce(0, +) - 1) < 1e-14)
    }
  }

  @Test("Two items have the worths and errors of a binomial")
  func binomial() throws {
    let rankings = Rankings(
      items: ["a", "b"],
      entries: [
        .init(groups: [[0], [1]], multiplicity: 30), .init(groups: [[1]], multiplicity: 10),
      ])
    let fit = try PlackettLuceFit(rankings)
    #expect(Self.greatestDifference(fit.worths, [0.75, 0.25]) < 1e-11)
    // Half of the error of a log-odds.
    let error = (1.0 / 30 + 1.0 / 10).squareRoot() / 2
    #expect(Self.greatestDifference(fit.standardErrors, [error, error]) < 1e-11)
    #expect(abs(fit.logLikelihood - 30 * log(0.75) - 10 * log(0.25)) < 1e-12)
    // A prior of weight 2 is as good as no data between the ghost and both.
    let shrunk = try PlackettLuceFit(rankings, prior: 2).worths[0]
    #expect(shrunk > 0.5 && shrunk < 0.75)
  }

  @Test("Probabilities of all rankings sum to one, of all items and of the first places")
  func probabilities() throws {
    let fit = try PlackettLuceFit(Self.drawn(200, logWorths: [1, 0.5, 0, -0.2, -0.5, -0.8]))
    for length in [1, 3, 6] {
      let prefixes = Set(Self.permutations(of: 6).map { Array($0.prefix(length)) })
      let sum = try prefixes.reduce(0.0) { sum, prefix in
        let one = Rankings(items: Self.names, entries: [.init(groups: prefix.map { [$0] })])
        return sum + exp(try fit.logLikelihood(of: one))
      }
      #expect(abs(sum - 1) < 1e-13)
    }
  }

  @Test("Shared sets change no value")
  func sharedSets() throws {
    let rankings = Self.drawn(100, logWorths: [1, 0.5, 0, -0.2, -0.5, -0.8])
    let logWorths = [0.3, -1.2, 0.8, 0.1, 0.5, -0.5]
    let objective = PlackettLuceObjective(sets: try ChoiceSets(rankings, strict: true))
    var (value, gradient) = (0.0, [Double](repeating: 0, count: 6))
    for entry in rankings.entries {
      var left = Set(0..<6)
      for winner in entry.groups.map({ $0[0] }) {
        let sum = left.reduce(0) { $0 + exp(logWorths[$1]) }
        let weight = Double(entry.multiplicity)
        value += weight * (logWorths[winner] - log(sum))
        gradient[winner] += weight
        for item in left { gradient[item] -= weight * exp(logWorths[item]) / sum }
        left.remove(winner)
      }
    }
    let found = try #require(objective.evaluate(at: logWorths))
    #expect(abs(found.value - value) < 1e-10)
    #expect(Self.greatestDifference(found.gradient, gradient) < 1e-10)
    #expect(objective.sets.sizes.count < 64)
  }

  @Test("Normalizers with ties are the sums over all groups")
  func tiedNormalizer() throws {
    let rankings = Self.drawn(150, logWorths: [0.5, 0.2, 0, -0.2, -0.5, 0.1], ties: true)
    let objective = try DavidsonLuceObjective(ChoiceSets(rankings, strict: false), prior: nil)
    #expect(objective.orders == [1, 2, 3])
    let logWorths = [0.3, -1.2, 0.8, 0.1, 0.5, -0.5]
    let logPrevalences = [0, -0.7, 0.4]
    func part(_ group: [Int]) -> Double {
      let mean = group.reduce(0) { $0 + logWorths[$1] } / Double(group.count)
      return logPrevalences[group.count - 1] + mean
    }
    var value = 0.0
    for entry in rankings.entries {
      var left = Array(0..<6)
      for group in entry.groups {
        let groups = (1..<(1 << left.count)).map { mask in
          left.indices.filter { mask >> $0 & 1 == 1 }.map { left[$0] }
        }
        let normalizer = groups.filter { $0.count <= 3 }.reduce(0) { $0 + exp(part($1)) }
        if left.count > 1 {
          value += Double(entry.multiplicity) * (part(group) - log(normalizer))
        }
        left.removeAll(where: group.contains)
      }
    }
    let found = try #require(objective.evaluate(at: logWorths + logPrevalences.dropFirst()))
    #expect(abs(found.value - value) < 1e-10)
  }

  @Test("Gradients and curvatures are those of finite differences, and so are standard errors")
  func differences() throws {
    let strict = Self.drawn(200, logWorths: [1, 0.5, 0, -0.2, -0.5, -0.8])
    let fit = try PlackettLuceFit(strict)
    let objective = PlackettLuceObjective(sets: try ChoiceSets(strict, strict: true))
    let errors = try Self.standardErrors(of: objective, at: fit.logWorths, items: 6)
    #expect(Self.greatestDifference(errors, fit.standardErrors) < 1e-7)

    let tied = Self.drawn(200, logWorths: [0.5, 0.2, 0, -0.2, -0.5, 0.1], ties: true)
    let nothing = try ChoiceSets(Rankings(items: tied.items, entries: []), strict: true)
    for prior in [0, 1.5] {
      let fit = try PlackettLuceFit(tied, model: .davidsonLuce, prior: prior)
      let ghost = PlackettLuceObjective(sets: nothing.withGhost(weight: max(prior, 1)))
      let objective = try DavidsonLuceObjective(
        ChoiceSets(tied, strict: false), prior: prior > 0 ? ghost : nil)
      let found = try NewtonMaximizer(objective: objective).solve(from: objective.start).parameters
      let errors = try Self.standardErrors(of: objective, at: found, items: 6)
      #expect(Self.greatestDifference(errors, fit.standardErrors) < 1e-7)
      for index in found.indices {
        var (up, down) = (found, found)
        up[index] += 0.1 + 1e-5
        down[index] += 0.1 - 1e-5
        let middle = zip(up, down).map { ($0 + $1) / 2 }
        let above = try #require(objective.evaluate(at: up)).value
        let below = try #require(objective.evaluate(at: down)).value
        let exact = try #require(objective.evaluate(at: middle)).gradient[index]
        #expect(abs((above - below) / 2e-5 - exact) < 1e-5 * (1 + abs(exact)))
      }
    }
  }

  @Test("Without ties both models are one")
  func modelsAgree() throws {
    let rankings = Self.drawn(200, logWorths: [1, 0.5, 0, -0.2, -0.5, -0.8])
    for prior in [0, 1.5] {
      let plain = try PlackettLuceFit(rankings, prior: prior)
      let tied = try PlackettLuceFit(rankings, model: .davidsonLuce, prior: prior)
      #expect(Self.greatestDifference(plain.logWorths, tied.logWorths) < 1e-10)
      #expect(Self.greatestDifference(plain.standardErrors, tied.standardErrors) < 1e-10)
      #expect(abs(plain.logLikelihood - tied.logLikelihood) < 1e-8)
      #expect(abs(try tied.logLikelihood(of: rankings) - tied.logLikelihood) < 1e-8)
    }
  }

  @Test("A tie of all that is left over is not a statement, any other an error")
  func leftOver() throws {
    let items = ["a", "b", "c", "d"]
    let orders: [[[Int]]] = [[[0], [1]], [[1], [2]], [[2], [3]], [[3], [0]], [[0]]]
    let listed = Rankings(items: items, entries: orders.map { .init(groups: $0) })
    let completed = Rankings(
      items: items,
      entries: orders.map { groups in
        let rest = (0..<4).filter { !groups.joined().contains($0) }
        return .init(groups: groups + [rest])
      })
    #expect(try PlackettLuceFit(listed) == PlackettLuceFit(completed))
    let tied = Rankings(items: items, entries: [.init(groups: [[0, 1], [2]], line: 7)])
    #expect(throws: RankingFitError.tie(items: ["a", "b"], line: 7)) { try PlackettLuceFit(tied) }
  }

  @Test("Items that are not connected are named")
  func connections() throws {
    func fit(_ orders: [[[Int]]], _ model: PlackettLuceFit.Model = .plackettLuce, prior: Double = 0)
      throws
    {
      _ = try PlackettLuceFit(
        Rankings(items: ["a", "b", "c", "d"], entries: orders.map { .init(groups: $0) }),
        model: model, prior: prior)
    }
    let cases: [([[[Int]]], [String], RankingFitError.Extreme)] = [
      ([[[0], [1], [2], [3]], [[0], [3], [2], [1]]], ["a"], .first),
      ([[[0], [1], [2]], [[1], [2], [0]], [[2], [0], [1]]], ["d"], .last),
      ([[[0], [1], [2], [3]], [[1], [0], [3], [2]]], ["a", "b"], .first),
    ]
    for (orders, items, place) in cases {
      #expect(throws: RankingFitError.notConnected(items: items, place: place)) {
        try fit(orders)
      }
      try fit(orders, prior: 0.1)
    }
    // A tie connects what it ties.
    try fit([[[0, 1], [2], [3]], [[1], [3, 2], [0]], [[3], [0]]], .davidsonLuce)
    // The prevalence of the tie of all makes up for any worth of 'b' over the others.
    #expect(throws: RankingFitError.flat) {
      try fit([[[1], [2], [0], [3]], [[0, 1, 2, 3]], [[0, 1, 2, 3]]], .davidsonLuce)
    }
    #expect(throws: RankingFitError.tiesUndetermined) {
      try fit([[[0, 1, 2, 3]]], .davidsonLuce)
    }
  }

  @Test("Rounding of ten thousands of choices stops no solver")
  func many() throws {
    var generator = Philox(seed: 11)
    let logWorths = (0..<60).map { _ in Double(Tensor.randomNormal([1], using: &generator).item) }
    let rankings = Self.drawn(1000, logWorths: logWorths)
    let newton = try PlackettLuceFit(rankings)
    #expect(newton.iterations < 20)
    let spectral = try PlackettLuceFit(rankings, solver: .iterativeSpectral)
    #expect(Self.greatestDifference(newton.logWorths, spectral.logWorths) < 1e-8)
  }

  @Test("One item, and as many as are possible in a word")
  func sizes() throws {
    let one = try PlackettLuceFit(Rankings(items: ["a"], entries: [.init(groups: [[0]])]))
    #expect(one.worths == [1] && one.standardErrors == [0])
    for n in [63, 64, 65] {
      // Every item wins once in a circle: all are worth the same.
      let circle = (0..<n).map { start in
        Rankings.Entry(groups: (0..<n).map { [($0 + start) % n] })
      }
      let fit = try PlackettLuceFit(Rankings(items: (0..<n).map(String.init), entries: circle))
      #expect(Self.greatestDifference(fit.logWorths, [Double](repeating: 0, count: n)) < 1e-10)
    }
  }

  @Test("Draws have the probabilities of the fit")
  func draws() throws {
    let fit = try PlackettLuceFit(Self.drawn(200, logWorths: [1, 0, -1]))
    var generator = Philox(seed: 5)
    var counts: [[Int]: Double] = [:]
    let draws = 60_000.0
    for _ in 0..<Int(draws) { counts[fit.ranking(using: &generator), default: 0] += 1 }
    var chiSquare = 0.0
    for order in Self.permutations(of: 3) {
      let one = Rankings(items: fit.items, entries: [.init(groups: order.map { [$0] })])
      let expected = draws * exp(try fit.logLikelihood(of: one))
      let difference = counts[order, default: 0] - expected
      chiSquare += difference * difference / expected
    }
    // Five degrees of freedom: a false alarm in a million.
    #expect(chiSquare < 35.9)
  }

  /// A fit whose worths and prevalences are stated.
  private static func stated(_ logWorths: [Double], _ ties: [(Int, Double)]) -> PlackettLuceFit {
    PlackettLuceFit(
      model: .davidsonLuce, solver: .newton, items: logWorths.indices.map { "item \($0)" },
      logWorths: logWorths, standardErrors: logWorths.map { _ in 0 },
      ties: ties.map { .init(size: $0.0, prevalence: $0.1) }, logLikelihood: 0, rankings: 0,
      iterations: 0)
  }

  /// Every order of `items` in groups of at most three.
  private static func weakOrders(of items: [Int]) -> [[[Int]]] {
    guard !items.isEmpty else { return [[]] }
    return (1..<1 << items.count).flatMap { mask -> [[[Int]]] in
      let first = items.indices.filter { mask >> $0 & 1 == 1 }.map { items[$0] }
      guard first.count <= 3 else { return [] }
      return weakOrders(of: items.filter { !first.contains($0) }).map { [first] + $0 }
    }
  }

  @Test(
    "Draws with ties have the probabilities of the fit: 200,000 draws, a false alarm in a million")
  func tiedDraws() throws {
    // Log-worths that e_2 and e_3 weigh differently, and a size that is missing.
    for ties in [[(2, 0.7), (3, 0.4)], [(3, 1.5)]] {
      let fit = Self.stated([0.9, 0.4, -0.1, -1.2], ties)
      let orders = Self.weakOrders(of: Array(0..<4))
      #expect(orders.count == 74)
      let probabilities = try orders.map {
        exp(try fit.logLikelihood(of: Rankings(items: fit.items, entries: [.init(groups: $0)])))
      }
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
      var generator = Philox(seed: 8)
      let drawn = fit.weakOrders(200_000, using: &generator)
      let counts = Dictionary(
        uniqueKeysWithValues: drawn.entries.map { ($0.groups, $0.multiplicity) })
      #expect(counts.keys.allSatisfy(orders.contains))
      let test = ChiSquare(
        observed: orders.map { counts[$0, default: 0] }, probabilities: probabilities)
      #expect(test.pValue > 1e-6, "\(test)")
    }
  }

  @Test("Draws with ties stand up to worths that products in 64 bits do not")
  func extremeDraws() {
    let fit = Self.stated((0..<40).map { 300 * Double($0) }, [(2, 1e-300), (4, 1e300), (50, 1)])
    var generator = Philox(seed: 9)
    for _ in 0..<20 {
      let groups = fit.weakOrder(using: &generator)
      #expect(groups.joined().sorted() == Array(0..<40))
      #expect(groups.allSatisfy { [1, 2, 4].contains($0.count) && $0 == $0.sorted() })
      #expect(groups[0].contains(39))
    }
  }

  @Test("20,000 rankings drawn from a fit with ties, written, read and fitted give it back")
  func roundTrip() throws {
    let source = try PlackettLuceFit(
      Self.drawn(200, logWorths: [0.5, 0.2, 0, -0.2, -0.5, 0.1], ties: true), model: .davidsonLuce)
    #expect(source.ties.map(\.size) == [2, 3])
    var generator = Philox(seed: 10)
    let drawn = source.weakOrders(20_000, using: &generator)
    let read = try PrefLib.rankings(
      parsing: Array(try PrefLib.text(of: drawn).utf8), path: "drawn.toc")
    #expect(read.items == drawn.items && read.count == 20_000)
    #expect(
      read.entries.map(\.groups) == drawn.entries.map(\.groups)
        && read.entries.map(\.multiplicity) == drawn.entries.map(\.multiplicity))
    let fit = try PlackettLuceFit(read, model: .davidsonLuce)
    // Five standard errors, of which each is about a hundredth.
    for (item, error) in fit.standardErrors.enumerated() {
      #expect(error < 0.012)
      #expect(abs(fit.logWorths[item] - source.logWorths[item]) < 5 * error)
    }
    for (tie, of) in zip(fit.ties, source.ties) {
      #expect(tie.size == of.size && abs(log(tie.prevalence / of.prevalence)) < 0.15)
    }
  }

  @Test("Voters are held out once, and none is lost")
  func split() {
    let rankings = Self.drawn(400, logWorths: [1, 0, -1])
    var generator = Philox(seed: 2)
    let (kept, held) = rankings.split(holdingOut: 0.25, using: &generator)
    #expect(kept.count + held.count == rankings.count)
    // Eight hundred voters: six standard deviations.
    #expect(abs(Double(held.count) / Double(rankings.count) - 0.25) < 0.1)
  }

  @Test("The maximum is that which SciPy finds")
  func independentOptimum() throws {
    // Scripts/scipy_optimum.py made the numbers with SciPy 1.17.1: a trust region, then Powell's
    // hybrid method on the gradient, of a softmax over all groups written out. The data are made
    // up; the first eight orders alone are those without ties of chosen items.
    let names = ["a", "b", "c", "d", "e"]
    let orders: [(Int, [[Int]])] = [
      (6, [[2], [1], [3], [5], [4]]), (5, [[1], [2], [4], [3], [5]]), (4, [[3], [2]]),
      (3, [[5], [1], [2]]), (2, [[1], [3], [2, 4, 5]]), (2, [[4], [5], [1], [3], [2]]),
      (1, [[2]]), (1, [[4], [1, 2, 3, 5]]), (3, [[1, 2], [3], [4]]), (3, [[3], [4, 5], [1, 2]]),
      (2, [[1, 3, 4], [2], [5]]), (1, [[5], [2, 3]]),
    ]
    func rankings(_ count: Int) -> Rankings {
      Rankings(
        items: names,
        entries: orders.prefix(count).map { voters, groups in
          .init(groups: groups.map { $0.map { $0 - 1 } }, multiplicity: voters)
        })
    }
    let strict = [
      0.985098973953328, 0.796444058525379, 0.023122600358638, -1.009822732073774,
      -0.794842900763570,
    ]
    for solver in PlackettLuceFit.Solver.allCases {
      let fit = try PlackettLuceFit(rankings(8), solver: solver)
      #expect(Self.greatestDifference(fit.logWorths, strict) < 1e-8)
      #expect(abs(fit.logLikelihood + 81.513686472) < 1e-8)
    }
    let tied = [
      0.827426631310270, 0.669424480738103, 0.247556404444037, -0.847041411715765,
      -0.897366104776644,
    ]
    let logPrevalences = [-2.296524020463000, -2.793804134299471, -3.205119100165493]
    let fit = try PlackettLuceFit(rankings(12), model: .davidsonLuce)
    #expect(fit.ties.map(\.size) == [2, 3, 4])
    #expect(Self.greatestDifference(fit.logWorths, tied) < 1e-8)
    #expect(Self.greatestDifference(fit.ties.map { log($0.prevalence) }, logPrevalences) < 1e-8)
    #expect(abs(fit.logLikelihood + 169.786571091) < 1e-8)
  }

  @Test(
    "The solvers agree on published elections",
    .enabled(if: !elections([".soc", ".soi"]).isEmpty, "the real data are not beside the package"),
    arguments: elections([".soc", ".soi"]))
  func strictElections(name: String) throws {
    let rankings = try Rankings("\(beside)/\(name)")
    let newton = try PlackettLuceFit(rankings)
    for solver in [PlackettLuceFit.Solver.minorizeMaximize, .iterativeSpectral] {
      let fit = try PlackettLuceFit(rankings, solver: solver)
      #expect(Self.greatestDifference(fit.logWorths, newton.logWorths) < 1e-8)
    }
  }

  @Test(
    "Published elections with ties have a maximum, where the slope vanishes",
    .enabled(if: !elections([".toc"]).isEmpty, "the real data are not beside the package"),
    arguments: elections([".toc"]))
  func tiedElections(name: String) throws {
    let rankings = try Rankings("\(beside)/\(name)")
    let fit = try PlackettLuceFit(rankings, model: .davidsonLuce)
    let objective = try DavidsonLuceObjective(ChoiceSets(rankings, strict: false), prior: nil)
    let optimum = fit.logWorths + fit.ties.map { log($0.prevalence) }
    let found = try #require(objective.evaluate(at: optimum))
    #expect(objective.mismatch(found.gradient) < 1e-8)
    let start = try #require(objective.evaluate(at: objective.start)).value
    #expect(fit.logLikelihood >= start)
    #expect(abs(fit.logLikelihood - found.value) < 1e-12 * abs(start))
  }
}
