import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

struct RankingReadingTests {
  private static func rankings(
    _ items: Int, _ orders: [[[Int]]], unnamed: Rankings.Unnamed = .absent
  ) -> Rankings {
    Rankings(
      items: (0..<items).map { "item \($0)" }, entries: orders.map { .init(groups: $0) },
      unnamed: unnamed)
  }

  /// A before B, B before C, C before A, A before C.
  private static let cycle: [[[Int]]] = [[[0], [1]], [[1], [2]], [[2], [0]], [[0], [2]]]

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test(
    "Absent items are compared with nobody: the Bradley-Terry maximum, by every solver and model")
  func bradleyTerry() throws {
    // By symmetry log-worths are (x, 0, -x), where A wins as often as expected: 2 = σ(x) + 2 σ(2x).
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let x = (low + high) / 2
      if Self.sigmoid(x) + 2 * Self.sigmoid(2 * x) < 2 { low = x } else { high = x }
    }
    let x = low
    #expect(abs(x - 0.4196) < 1e-4)
    let value = 2 * log(Self.sigmoid(x)) + log(Self.sigmoid(2 * x)) + log(Self.sigmoid(-2 * x))
    let data = Self.rankings(3, Self.cycle)
    for (model, solver) in [
      (.plackettLuce, .newton), (.plackettLuce, .minorizeMaximize),
      (.plackettLuce, .iterativeSpectral), (.davidsonLuce, .newton),
    ] as [(PlackettLuceFit.Model, PlackettLuceFit.Solver)] {
      let fit = try PlackettLuceFit(data, model: model, solver: solver)
      #expect(RankingFitTests.greatestDifference(fit.logWorths, [x, 0, -x]) < 1e-9)
      #expect(abs(fit.logLikelihood - value) < 1e-9 && fit.unnamed == .absent)
      #expect(abs(try fit.logLikelihood(of: data) - value) < 1e-9)
      let last = try PlackettLuceFit(Self.rankings(3, Self.cycle, unnamed: .last))
      #expect(last.order == [0, 2, 1] && last.unnamed == .last)
    }
  }

  @Test("Likelihoods are those of the stages among what is named", arguments: [6, 70])
  func stages(items: Int) throws {
    for ties in [false, true] {
      var data = RankingFitTests.drawn(
        80, logWorths: (0..<items).map { sin(Double($0)) }, ties: ties)
      // Half of the places, so that there are sets of every size.
      data = Rankings(
        items: data.items,
        entries: data.entries.map {
          .init(groups: $0.groups.suffix(4), multiplicity: $0.multiplicity)
        },
        unnamed: .absent)
      let logWorths = (0..<items).map { cos(Double($0)) }
      let prevalences = [1: 0.0, 2: -0.7, 3: 0.4]
      let fit = PlackettLuceFit(
        model: ties ? .davidsonLuce : .plackettLuce, solver: .newton, items: data.items,
        logWorths: logWorths, standardErrors: logWorths,
        ties: ties ? [2, 3].map { .init(size: $0, prevalence: exp(prevalences[$0]!)) } : [],
        logLikelihood: 0, rankings: 0, iterations: 0)
      func part(_ group: [Int]) -> Double {
        let mean = group.reduce(0) { $0 + logWorths[$1] } / Double(group.count)
        return prevalences[group.count]! + mean
      }
      var value = 0.0
      for entry in data.entries {
        var left = Array(entry.groups.joined())
        for group in entry.groups where left.count > 1 {
          let groups = (1..<(1 << left.count)).map { mask in
            left.indices.filter { mask >> $0 & 1 == 1 }.map { left[$0] }
          }.filter { $0.count <= (ties ? 3 : 1) }
          let normalizer = groups.reduce(0) { $0 + exp(part($1)) }
          value += Double(entry.multiplicity) * (part(group) - log(normalizer))
          left.removeAll(where: group.contains)
        }
      }
      #expect(abs(try fit.logLikelihood(of: data) - value) < 1e-9 * abs(value))
    }
  }

  @Test("What is left over of a line may be tied, and connects nothing that it does not name")
  func connections() throws {
    let open = Self.rankings(4, Self.cycle + [[[3], [0, 1]], [[0], [3]]])
    let fit = try PlackettLuceFit(open)
    let closed = Self.rankings(4, Self.cycle + [[[3], [0, 1]], [[0], [3]]], unnamed: .last)
    #expect(throws: RankingFitError.self) { try PlackettLuceFit(closed) }
    // The three pairs of the cycle, 3 before 0 and 1, and 0 before 3.
    let sets = try ChoiceSets(open, strict: true)
    #expect(sets.sizes.sorted() == [2, 2, 2, 2, 3] && fit.logWorths[3].isFinite)
    let apart = Self.rankings(4, Self.cycle + [[[3]]])
    #expect(throws: RankingFitError.notConnected(items: ["item 3"], place: .first)) {
      try PlackettLuceFit(apart)
    }
    #expect(throws: RankingFitError.notConnected(items: ["item 3"], place: .last)) {
      try PlackettLuceFit(Self.rankings(4, Self.cycle + [[[2], [3]]]))
    }
    _ = try PlackettLuceFit(apart, prior: 0.5)
  }

  @Test("Voters who are held out are read as the others")
  func split() {
    var generator = Philox(seed: 2)
    let parts = Self.rankings(3, Self.cycle).split(holdingOut: 0.5, using: &generator)
    #expect(parts.kept.unnamed == .absent && parts.heldOut.unnamed == .absent)
  }

  @Test("Contrasts of wins in a chain: the errors are those of the two proportions")
  func contrasts() throws {
    // 30 to 10 and 12 to 8: log-odds with variances 1 / (n p (1 - p)), which add up along the
    // chain.
    let data = Rankings(
      items: ["a", "b", "c"],
      entries: [([0, 1], 30), ([1, 0], 10), ([1, 2], 12), ([2, 1], 8)].map { pair, count in
        .init(groups: pair.map { [$0] }, multiplicity: count)
      }, unnamed: .absent)
    let (first, second) = (1.0 / 30 + 1.0 / 10, 1.0 / 12 + 1.0 / 8)
    for model in PlackettLuceFit.Model.allCases {
      let fit = try PlackettLuceFit(data, model: model)
      for (a, b, difference, variance) in [
        (0, 1, log(3), first), (1, 2, log(1.5), second), (0, 2, log(4.5), first + second),
        (2, 0, -log(4.5), first + second),
      ] {
        let contrast = fit.contrast(a, b)
        #expect(abs(contrast.difference - difference) < 1e-9)
        #expect(abs(contrast.standardError - variance.squareRoot()) < 1e-9)
        #expect(abs(contrast.z - difference / variance.squareRoot()) < 1e-8)
      }
      let relative = fit.relative(to: 1)
      #expect(
        RankingFitTests.greatestDifference(relative.logWorths, [log(3), 0, -log(1.5)]) < 1e-9)
      #expect(
        RankingFitTests.greatestDifference(
          relative.standardErrors, [first.squareRoot(), 0, second.squareRoot()]) < 1e-9)
      // The two differences from b have no game in common.
      #expect(abs(try #require(relative.covariance)[2]) < 1e-9)
      #expect(RankingFitTests.greatestDifference(relative.worths, fit.worths) < 1e-12)
      #expect(abs(relative.contrast(0, 2).standardError - (first + second).squareRoot()) < 1e-9)
    }
  }

  @Test("The covariance is that of log-worths that sum to zero")
  func covariance() throws {
    for (ties, prior) in [(false, 0), (true, 0), (false, 0.5), (true, 0.5)] {
      let data = RankingFitTests.drawn(200, logWorths: [0.5, 0.2, 0, -0.2, -0.5, 0.1], ties: ties)
      let fit = try PlackettLuceFit(
        data, model: ties ? .davidsonLuce : .plackettLuce, prior: prior)
      let covariance = try #require(fit.covariance)
      for row in 0..<6 {
        #expect(abs(covariance[row * 6..<row * 6 + 6].reduce(0, +)) < 1e-12)
        #expect(abs(covariance[row * 7].squareRoot() - fit.standardErrors[row]) < 1e-12)
        for column in 0..<row {
          #expect(abs(covariance[row * 6 + column] - covariance[column * 6 + row]) < 1e-12)
        }
      }
    }
  }
}
