import Datasets
import Experiments
import Formats
import Runs
import Tensors
import TestSupport
import Testing

struct TrainedImageModelTests {
  @Test("a model that is loaded evaluates as its run did, samples and encodes")
  func use() throws {
    try BarRuns.with { root, runs in
      let path = "\(root)/run"
      let summary = try runs.train(
        BeliefNetworkExperiment.self, in: path, "layers=8,5", "steps=30")
      let model = try TrainedImageModel(run: path)
      #expect(model.width == 4 && model.height == 4)
      let data = try model.data()
      let once = try model.evaluate(on: data.test, samples: 1)
      #expect(once.images == 12 && once.samples == 1 && once.bound == once.logLikelihood)
      #expect(JSON(once.bound) == summary["test_bound"])
      let often = try model.evaluate(on: data.test, samples: 40)
      #expect(often.logLikelihood > often.bound)
      #expect(try model.evaluate(on: data.test, samples: 40) == often)
      #expect(try model.evaluate(on: data.validation, samples: 1).images == 10)
      let best = try TrainedImageModel(run: path, checkpoint: .best)
      let validation = try best.evaluate(on: data.validation, samples: 1).bound
      #expect(JSON(validation) == summary["best_validation_bound"])

      let samples = model.sample(3, seed: 2)
      #expect(samples.shape == [3, 16] && samples.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
      #expect(model.sample(3, seed: 2).scalars == samples.scalars)
      #expect(model.sample(3, seed: 3).scalars != samples.scalars)
      let codes = model.encode(data.test)
      #expect(codes.shape == [12, 8])
      // Images that are equal have one code: the bars come again after eight.
      let repeated = try TrainedImageModel(run: path).encode(data.test[0..<5])
      #expect(codes.tensor.scalars.prefix(40) == repeated.tensor.scalars[...])
      // Gray pixels are cut at a half unless coins are asked for.
      let coins = model.encode(data.test, binarization: .fixed(seed: 1))
      #expect(
        model.encode(data.test, binarization: .threshold).tensor.scalars == codes.tensor.scalars
          && coins.tensor.scalars != codes.tensor.scalars)
      #expect(model.codeColumns.map(\.description) == ["first layer: 8 bits"])
    }
  }

  @Test("autoencoders of classes and with labels are loaded too")
  func autoencoders() throws {
    try BarRuns.with { root, runs in
      for (place, texts) in [
        ["latent=categorical:3x4", "labels=7"], ["latent=categorical:3x4"],
        ["latent=bernoulli:5", "labels=7"],
      ].enumerated() {
        let path = "\(root)/\(place)"
        let summary = try runs.launch(VAEExperiment.self).begin(
          runs.settings(VAEExperiment.self, texts + ["hidden=6", "steps=7"]), in: path)
        let model = try TrainedImageModel(run: path)
        let found = try model.evaluate(on: model.data().test, samples: 1)
        #expect(JSON(found.bound) == summary["test_bound"])
        #expect(model.sample(2).shape == [2, 16])
        let width = try model.encode(model.data().test).shape[1]
        #expect(model.codeColumns.map(\.count).reduce(0, +) == width)
        #expect(
          model.codeColumns.map(\.description)
            == [
              ["label: one-hot over 2", "latents: 3 variables, each one-hot over 4"],
              ["latents: 3 variables, each one-hot over 4"],
              ["label: one-hot over 2", "latents: 5 bits"],
            ][place])
      }
    }
  }

  @Test("an evaluation can be stopped")
  func stopped() throws {
    try BarRuns.with { root, runs in
      try runs.train(BeliefNetworkExperiment.self, in: "\(root)/run", "layers=3", "steps=1")
      let model = try TrainedImageModel(run: "\(root)/run")
      let test = try model.data().test
      #expect(throws: Stopped.self) { try model.evaluate(on: test, StopCheck { true }) }
    }
  }

  @Test("what is no such run is named as what it is")
  func others() throws {
    try withTemporaryFolder { root in
      #expect(throws: FormatError.self) { try TrainedImageModel(run: "\(root)/none") }
      let slopes = Launch<SlopeExperiment>(policy: RunPolicy(isQuiet: true, stop: .never))
      _ = try slopes.begin(Settings(SlopeExperiment.settings), in: "\(root)/slope")
      let failure = try #require(throws: Failure.self) {
        try TrainedImageModel(run: "\(root)/slope")
      }
      #expect(failure.kind == .usage)
      #expect(failure.description.contains("expected one of 'belief-network' or 'vae'"))
    }
  }
}
