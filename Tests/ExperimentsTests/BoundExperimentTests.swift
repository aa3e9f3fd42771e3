import Experiments
import Formats
import Foundation
import Learning
import Runs
import Tensors
import TestSupport
import Testing

struct BoundExperimentTests {
  @Test(
    "a run that is stopped at random moments ends as if it had never been",
    arguments: [
      ["estimator=nvil", "layers=4", "diagnostics=4"],
      [
        "layers=4,3", "estimator=reinforce:baseline=moving-average",
        "optimizer=sgd:momentum=0.9,nesterov=true",
      ],
      ["latent=categorical:2x3", "optimizer=rmsprop", "schedule=cosine"],
      ["layers=4", "hidden=3", "estimator=disarm", "binarize=static", "hold-out=false"],
    ], [1, 2] as [UInt64])
  func interruptedNetwork(texts: [String], seed: UInt64) throws {
    try BarRuns.with { _, runs in
      try expectSameIfInterrupted(
        BeliefNetworkExperiment.self,
        runs.settings(BeliefNetworkExperiment.self, texts + ["steps=20"]), seed: seed,
        // A diagnosis asks twenty times, and begins again where it was stopped.
        atMost: texts.contains("diagnostics=4") ? 40 : 12)
    }
  }

  @Test(
    "so does a run of an autoencoder",
    arguments: [
      ["latent=bernoulli:4", "estimator=vimco:samples=3"],
      ["latent=categorical:2x3", "estimator=gumbel-softmax:rate=0.001", "schedule=linear"],
      ["latent=bernoulli:4", "labels=10", "label-estimator=reinforce:baseline=leave-one-out"],
      ["latent=bernoulli:4", "kl=sampled", "estimator=relax"],
    ])
  func interruptedAutoencoder(texts: [String]) throws {
    try BarRuns.with { _, runs in
      try expectSameIfInterrupted(
        VAEExperiment.self, runs.settings(VAEExperiment.self, texts + ["steps=20"]))
    }
  }

  @Test(
    "a run that is stopped before its work begins leaves nothing, or what was there",
    arguments: [["layers=9"], ["layers=9", "estimator=auto"]])
  func stoppedBefore(texts: [String]) throws {
    try BarRuns.with { _, runs in
      try expectUntouchedIfStoppedBefore(
        BeliefNetworkExperiment.self,
        runs.settings(BeliefNetworkExperiment.self, texts + ["steps=2"]))
    }
  }

  @Test("so does a run of an autoencoder with labels")
  func autoencoderStoppedBefore() throws {
    try BarRuns.with { _, runs in
      try expectUntouchedIfStoppedBefore(
        VAEExperiment.self,
        runs.settings(
          VAEExperiment.self,
          [
            "latent=bernoulli:4", "labels=10", "steps=2",
            "label-estimator=reinforce:baseline=leave-one-out",
          ]))
    }
  }

  @Test(
    "a run that is made longer, also in the middle of an epoch, ends as one of that length",
    arguments: [
      ["layers=5"], ["layers=8", "estimator=nvil"],
      ["layers=8", "optimizer=sgd:momentum=0.9,nesterov=true"],
      ["layers=6,4", "estimator=reinforce:baseline=moving-average"],
      ["latent=categorical:2x5", "optimizer=rmsprop", "schedule=cosine:over=40"],
    ], [("4", "6"), ("6", "13"), ("17", "40")])
  func extended(texts: [String], stops: (String, String)) throws {
    try BarRuns.with { root, runs in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      let launch = runs.launch(BeliefNetworkExperiment.self)
      for (path, steps) in [(whole, stops.1), (parts, stops.0)] {
        _ = try launch.begin(
          runs.settings(BeliefNetworkExperiment.self, texts + ["steps=\(steps)"]), in: path)
      }
      _ = try launch.resume(parts, lengths: [("steps", stops.1)])
      for name in [
        "checkpoints/last.safetensors", "metrics.jsonl", "metrics.csv", "samples/final.png",
        "config.json",
      ] {
        #expect(
          try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
      }
      let best = try [whole, parts].map {
        try Checkpoint.content(of: "\($0)/checkpoints/best.safetensors")
      }
      #expect(best[0].metadata["step"] == best[1].metadata["step"])
      let tensors = try [whole, parts].map {
        try SafeTensors.read("\($0)/checkpoints/best.safetensors").tensors
      }
      #expect(tensors[0].map(\.name) == tensors[1].map(\.name))
      for (one, other) in zip(tensors[0], tensors[1]) {
        #expect(one.tensor.shape == other.tensor.shape, "\(one.name)")
        #expect(
          one.tensor.scalars.map(\.bitPattern) == other.tensor.scalars.map(\.bitPattern),
          "\(one.name)")
      }
    }
  }

  @Test("a length of another kind replaces the one of the run")
  func otherLength() throws {
    try BarRuns.with { root, runs in
      try runs.train(BeliefNetworkExperiment.self, in: "\(root)/run", "layers=8", "steps=3")
      let summary = try runs.launch(BeliefNetworkExperiment.self).resume(
        "\(root)/run", lengths: [("epochs", "2")])
      #expect(summary["steps"] == 12)
    }
  }

  /// The measured rows of `auto.json`.
  private func rows(_ path: String) throws -> [JSON] {
    try #require(JSON(file: "\(path)/auto.json")["measured"]?.array)
  }

  @Test("auto chooses the same estimator for the same seed, and the run keeps why")
  func auto() throws {
    try BarRuns.with { root, runs in
      for name in ["a", "b"] {
        try runs.train(
          VAEExperiment.self, in: "\(root)/\(name)", "latent=bernoulli:8", "estimator=auto",
          "steps=6")
        for file in ["auto.json", "config.json", "checkpoints/last.safetensors"] {
          #expect(
            try steadyBytes(of: "\(root)/a/\(file)") == steadyBytes(of: "\(root)/\(name)/\(file)"))
        }
      }
      let rows = try rows("\(root)/a")
      #expect(rows.count >= 6)
      let works = rows.compactMap { $0["work"]?.number }
      #expect(works == works.sorted() && works.count == rows.count)
      for row in rows {
        let work = try #require(row["variance"]?.number) * #require(row["evaluations"]?.number)
        #expect(work == row["work"]?.number)
      }
      // REBAR calls the cost three times, double control variates twice.
      for (name, calls) in [("rebar", 3.0), ("double-cv", 2), ("muprop", 2)] {
        #expect(rows.first { $0["estimator"]?.string == name }?["evaluations"]?.number == calls)
      }
      let config = try JSON(file: "\(root)/a/config.json")
      let chosen = try #require(rows[0]["estimator"]?.string)
      #expect(try config["estimator"] == shown(chosen))
      // The user has asked for auto, and not for what it found.
      #expect(try JSON(file: "\(root)/a/overrides.json")["estimator"] == nil)
      let before = try bytes(of: "\(root)/a/config.json")
      _ = try runs.launch(VAEExperiment.self).resume("\(root)/a", lengths: [("steps", "9")])
      #expect(try JSON(file: "\(root)/a/config.json")["estimator"] == config["estimator"])
      #expect(try bytes(of: "\(root)/a/config.json") != before)
    }
  }

  /// An estimator's text as a configuration shows it.
  private func shown(_ text: String) throws -> JSON {
    var settings = Settings(VAEExperiment.settings)
    try settings.set("estimator", to: text, from: .commandLine)
    return try #require(settings.json["estimator"])
  }

  @Test("auto lists a few states, and tells line by line what it found")
  func told() throws {
    try BarRuns.with { root, runs in
      let lines = Lines()
      let launch = runs.launch(BeliefNetworkExperiment.self, tell: { lines.append($0) })
      func train(_ name: String, _ layers: String) throws {
        _ = try launch.begin(
          runs.settings(
            BeliefNetworkExperiment.self, ["layers=\(layers)", "estimator=auto", "steps=1"]),
          in: "\(root)/\(name)")
      }
      try train("few", "5")
      #expect(lines.all == ["auto: exact, the latents have 32 joint states"])
      #expect(try JSON(file: "\(root)/few/config.json")["estimator"] == ["name": "exact"])
      lines.clear()
      try train("many", "9")
      #expect(lines.all[0].hasPrefix("auto: "))
      #expect(lines.all.count == 10 && lines.all.allSatisfy { !$0.contains("\n") })
    }
  }

  @Test("validation images are held out unless a run says otherwise")
  func holdOut() throws {
    try BarRuns.with { root, runs in
      for (name, texts, steps) in [("out", [], 12), ("in", ["hold-out=false"], 14)] {
        let settings = try runs.settings(
          BeliefNetworkExperiment.self, ["layers=3", "epochs=2"] + texts)
        let summary = try runs.launch(BeliefNetworkExperiment.self)
          .begin(settings, in: "\(root)/\(name)")
        #expect(summary["steps"] == JSON(steps))
      }
      let digests = try ["out", "in"].map {
        try Checkpoint.metadata(of: "\(root)/\($0)/checkpoints/last.safetensors")["data"]
      }
      #expect(digests[0] != digests[1] && digests[0] != nil)
    }
  }

  @Test("a rate that falls to zero does so at the end of the run, unless it says when")
  func schedule() throws {
    try BarRuns.with { root, runs in
      for (place, (schedule, rate)) in [
        ("linear", 0), ("cosine", 0), ("linear:over=24", 0.0005), ("constant", 0.001),
      ].enumerated() {
        let path = "\(root)/\(place)"
        try runs.train(
          BeliefNetworkExperiment.self, in: path, "layers=3", "epochs=2", "schedule=\(schedule)")
        let last = try #require(Metrics(RunFolder(opening: path)).lines().last)
        #expect(abs(try #require(last["learning_rate"]?.number) - rate) < 1e-12, "\(schedule)")
      }
      let failure = try #require(throws: Failure.self) {
        try runs.train(
          BeliefNetworkExperiment.self, in: "\(root)/run", "minutes=1", "schedule=cosine")
      }
      #expect(failure.kind == .usage && failure.description.contains("over"))
      #expect(try !fileExists("\(root)/run"))
    }
  }

  @Test("a folder of data is kept by its path from the root, and other data are refused")
  func data() throws {
    try BarRuns.with { root, runs in
      let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
      let relative = String(repeating: "../", count: depth) + runs.data.dropFirst()
      let path = "\(root)/run"
      try runs.train(
        BeliefNetworkExperiment.self, in: path, "data=\(relative)", "layers=3", "steps=2")
      let kept = try #require(JSON(file: "\(path)/config.json")["data"]?.string)
      #expect(kept.hasPrefix("/") && kept.hasSuffix(relative))
      try write(barImages(13), to: "\(runs.data)/t10k-images-idx3-ubyte")
      try FileManager.default.removeItem(atPath: "\(runs.data)/t10k-labels-idx1-ubyte")
      let failure = try #require(throws: Failure.self) {
        try runs.launch(BeliefNetworkExperiment.self).resume(path, lengths: [("steps", "4")])
      }
      #expect(failure.kind == .badData && failure.description.contains("its data have changed"))
    }
  }

  @Test("a run of another model is named as what it is")
  func otherModel() throws {
    try BarRuns.with { root, runs in
      try runs.train(BeliefNetworkExperiment.self, in: "\(root)/run", "layers=3", "steps=1")
      let failure = try #require(throws: Failure.self) {
        try runs.launch(VAEExperiment.self).resume("\(root)/run")
      }
      #expect(failure.kind == .usage)
      #expect(failure.description == "\(root)/run: a run of 'belief-network', expected 'vae'")
    }
  }

  @Test("settings are kept as numbers, truth values, lists and names with options")
  func typed() throws {
    try BarRuns.with { root, runs in
      let path = "\(root)/run"
      try runs.train(
        BeliefNetworkExperiment.self, in: path, "layers=4,3", "steps=1",
        "estimator=nvil:units=3,reinforce:baseline=leave-one-out")
      let config = try JSON(file: "\(path)/config.json")
      #expect(
        config["layers"] == [4, 3] && config["hold-out"] == true && config["epochs"] == .null)
      #expect(
        config["estimator"] == [
          [
            "name": "nvil", "samples": 1, "decay": 0.8, "units": 3, "normalize": "of-inputs",
          ],
          ["name": "reinforce", "samples": 2, "baseline": "leave-one-out"],
        ])
      #expect(config["learning-rate"] == 0.001 && config["latent"] == .null)
      // It is read again as it was.
      _ = try runs.launch(BeliefNetworkExperiment.self).resume(path, lengths: [("steps", "2")])
      let again = try JSON(file: "\(path)/config.json")
      #expect(again["estimator"] == config["estimator"] && again["layers"] == config["layers"])
    }
  }
}
