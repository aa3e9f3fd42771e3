import Datasets
import Experiments
import Formats
import Runs
import Tensors
import TestSupport
import Testing

/// Runs of `train vae`, on the glyphs that are its default.
struct VAEExperimentTests {
  private let launch = Launch<VAEExperiment>(
    policy: RunPolicy(isQuiet: true, stop: .never), environment: .null)

  private func train(_ texts: [String], in path: String) throws -> JSON {
    var settings = Settings(VAEExperiment.settings)
    for text in ["steps=40"] + texts {
      let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
      try settings.set(pair[0], to: pair[1], from: .commandLine)
    }
    return try launch.begin(settings, in: path)
  }

  @Test(
    "every estimator trains bits or classes, and is evaluated at hard samples",
    arguments: [
      "exact", "reinforce:baseline=leave-one-out", "nvil", "vimco:samples=3", "disarm", "muprop",
      "rebar", "relax", "double-cv", "gumbel-softmax:temperature=1,rate=0.001", "straight-through",
      "st-gumbel-softmax", "gumbel-rao", "reinmax", "sum-and-sample:baseline=moving-average",
      "carms", "auto",
    ])
  func trains(estimator: String) throws {
    for latent in ["bernoulli:6", "categorical:3x4"] {
      try withTemporaryFolder { root in
        let path = "\(root)/run"
        let summary = try train(["latent=\(latent)", "estimator=\(estimator)"], in: path)
        let bound = try #require(summary["test_bound"]?.number)
        #expect(bound.isFinite && bound < 0)
        let isOther = estimator.hasPrefix("gumbel-softmax") || estimator.hasPrefix("vimco")
        #expect((summary["objective"] != nil) == isOther)
        let model = try TrainedImageModel(run: path)
        let found = try model.evaluate(on: model.data().test, samples: 1)
        #expect(abs(found.bound - bound) < 2)
      }
    }
  }

  @Test(
    "a posterior whose bits depend on each other trains by what needs a probability alone",
    arguments: [
      "exact", "reinforce:baseline=leave-one-out", "reinforce:baseline=network", "nvil", "rloo",
      "grpo", "vimco:samples=3", "auto",
    ])
  func maskedPosterior(estimator: String) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let texts = ["latent=bernoulli:6", "posterior=made", "estimator=\(estimator)"]
      let summary = try train(texts, in: path)
      let bound = try #require(summary["test_bound"]?.number)
      #expect((summary["objective"] != nil) == estimator.hasPrefix("vimco"))
      let model = try TrainedImageModel(run: path)
      let found = try model.evaluate(on: model.data().test, samples: 1)
      #expect(abs(found.bound - bound) < 2)
      #expect(try model.encode(model.data().test[0..<9]).shape == [9, 6])
      #expect(try RunFolder(opening: path).read("config.json")["kl"] == .null)
    }
  }

  @Test(
    "what a masked posterior has not is refused by a sentence that names what fits",
    arguments: [
      ["kl=analytic"], ["latent=categorical:3x4"], ["labels=50"], ["estimator=reinmax"],
      ["estimator=disarm"], ["estimator=gumbel-softmax"],
    ])
  func refusals(texts: [String]) throws {
    try withTemporaryFolder { root in
      let failure = try #require(throws: Failure.self) {
        try train(["posterior=made"] + texts, in: "\(root)/run")
      }
      if texts[0].hasPrefix("estimator") {
        #expect(
          failure.description.contains(
            "bits of a masked network; those that do are reinforce, nvil,"))
      }
      #expect(try !fileExists("\(root)/run"))
    }
  }

  @Test(
    "a run with a masked posterior that is stopped at random moments ends as if it had not been")
  func interrupted() throws {
    var settings = Settings(VAEExperiment.settings)
    for (key, text) in [
      ("latent", "bernoulli:6"), ("posterior", "made"), ("prior", "made"), ("steps", "20"),
      ("estimator", "reinforce:baseline=moving-average"),
    ] {
      try settings.set(key, to: text, from: .commandLine)
    }
    try expectSameIfInterrupted(VAEExperiment.self, settings)
  }

  @Test(
    "a few labels: summed out or sampled, with an accuracy and a resumable run",
    arguments: ["exact", "reinforce:baseline=leave-one-out", "gumbel-softmax"])
  func labels(estimator: String) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let summary = try train(
        ["latent=bernoulli:8", "labels=50", "label-estimator=\(estimator)", "hidden=16"], in: path)
      let accuracy = try #require(summary["test_accuracy"]?.number)
      #expect(accuracy > 0.2 && accuracy <= 1)
      #expect(try launch.resume(path, lengths: [("steps", "50")])["steps"] == 50)
      let drawn = try TrainedImageModel(run: path).sample(10)
      #expect(drawn.shape[0] == 10 && drawn.scalars.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("diagnostics stand in the metrics")
  func diagnostics() throws {
    try withTemporaryFolder { root in
      _ = try train(["estimator=gumbel-softmax", "diagnostics=20"], in: "\(root)/run")
      let text = try text(of: "\(root)/run/metrics.jsonl")
      #expect(text.contains("\"variance/encoder\"") && text.contains("\"snr/decoder\""))
      #expect(text.contains("\"relaxed_gap\""))
    }
  }
}
