import Experiments
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors
import TestSupport
import Testing

/// The generator of a run of sequences, read by its folder.
struct TrainedSequencesTests {
  /// Begins a run.
  private func run(_ path: String, _ more: [String: String] = [:]) throws -> JSON {
    try TinySequences.launch().begin(TinySequences.settings(more), in: path)
  }

  @Test("the generator of the last checkpoint, and that before the first adversarial step")
  func generators() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let summary = try run(path)
      let run = try TrainedSequences(run: path)
      #expect(try run.evaluate().first { $0.key == "entropy" }?.value == summary["entropy"])
      let lines = try Metrics(run.folder).lines()
      let pretrained = try #require(try run.pretrained())
      let fresh = try pretrained.negativeLogLikelihood(of: run.data().test)
      #expect(JSON(fresh) == lines[2]["nll_generator"])
      #expect(lines[2]["nll_generator"] != summary["nll_generator"])

      _ = try self.run("\(root)/likelihood", ["adversarial-steps": "0"])
      let likelihood = try TrainedSequences(run: "\(root)/likelihood")
      #expect(try likelihood.pretrained() == nil)
      #expect(
        likelihood.generator.namedParameters().map(\.tensor.scalars)
          == pretrained.namedParameters().map(\.tensor.scalars))
    }
  }

  @Test("samples begin with a prefix, follow a rule, and can be without replacement")
  func samples() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      _ = try run(path)
      let run = try TrainedSequences(run: path)
      let drawn = try run.sample(30, prefix: "6,0", rule: SamplingRule(temperature: 0.5), seed: 2)
      #expect(drawn.texts == nil && drawn.tokens.shape == [30, 5])
      #expect(
        drawn.lines.allSatisfy { $0.hasPrefix("6 0 ") && $0.split(separator: " ").count == 5 })
      #expect(try run.sample(30, seed: 2).lines == run.sample(30, seed: 2).lines)
      #expect(try run.sample(30, seed: 2).lines != run.sample(30, seed: 3).lines)
      #expect(Set(try run.distinct(200).lines).count == 200)
      for (prefix, words) in [("7", "'7'"), ("1,x", "'x'"), ("0,0,0,0,0,0", "6 tokens")] {
        let failure = try #require(throws: Failure.self) { try run.sample(1, prefix: prefix) }
        #expect(failure.kind == .usage && failure.description.contains(words))
      }
    }
  }

  @Test("a text that has changed is refused, for its tokens are not those of the model")
  func changedText() throws {
    try withTemporaryFolder { root in
      let (path, data) = ("\(root)/run", "\(root)/text")
      func write(_ line: String) throws {
        try TestSupport.write(Array(String(repeating: line, count: 60).utf8), to: data)
      }
      try write("abc äö\n")
      _ = try run(path, ["data": data])
      let trained = try TrainedSequences(run: path)
      let drawn = try trained.sample(2, prefix: "bc ä")
      #expect(drawn.lines.allSatisfy { $0.hasPrefix("bc ä") && $0.count == 5 })
      // Another token, and as many others.
      for line in ["abc äöü\n", "abd äö\n"] {
        try write(line)
        let failure = try #require(throws: Failure.self) { try trained.data() }
        #expect(failure.kind == .badData && failure.description.contains("tokens"))
        let resumed = try #require(throws: Failure.self) {
          try TinySequences.launch().resume(path, lengths: [("adversarial-steps", "5")])
        }
        #expect(resumed.kind == .badData && resumed.description.contains("data have changed"))
      }
    }
  }
}
