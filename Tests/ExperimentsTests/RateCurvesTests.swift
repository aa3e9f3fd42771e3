import Formats
import Runs
import TestSupport
import Testing

@testable import Experiments

struct RateCurvesTests {
  @Test("the curves of runs end at what they logged, beside coders of the same bits")
  func curves() throws {
    try BarRuns.with { root, runs in
      try runs.train(
        MADEExperiment.self, in: "\(root)/one", "hidden=6", "steps=8", "evaluate-every=4")
      try runs.train(
        VAEExperiment.self, in: "\(root)/two", "latent=bernoulli:4", "steps=4", "seed=1")
      let drawn = try RateCurves(
        runs: ["\(root)/one", "\(root)/two"], lines: ["bits back, published=0.19"])
      let names = drawn.curves.map(\.name)
      #expect(
        names == ["one", "two", "context of 10", "context of 16", "bits back, published"])
      let lines = try Metrics(RunFolder(opening: "\(root)/one")).lines()
      let bounds = lines.compactMap { $0["validation_bound"]?.number }
      #expect(bounds.count == 2 && drawn.curves[0].points.count == 2)
      for (bound, point) in zip(bounds, drawn.curves[0].points) {
        #expect(abs(point.y - -bound / 16 / 0.693147) < 1e-5)
      }
      #expect(drawn.curves[4].points.map(\.y) == [0.19, 0.19])
      #expect(drawn.drawing.svg().contains("seconds of training"))
    }
  }

  @Test("what cannot be drawn is refused")
  func refusals() throws {
    try BarRuns.with { root, runs in
      try runs.train(MADEExperiment.self, in: "\(root)/one", "hidden=6", "steps=1")
      // Another seed tosses other coins for gray pixels.
      try runs.train(MADEExperiment.self, in: "\(root)/two", "hidden=6", "steps=1", "seed=2")
      func refusal(_ names: [String], _ lines: [String] = []) -> Failure.Kind? {
        let failure = #expect(throws: Failure.self) {
          try RateCurves(runs: names.map { "\(root)/\($0)" }, lines: lines)
        }
        return failure?.kind
      }
      #expect(refusal([]) == .usage)
      #expect(refusal(["one", "two"]) == .badData)
      for line in ["0.19", "x=", "x=0", "x=nan", "x=1=2"] {
        #expect(refusal(["one"], [line]) == .usage)
      }
    }
  }
}
