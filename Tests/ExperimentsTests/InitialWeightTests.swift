import Formats
import Learning
import Models
import Runs
import Stochastics
import TestSupport
import Testing

@testable import Experiments
@testable import Tensors

struct InitialWeightTests {
  private func settings(_ root: String, _ values: (String, String)...) throws -> Settings {
    var settings = Settings(BeliefNetworkExperiment.settings)
    let common = [
      ("data", "\(root)/bars"), ("layers", "6"), ("batch-size", "9"), ("learning-rate", "0.05"),
    ]
    for (key, text) in common + values { try settings.set(key, to: text, from: .commandLine) }
    return settings
  }

  private func launch(stop: StopCheck = .never) -> Launch<BeliefNetworkExperiment> {
    Launch(policy: RunPolicy(isQuiet: true, stop: stop), environment: .null)
  }

  @Test("a run begins with the weights of another run, of a file, and with a fresh optimizer")
  func begins() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/bars")
      let first = "\(root)/first"
      _ = try launch().begin(settings(root, ("steps", "20")), in: first)
      let weights = try SafeTensors.read("\(first)/checkpoints/last.safetensors").tensors
      let model = weights.filter {
        !$0.name.hasPrefix("optimizer") && !$0.name.hasPrefix("estimator")
      }
      #expect(model.count < weights.count)
      // Without a checksum, as another program writes it.
      try SafeTensors.write(model, to: "\(root)/plain.safetensors")
      for (number, source) in [first, "\(root)/plain.safetensors"].enumerated() {
        let path = "\(root)/second-\(number)"
        // Another estimator has other learned parts; a stop before the first step keeps the start.
        let checkpoint = "\(path)/checkpoints/last.safetensors"
        #expect(throws: Failure.self) {
          try launch(stop: StopCheck { (try? fileExists(checkpoint)) == true }).begin(
            settings(root, ("steps", "5"), ("estimator", "reinforce"), ("init", source)), in: path)
        }
        let begun = try SafeTensors.read("\(path)/checkpoints/last.safetensors").tensors
        for (name, tensor) in model {
          let own = try #require(begun.first { $0.name == name }, "\(name)")
          #expect(own.tensor.scalars == tensor.scalars, "\(name)")
        }
        #expect(
          begun.filter { $0.name.hasPrefix("optimizer") }.allSatisfy { tensor in
            tensor.tensor.scalars.allSatisfy { $0 == 0 }
          })
        #expect(try RunFolder(opening: path).read("config.json")["init"] == JSON(source))
        // What it began with is not needed any more.
        _ = try launch().resume(path)
      }
    }
  }

  @Test("other shapes, more layers and a missing file are told before a folder is made")
  func mistakes() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/bars")
      _ = try launch().begin(settings(root, ("steps", "2")), in: "\(root)/first")
      for (layers, source, words) in [
        ("5", "\(root)/first", "has shape"), ("6,4", "\(root)/first", "no tensor"),
        ("6", "\(root)/none", "none"),
      ] {
        let error = try #require(throws: FormatError.self) {
          try launch().begin(
            settings(root, ("layers", layers), ("init", source)), in: "\(root)/second")
        }
        #expect(error.description.contains(words), "\(error)")
        #expect(try !fileExists("\(root)/second"))
      }
    }
  }

  @Test("a generator begins where an adversarial run has left its own")
  func generator() throws {
    try withTemporaryFolder { root in
      let metadata = ["adversarial": "true"]
      #expect(SequenceExperiment.initialPart(of: metadata).saved == "policy.generator.")
      #expect(SequenceExperiment.initialPart(of: [:]).saved == "pretraining.")
      var settings = Settings(SequenceExperiment.settings)
      for (key, text) in [
        ("vocabulary", "12"), ("length", "4"), ("sequences", "40"), ("embedding", "3"),
        ("hidden", "3"), ("pretrain-epochs", "1"), ("adversarial-steps", "1"), ("filters", "1x2"),
        ("discriminator-pretrain-rounds", "1"), ("evaluation-sequences", "10"),
      ] {
        try settings.set(key, to: text, from: .commandLine)
      }
      let launch = Launch<SequenceExperiment>(
        policy: RunPolicy(isQuiet: true, stop: .never), environment: .null)
      _ = try launch.begin(settings, in: "\(root)/first")
      try settings.set("init", to: "\(root)/first", from: .commandLine)
      try settings.set("pretrain-epochs", to: "0", from: .commandLine)
      try settings.set("adversarial-steps", to: "0", from: .commandLine)
      _ = try launch.begin(settings, in: "\(root)/second")
      let (a, b) = (
        try TrainedSequences(run: "\(root)/first"), try TrainedSequences(run: "\(root)/second")
      )
      #expect(a.generator.output.weight.scalars == b.generator.output.weight.scalars)
      // And sequences of any length are drawn from it.
      #expect(try a.sample(3, length: 9).tokens.shape == [3, 9])
      #expect(try a.distinct(3, length: 2).tokens.shape == [3, 2])
      #expect(throws: Failure.self) { try a.sample(3, length: 0) }
      #expect(throws: Failure.self) { try a.sample(3, prefix: "1,2,3", length: 2) }
    }
  }
}
