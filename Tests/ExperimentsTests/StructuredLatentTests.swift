import Datasets
import Formats
import Runs
import Tensors
import TestSupport
import Testing

@testable import Experiments

/// Autoencoders whose latents are chains, trees and other structures.
struct StructuredLatentTests {
  @Test(
    "estimators that fit train structures, and are evaluated at hard samples",
    arguments: [
      "exact", "reinforce:baseline=leave-one-out", "rloo", "nvil", "vimco:samples=3", "remax",
      "muprop", "double-cv", "straight-through", "stochastic-softmax:temperature=1,rate=0.001",
      "imle", "sparse-map", "unordered-set", "sum-and-sample", "auto",
    ])
  func trains(estimator: String) throws {
    let isOther = ["vimco", "stochastic", "imle", "sparse"].contains { estimator.hasPrefix($0) }
    // Trees by elimination have no distinct states.
    let isDistinct = ["unordered-set", "sum-and-sample"].contains(estimator)
    for latent in [isDistinct ? "parse:4" : "tree:4", "chain:2x2"] {
      try BarRuns.with { root, runs in
        let path = "\(root)/run"
        let summary = try runs.train(
          VAEExperiment.self, in: path, "latent=\(latent)", "estimator=\(estimator)", "steps=12",
          "prior=learned")
        let bound = try #require(summary["test_bound"]?.number)
        #expect(bound.isFinite && bound < 0)
        #expect((summary["objective"] != nil) == isOther, "\(latent)")
        let model = try TrainedImageModel(run: path)
        #expect(try model.evaluate(on: model.data().test, samples: 5).bound.isFinite)
      }
    }
  }

  @Test(
    "every structure learns bars: better than independent pixels",
    arguments: [
      "tree:4", "chain:3x2", "parse:4", "segmentation:4x3", "arborescence:3", "alignment:2x3",
    ])
  func learns(latent: String) throws {
    try BarRuns.with { root, runs in
      let first = try runs.train(
        VAEExperiment.self, in: "\(root)/first", "latent=\(latent)", "steps=1")
      let last = try runs.train(
        VAEExperiment.self, in: "\(root)/last", "latent=\(latent)", "steps=60",
        "learning-rate=0.1", "prior=learned")
      let bounds = try [first, last].map { try #require($0["test_bound"]?.number) }
      #expect(bounds[1] > bounds[0] + 0.5, "\(bounds)")
    }
  }

  @Test("a run that was stopped anywhere ends as one that was not, in shards and with labels")
  func interrupted() throws {
    try BarRuns.with { _, runs in
      for texts in [
        ["latent=chain:2x2", "shards=4", "batch-size=8"],
        ["latent=tree:4", "labels=6", "label-estimator=exact"],
      ] {
        try expectSameIfInterrupted(
          VAEExperiment.self,
          runs.settings(VAEExperiment.self, texts + ["steps=12", "prior=learned", "log-every=5"]))
      }
    }
  }

  @Test("samples, codes and their columns; a coder and a form in PyTorch are refused")
  func use() throws {
    try BarRuns.with { root, runs in
      let path = "\(root)/run"
      try runs.train(VAEExperiment.self, in: path, "latent=tree:4", "steps=5")
      let model = try TrainedImageModel(run: path)
      #expect(model.sample(7).shape == [7, 16])
      let codes = try model.encode(model.data().test)
      #expect(codes.shape[1] == 6)
      // A tree of four vertices has three lines.
      #expect(codes.tensor.sum(along: -1).scalars.allSatisfy { $0 == 3 })
      #expect(model.codeColumns.map(\.description) == ["parts: 6 bits"])
      let coder = #expect(throws: Failure.self) { try CodedRun(run: path, checkpoint: .last) }
      #expect("\(coder as Any)".contains("latents of 'tree:4' have no coder"))
      let export = #expect(throws: Failure.self) { try PyTorchExport(run: path) }
      #expect("\(export as Any)".contains("latents of 'tree:4' have no form in PyTorch"))
    }
  }

  @Test(
    "latents that are none are one sentence",
    arguments: [
      ("tree:x", "expected tree:N"), ("tree:2x3", "expected tree:N"),
      ("chain:3", "expected chain:NxK"), ("chain:0x2", "expected chain:NxK"),
      ("tree:1", "a single state"), ("parse:900", "GiB"), ("kruskal:4", "tree:N"),
      ("trees:4", "tree:N"), ("tree:500", "the sums over spanning-tree:500"),
    ])
  func misfits(latent: String, words: String) {
    let error = #expect(throws: SettingError.self) { try Latents(latent, mostLayers: 1) }
    #expect("\(error as Any)".contains(words), "\(error as Any)")
  }
}
