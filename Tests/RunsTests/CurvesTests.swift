import Formats
import Testing

@testable import Runs

struct CurvesTests {
  @Test(
    "figures that are compared with each other are a family",
    arguments: [
      ("validation_bound", "bound"), ("train_bound", "bound"), ("batch_bound", "bound"),
      ("ndcg_10", "ndcg"), ("variance/encoder.0", "variance"), ("exact", "exact"),
      ("nll_oracle", "nll_oracle"), ("test_", "test_"), ("learning_rate", "learning_rate"),
    ])
  func family(name: String, family: String) {
    #expect(Curves.family(of: name) == family)
  }

  @Test("finite numbers of lines with a step are points, and nothing else is")
  func points() throws {
    let curves = Curves([
      ["step": 1, "seconds": 0.5, "loss": 2, "phase": "a"],
      ["step": 2, "loss": .null], ["loss": 3], ["step": -1, "loss": 3], ["step": 4, "loss": 5],
      "nothing",
    ])
    let points = try #require(curves["loss"]).points
    #expect(points.map(\.step) == [1, 4] && points.map(\.value) == [2, 5])
    #expect(points.map(\.seconds) == [0.5, nil])
    #expect(curves["phase"] == nil && curves["seconds"] == nil)
  }

  @Test("evaluations come before batches, gradients and a learning rate, which must change")
  func order() {
    func names(_ rate: Double) -> [String] {
      Curves([
        ["step": 1, "learning_rate": 1, "variance/a": 1, "batch_loss": 3],
        ["step": 2, "learning_rate": JSON(rate), "validation_bound": -1],
      ]).shown.map(\.name)
    }
    #expect(names(1) == ["bound", "loss", "variance"])
    #expect(names(2) == ["bound", "loss", "variance", "learning_rate"])
  }

  @Test("figures of parts of the data come before those of a diagnosis, which are logged earlier")
  func diagnosis() {
    let curves = Curves([
      ["step": 1, "wasted_pairs": 0.1, "variance/a": 1], ["step": 2, "validation_bound": -1],
    ])
    #expect(curves.shown.map(\.name) == ["bound", "wasted_pairs", "variance"])
    #expect(Curves.panel(curves.shown[0]).yLabel == "nats")
  }

  @Test("long curves keep the mean of all their points in as many as can be told apart")
  func thinned() {
    let points = (0..<4000).map { (x: Double($0), y: Double($0 % 2)) }
    let thin = Curves.thinned(points)
    #expect(thin.count == 400)
    #expect(thin.allSatisfy { $0.y == 0.5 } && thin[0].x == 4.5)
    #expect(Curves.thinned(Array(points.prefix(400))).count == 400)
  }
}
