import Datasets
import Formats
import Runs
import Tensors
import TestSupport
import Testing

@testable import Experiments

struct MADEExperimentTests {
  @Test("a run of a masked network leaves curves by step and epoch, and a picture")
  func leaves() throws {
    try BarRuns.with { root, runs in
      try runs.train(
        MADEExperiment.self, in: "\(root)/made", "hidden=5", "steps=8", "evaluate-every=4",
        "log-every=2")
      let folder = try RunFolder(opening: "\(root)/made")
      #expect(try fileExists(folder.picture))
      #expect(try fileExists(folder.file("curves.svg")))
      let lines = try Metrics(folder).lines()
      let evaluated = lines.filter { $0["validation_bound"] != nil }
      #expect(evaluated.map { $0["step"] } == [4, 8])
      #expect(lines.allSatisfy { $0["epoch"] != nil && $0["seconds"] != nil })
      #expect(lines.contains { $0["step"] == 2 && $0["batch_loss"] != nil })
    }
  }

  @Test(
    "a run that is stopped at random moments ends as if it had never been",
    arguments: [["hidden=5"], ["hidden=5,6", "masks=3"], ["hidden=6", "order=any"]])
  func interrupted(texts: [String]) throws {
    try BarRuns.with { _, runs in
      try expectSameIfInterrupted(
        MADEExperiment.self, runs.settings(MADEExperiment.self, texts + ["steps=20"]))
    }
  }

  @Test(
    "what a run has learned writes images and reads them again",
    arguments: [["hidden=5", "masks=3"], ["hidden=6", "order=any"], ["hidden=6,5", "order=any"]])
  func writes(texts: [String]) throws {
    try BarRuns.with { root, runs in
      let summary = try runs.launch(MADEExperiment.self).begin(
        runs.settings(
          MADEExperiment.self, texts + ["steps=100", "learning-rate=0.01", "binarize=threshold"]),
        in: "\(root)/run")
      let run = try CodedRun(run: "\(root)/run", checkpoint: .last)
      let images = try ImageData(folder: runs.data, holdOut: true).test
      let file = try CompressedFile(BinaryImages(images, binarized: .threshold), by: run)
      try file.write(to: "\(root)/test.dsc")
      let read = try DecompressedFile("\(root)/test.dsc", run: "\(root)/run")
      try read.write(to: "\(root)/test.idx")
      let idx = try IDX("\(root)/test.idx", rank: 3)
      let pixels = (0..<images.count).flatMap { images.pixels(of: $0) }
      #expect(Array(idx.bytes[idx.start...]) == pixels.map { $0 >= 128 ? 255 : 0 })
      // The bound of any order is the mean of many, of which the file has one.
      if !texts.contains("order=any") {
        let nats = -(summary["test_bound"]?.number ?? .nan) * Double(images.count)
        #expect(abs(Double(file.bits) - nats / 0.693147) < 64)
      }
    }
  }

  @Test("eval finds what a run ended with: the likelihood, or its bound over all orders")
  func evaluation() throws {
    try BarRuns.with { root, runs in
      for (name, texts) in [("one", ["masks=2"]), ("any", ["order=any"])] {
        let path = "\(root)/\(name)"
        let summary = try runs.launch(MADEExperiment.self).begin(
          runs.settings(MADEExperiment.self, texts + ["hidden=6", "steps=20"]), in: path)
        func test(_ samples: Int? = nil, _ data: String? = nil) throws -> JSON {
          try TestedImages(run: path, checkpoint: .last, data: data, samples: samples).json
        }
        let found = try test()
        #expect(found["bound"] != nil && found["bound"] == summary["test_bound"])
        #expect(try test(nil, runs.data)["bound"] == found["bound"])
        guard name == "any" else {
          #expect(found["log_likelihood"] == found["bound"] && found["samples"] == nil)
          #expect(throws: Failure.self) { try test(5) }
          #expect(throws: Failure.self) { try test(nil, "glyphs") }
          continue
        }
        #expect(found["samples"] == 10 && found["log_likelihood"] == nil)
        let (few, many) = (try test(1)["bound"]?.number, try test(200)["bound"]?.number)
        #expect(few != many && abs((few ?? .nan) - (many ?? .nan)) < 2)
      }
    }
  }

  @Test("an order has one mask or more, any order none")
  func idleMasks() throws {
    try BarRuns.with { _, runs in
      let settings = try runs.settings(MADEExperiment.self, ["order=any", "masks=2"])
      #expect(throws: Failure.self) { try MADEExperiment(settings) }
    }
  }

  @Test("samples of any order take any number of steps, and those of one order none")
  func steps() throws {
    try BarRuns.with { root, runs in
      try runs.train(MADEExperiment.self, in: "\(root)/any", "hidden=6", "order=any", "steps=2")
      try runs.train(MADEExperiment.self, in: "\(root)/one", "hidden=6", "steps=2")
      func draw(_ run: String, _ steps: Int?) throws -> String {
        try DrawnImages(
          run: "\(root)/\(run)", checkpoint: .last, count: 3, steps: steps, seed: 2
        ).write(to: "\(root)/\(run)-\(steps ?? 0).png")
      }
      for steps in [nil, 1, 4, 16] { #expect(try fileExists(draw("any", steps))) }
      #expect(try fileExists(draw("one", nil)))
      #expect(throws: Failure.self) { try draw("one", 4) }
      for steps in [0, 1_000_000] { #expect(throws: Failure.self) { try draw("any", steps) } }
      let drawn = try TrainedMADE(run: "\(root)/any", checkpoint: .last)
      let pixels = drawn.width * drawn.height
      let all = try drawn.sample(5, steps: nil, seed: 3)
      #expect(all.shape == [5, pixels])
      #expect(try drawn.sample(5, steps: pixels, seed: 3).scalars == all.scalars)
    }
  }

  @Test("a run that is stopped before its work begins leaves nothing, or what was there")
  func stoppedBefore() throws {
    try BarRuns.with { _, runs in
      try expectUntouchedIfStoppedBefore(
        MADEExperiment.self, runs.settings(MADEExperiment.self, ["hidden=5"]))
    }
  }

  @Test("a masked network begins with the weights of another run")
  func begins() throws {
    try BarRuns.with { root, runs in
      try runs.train(MADEExperiment.self, in: "\(root)/first", "hidden=5", "steps=8")
      try runs.train(
        MADEExperiment.self, in: "\(root)/second", "hidden=5", "steps=1", "learning-rate=1e-30",
        "init=\(root)/first")
      let bounds = try ["first", "second"].map {
        try RunFolder(opening: "\(root)/\($0)").read("summary.json")["test_bound"]?.number
      }
      #expect(bounds[0] != nil && bounds[0] == bounds[1])
    }
  }
}
