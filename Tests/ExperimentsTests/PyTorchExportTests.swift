import Formats
import Learning
import Models
import Runs
import Stochastics
import TestSupport
import Testing

@testable import Experiments
@testable import Tensors

/// PyTorch computes from an exported model what the library does from the run.
struct PyTorchExportTests {
  private static let hasPyTorch = Python.has("torch", "safetensors")

  /// Runs `verify` of inputs and expected outputs in a folder with the exported model.
  private func expectEqual(
    _ path: String, _ calls: [(call: String, expected: Tensor)], inputs: [(String, Tensor)]
  ) throws {
    let out = "\(path)/pytorch"
    let files = try PyTorchExport(run: path).write(to: out)
    #expect(files.prefix(2) == ["model.py", "model.safetensors"])
    try SafeTensors.write(inputs.map { (name: $0.0, tensor: $0.1) }, to: "\(out)/in.safetensors")
    try SafeTensors.write(
      calls.enumerated().map { (name: "\($0.offset)", tensor: $0.element.expected) },
      to: "\(out)/out.safetensors")
    let checks = calls.enumerated().map { place, item in
      "close(\(item.call), expected['\(place)'].to(torch.float32))"
    }
    let script = """
      import torch, model
      from safetensors.torch import load_file
      m = model.load()
      expected = load_file('out.safetensors')
      globals().update({k: v.to(torch.float32) for k, v in load_file('in.safetensors').items()})
      def close(a, b):
          assert a.shape == b.shape, (a.shape, b.shape)
          torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
      with torch.no_grad():
          \(checks.joined(separator: "\n    "))
      print('equal')
      """
    let run = try Python.run(script, in: out)
    #expect(run.code == 0 && run.output.hasSuffix("equal\n"), "\(run.output)")
  }

  private func launch<Work: Experiment>(
    _: Work.Type, _ path: String, _ values: [(String, String)]
  ) throws {
    var settings = Settings(Work.settings)
    for (key, text) in values { try settings.set(key, to: text, from: .commandLine) }
    _ = try Launch<Work>(policy: RunPolicy(isQuiet: true, stop: .never), environment: .null)
      .begin(settings, in: path)
  }

  private func withBars(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/bars")
      try body(root)
    }
  }

  private static func bits(_ shape: [Int]) -> Tensor {
    var noise = Philox(seed: 3)
    return Bernoulli(logits: .zeros(shape)).sample(1, using: &noise).tensor.reshaped(shape)
  }

  @Test(
    "a belief network of two layers", .enabled(if: hasPyTorch, "there is no PyTorch"),
    arguments: ["", "5"])
  func beliefNetwork(hidden: String) throws {
    try withBars { root in
      let path = "\(root)/run"
      try launch(
        BeliefNetworkExperiment.self, path,
        [
          ("data", "\(root)/bars"), ("layers", "6,4"), ("hidden", hidden), ("batch-size", "9"),
          ("steps", "30"), ("learning-rate", "0.05"),
        ])
      let model = try #require(try TrainedImageModel(run: path).model as? BeliefNetwork)
      let (x, h) = (Self.bits([7, 16]), Self.bits([7, 6]))
      try expectEqual(
        path,
        [
          ("m.posterior(x)", model.posterior(0, given: Bits(x)).logits),
          ("m.posterior(h, 1)", model.posterior(1, given: Bits(h)).logits),
          ("m.likelihood(h)", model.likelihood(0, given: Bits(h)).logits),
          ("m.codes(x)", model.codes(of: Bits(x)).tensor),
          ("m.prior['logits']", model.prior.logits), ("m.sample(1)[:, :0]", .zeros([1, 0])),
        ], inputs: [("x", x), ("h", h)])
    }
  }

  @Test("a prior that is a network has no form in PyTorch")
  func networkAsPrior() throws {
    try withBars { root in
      let path = "\(root)/run"
      try launch(
        BeliefNetworkExperiment.self, path,
        [("data", "\(root)/bars"), ("layers", "4"), ("batch-size", "9"), ("prior", "made")]
          + [("steps", "2")])
      #expect(throws: Failure.self) { try PyTorchExport(run: path) }
    }
  }

  @Test(
    "an autoencoder of bits or classes, with labels or without",
    .enabled(if: hasPyTorch, "there is no PyTorch"),
    arguments: [
      [("latent", "bernoulli:5")], [("latent", "categorical:3x4"), ("hidden", "6,5")],
      [("latent", "categorical:2x3"), ("labels", "20"), ("hidden", "6")],
    ])
  func autoencoder(values: [(String, String)]) throws {
    try withBars { root in
      let path = "\(root)/run"
      try launch(
        VAEExperiment.self, path,
        [("data", "\(root)/bars"), ("batch-size", "9"), ("steps", "30"), ("learning-rate", "0.05")]
          + values)
      let saved = try TrainedImageModel(run: path)
      let x = Self.bits([7, 16])
      var calls = [("m.codes(x)", saved.model.codes(of: Bits(x)).tensor)]
      switch saved.model {
      case let model as DiscreteVAE<Bernoulli>:
        let z = Self.bits([7, 5])
        calls += [
          ("m.posterior(x)", model.posterior(given: Bits(x)).logits),
          ("m.likelihood((x[:, :5] > 2).float() + z)", model.likelihood(given: z * 2 - 1).logits),
        ]
        return try expectEqual(path, calls, inputs: [("x", x), ("z", z)])
      case let model as DiscreteVAE<Categorical>:
        calls += [
          ("m.posterior(x)", model.posterior(given: Bits(x)).logits),
          (
            "m.likelihood(m.codes(x).reshape(-1, 3, 4))",
            model.likelihood(given: model.codes(of: Bits(x)).tensor).logits
          ),
        ]
      case let model as SemiSupervisedVAE<Categorical>:
        let label = model.labelPosterior(given: Bits(x))
        let rows = label.mode().oneHot.reshaped([7, 2])
        calls += [
          ("m.labels(x)", label.logits.reshaped([7, 2])),
          (
            "m.posterior(x, model.one_hot(m.labels(x)))",
            model.posterior(given: Bits(x), label: rows).logits
          ),
          (
            "m.likelihood(m.codes(x)[:, 2:].reshape(-1, 2, 3), m.codes(x)[:, :2])",
            model.likelihood(
              given: model.codes(of: Bits(x)).tensor.sliced(along: 1, 2..<8), label: rows
            ).logits
          ),
        ]
      default: Issue.record("another model: \(saved.model)")
      }
      try expectEqual(path, calls, inputs: [("x", x)])
    }
  }

  @Test("a generator of lines", .enabled(if: hasPyTorch, "there is no PyTorch"))
  func sequences() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      try write(
        Array(String(repeating: "abc\nba\ncab\n", count: 30).utf8), to: "\(root)/text.txt")
      try launch(
        SequenceExperiment.self, path,
        [
          ("data", "\(root)/text.txt"), ("tokens", "lines"), ("length", "6"), ("embedding", "4"),
          ("hidden", "5"), ("pretrain-epochs", "3"), ("adversarial-steps", "0"),
          ("evaluation-sequences", "20"),
        ])
      let saved = try TrainedSequences(run: path)
      let drawn = try saved.sample(9)
      let tokens = Tensor(drawn.tokens.indices.values.map { Scalar($0) }, shape: [9, 6])
      try expectEqual(
        path,
        [
          ("m(tokens.long())", saved.generator.logProbabilities(drawn.tokens)),
          ("torch.tensor([float(m.sample(3).shape[1])])", [6]),
          ("torch.tensor([float(len(model.TEXTS))])", [Scalar(saved.generator.vocabulary)]),
        ], inputs: [("tokens", tokens)])
    }
  }

  @Test("a scorer of documents", .enabled(if: hasPyTorch, "there is no PyTorch"))
  func ranker() throws {
    try withTemporaryFolder { root in
      let lines = (0..<60).map { "\($0 * 7 % 4) qid:\($0 / 6) 2:\($0 % 5) 5:\($0 * 7 % 4).25\n" }
      try write(Array(lines.joined().utf8), to: "\(root)/d.txt")
      try launch(
        RankerExperiment.self, "\(root)/run",
        [("data", "\(root)/d.txt"), ("test", "\(root)/d.txt"), ("hidden", "4"), ("epochs", "3")])
      let saved = try TrainedRanker(run: "\(root)/run")
      let documents = try saved.documents()
      try expectEqual(
        "\(root)/run",
        [
          ("m(x)", Tensor(saved.scores(of: documents).map { Scalar($0) })),
          ("torch.tensor(model.FEATURES).float()", [2, 5]),
        ], inputs: [("x", Tensor(of: documents))])
    }
  }

  @Test(
    "a sorter of images or of numbers", .enabled(if: hasPyTorch, "there is no PyTorch"),
    arguments: [
      [("data", "glyphs"), ("digits", "1")],
      [("data", "numbers"), ("method", "gumbel-sinkhorn"), ("temperature", "1")],
    ])
  func sorter(values: [(String, String)]) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      try launch(
        SorterExperiment.self, path,
        values + [
          ("length", "3"), ("steps", "2"), ("batch-size", "2"), ("evaluation-sequences", "4"),
        ])
      let saved = try TrainedSorter(run: path)
      var noise = Philox(seed: 5)
      let shape = saved.size.map { [2, 3, $0.height, $0.width] } ?? [2, 3]
      let items = Tensor.randomNormal(shape, using: &noise)
      try expectEqual(
        path, [("m(x)", saved.sorter.scores(of: items))], inputs: [("x", items)])
    }
  }

  @Test("a run of another model has no form in PyTorch, and that is one sentence")
  func unknown() throws {
    try withTemporaryFolder { root in
      try write(Array("{\"model\":\"newsagent\"}".utf8), to: "\(root)/config.json")
      let failure = try #require(throws: Failure.self) { try PyTorchExport(run: root) }
      #expect(failure.kind == .usage)
      #expect(failure.description.contains("'newsagent', which has no form in PyTorch"))
    }
  }
}
