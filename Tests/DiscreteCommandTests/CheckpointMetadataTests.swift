import Formats
import Learning
import Tensors
import TestSupport
import Testing

/// Tensors of a checkpoint under their names.
private struct Tensors: Parameterized {
  var all: [(name: String, tensor: Tensor)]

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    for place in all.indices { visitor.visit(all[place].name, &all[place].tensor) }
  }
}

/// Checkpoints whose checksum is right and whose numbers are not.
struct CheckpointMetadataTests {
  /// Calls `body` while a key of a checkpoint has another text.
  private func with(_ key: String, _ text: String, in path: String, _ body: () throws -> Void)
    throws
  {
    let before = try bytes(of: path)
    var (tensors, metadata) = try SafeTensors.read(path)
    #expect(metadata[key] != text)
    metadata[key] = text
    metadata["checksum"] = nil
    try Checkpoint.save(Tensors(all: tensors), metadata: metadata, to: path)
    try body()
    try write(before, to: path)
  }

  @Test("of images: steps, sizes and labels")
  func images() throws {
    try withTemporaryFolder { root in
      let (run, data) = ("\(root)/run", "\(root)/data")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--out", run, "--steps", "7"), in: root).code == 0)
      let path = "\(run)/checkpoints/last.safetensors"
      let resume = ["train", "belief-network", "--resume", run, "--steps", "9"]
      for (key, text, verb) in [
        ("step", "-1", resume), ("step", "9223372036854775807", resume), ("step", "1e3", resume),
        ("best_step", "-0", resume), ("sum", "nan", resume), ("width", "0", ["eval", run]),
        ("width", "4611686018427387904", ["eval", run]), ("labels", "-1", ["eval", run]),
        ("labels", "4611686018427387904", ["sample", run]),
      ] {
        try with(key, text, in: path) {
          expectFailure(try discrete(verb, in: root), 65, [path, "'\(key)'", "'\(text)'"])
        }
      }
      for (key, text, words) in [
        ("width", "2147483647", "images of 2147483647 x 4"), ("labels", "2000000000", "labels"),
      ] {
        try with(key, text, in: path) {
          expectFailure(
            try discrete(["eval", run], in: root), 65, [path, words, "none of its tensors"])
        }
      }
    }
  }

  @Test("of sequences: epochs, rounds, steps and the vocabulary")
  func sequences() throws {
    try withTemporaryFolder { root in
      let run = "\(root)/run"
      let train = TinySequences.arguments("--out", run) + TinySequences.random
      #expect(try discrete(train, in: root).code == 0)
      let path = "\(run)/checkpoints/last.safetensors"
      for (key, text) in [
        ("epochs", "-0"), ("steps", "9007199254740993"), ("lessons", "-1"), ("batch", "x"),
        ("policy", "1e19"), ("reward", "inf"),
      ] {
        try with(key, text, in: path) {
          expectFailure(
            try discrete(["train", "sequence-gan", "--resume", run], in: root), 65,
            [path, "'\(key)'", "'\(text)'"])
        }
      }
      for (text, words) in [("10000000", "10000000 tokens"), ("0", "'vocabulary'")] {
        try with("vocabulary", text, in: path) {
          expectFailure(try discrete(["sample", run], in: root), 65, [path, words])
        }
      }
    }
  }

  @Test("of a sorter: steps")
  func sorter() throws {
    try withTemporaryFolder { root in
      let run = "\(root)/run"
      let train = [
        "train", "sorter", "--data", "numbers", "--steps", "3", "--evaluation-sequences", "20",
        "--quiet", "--out", run,
      ]
      #expect(try discrete(train, in: root).code == 0)
      let path = "\(run)/checkpoints/last.safetensors"
      for (key, text) in [("step", "-1"), ("step", "1e19")] {
        try with(key, text, in: path) {
          expectFailure(
            try discrete(["train", "sorter", "--resume", run, "--steps", "5"], in: root), 65,
            [path, "'\(key)'", "'\(text)'"])
        }
      }
    }
  }

  @Test("steps in the curves and the summary of a run")
  func curves() throws {
    try withTemporaryFolder { root in
      let (run, data) = ("\(root)/run", "\(root)/data")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--out", run, "--steps", "3"), in: root).code == 0)
      let resume = ["train", "belief-network", "--resume", run]
      let metrics = try bytes(of: "\(run)/metrics.jsonl")
      try write(Array("no JSON\n{\"step\":3}\n".utf8), to: "\(run)/metrics.jsonl")
      expectFailure(
        try discrete(resume + ["--steps", "5"], in: root), 65,
        ["\(run)/metrics.jsonl: line 1: not JSON"])
      try write(metrics, to: "\(run)/metrics.jsonl")
      try write(Array("finished\n".utf8), to: "\(run)/STATUS")
      for key in ["step", "steps"] {
        try write(Array("{\"\(key)\":1e19}\n".utf8), to: "\(run)/summary.json")
        expectFailure(try discrete(resume, in: root), 65, ["\(run)/summary.json: steps is "])
      }
    }
  }
}
