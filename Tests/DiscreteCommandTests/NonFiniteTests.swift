import Formats
import Foundation
import Learning
import Tensors
import TestSupport
import Testing

struct NonFiniteTests {
  /// The tensors of a checkpoint under their full names.
  private struct Bag: Parameterized, Sendable {
    var tensors: [(name: String, tensor: Tensor)]

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      for place in tensors.indices { visitor.visit(tensors[place].name, &tensors[place].tensor) }
    }
  }

  /// Puts one NaN into the first tensor of a checkpoint whose name begins so.
  private static func spoil(_ path: String, _ prefix: String = "") throws {
    var tensors = try SafeTensors.read(path).tensors.map { (name: $0.name, tensor: $0.tensor) }
    let place = try #require(tensors.firstIndex { $0.name.hasPrefix(prefix) })
    var values = tensors[place].tensor.scalars
    values[values.count - 1] = .nan
    tensors[place].tensor = Tensor(values, shape: tensors[place].tensor.shape)
    try Checkpoint.save(
      Bag(tensors: tensors), metadata: try Checkpoint.metadata(of: path), to: path)
  }

  @Test("Runs of sequences with such weights are refused by every verb")
  func sequences() throws {
    try withTemporaryFolder { root in
      let run = "\(root)/run"
      let trained = try discrete(
        TinySequences.arguments("--out", run) + TinySequences.random, in: root)
      #expect(trained.code == 0, "\(trained.errors)")
      let last = "\(run)/checkpoints/last.safetensors"
      try Self.spoil(last, "policy.generator.")
      for verb in ["eval", "sample", "sweep"] {
        expectFailure(try discrete([verb, run], in: root), 1, [last, "is not finite"])
      }
      let resumed = try discrete(["train", "sequence-gan", "--resume", run, "--quiet"], in: root)
      expectFailure(resumed, 1, [last, "is not finite"])
    }
  }

  @Test("Runs of images and of a sorter with such weights are refused by every verb")
  func others() throws {
    try withTemporaryFolder { root in
      let (data, run) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--steps", "3", "--out", run), in: root).code == 0)
      let last = "\(run)/checkpoints/last.safetensors"
      try Self.spoil(last)
      for verb in ["eval", "sample", "encode"] {
        expectFailure(try discrete([verb, run], in: root), 1, [last, "is not finite"])
      }
      expectFailure(
        try discrete(
          ["train", "belief-network", "--resume", run, "--steps", "9", "--quiet"], in: root), 1,
        [last, "is not finite"])

      let sorter = "\(root)/sorter"
      let train = [
        "train", "sorter", "--data", "numbers", "--length", "3", "--evaluation-sequences", "30",
        "--quiet",
      ]
      #expect(try discrete(train + ["--steps", "2", "--out", sorter], in: root).code == 0)
      let checkpoint = "\(sorter)/checkpoints/last.safetensors"
      try Self.spoil(checkpoint)
      expectFailure(try discrete(["eval", sorter], in: root), 1, [checkpoint, "is not finite"])
      expectFailure(
        try discrete(["train", "sorter", "--resume", sorter, "--steps", "9", "--quiet"], in: root),
        1,
        [checkpoint, "is not finite"])
    }
  }

  @Test("A run that a verb is not for is named as what it is")
  func otherRuns() throws {
    try withTemporaryFolder { root in
      let sorter = "\(root)/sorter"
      let train = [
        "train", "sorter", "--data", "numbers", "--length", "3", "--evaluation-sequences", "30",
        "--quiet", "--steps", "1", "--out", sorter,
      ]
      #expect(try discrete(train, in: root).code == 0)
      for verb in ["sample", "encode"] {
        expectFailure(
          try discrete([verb, sorter], in: root), 64,
          ["\(sorter): a run of 'sorter', expected one of 'belief-network' or 'vae'"])
      }
      expectFailure(
        try discrete(["train", "vae", "--resume", sorter, "--steps", "9"], in: root), 64,
        ["\(sorter): a run of 'sorter', expected 'vae'"])
      expectFailure(
        try discrete(["sweep", sorter], in: root), 64, ["a run of 'sorter'", "'sequence-gan'"])
      let sequences = "\(root)/sequences"
      let trained = try discrete(
        TinySequences.arguments("--out", sequences, "--adversarial-steps", "0")
          + TinySequences.random, in: root)
      #expect(trained.code == 0)
      expectFailure(
        try discrete(["encode", sequences], in: root), 64, ["a run of 'sequence-gan'"])
    }
  }
}
