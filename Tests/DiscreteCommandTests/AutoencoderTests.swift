import Foundation
import TestSupport
import Testing

@Suite("train vae")
struct AutoencoderTests {
  static func train(_ arguments: [String], in root: String) throws -> CommandRun {
    try discrete(
      ["train", "vae", "--steps", "40", "--json", "--quiet", "--out", "\(root)/run"] + arguments,
      in: root)
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
        let run = try Self.train(["--latent", latent, "--estimator", estimator], in: root)
        #expect(run.code == 0, "\(latent): \(run.errors)")
        let summary = try run.json()
        let bound = try #require(summary["test_bound"] as? Double)
        #expect(bound.isFinite && bound < 0)
        let isOther = estimator.hasPrefix("gumbel-softmax") || estimator.hasPrefix("vimco")
        #expect((summary["objective"] != nil) == isOther)
        let eval = try discrete(["eval", "\(root)/run", "--samples", "1", "--json"], in: root)
        #expect(try abs((eval.json()["bound"] as? Double ?? 0) - bound) < 2)
      }
    }
  }

  @Test("a few labels: summed out or sampled, with an accuracy and a resumable run")
  func labels() throws {
    for labelEstimator in ["exact", "reinforce:baseline=leave-one-out", "gumbel-softmax"] {
      try withTemporaryFolder { root in
        let run = try Self.train(
          [
            "--latent", "bernoulli:8", "--labels", "50", "--label-estimator", labelEstimator,
            "--hidden", "16",
          ], in: root)
        #expect(run.code == 0, "\(run.errors)")
        let accuracy = try #require(try run.json()["test_accuracy"] as? Double)
        #expect(accuracy > 0.2 && accuracy <= 1)
        let more = try discrete(
          ["train", "vae", "--resume", "\(root)/run", "--steps", "50", "--quiet"], in: root)
        #expect(more.code == 0, "\(more.errors)")
        #expect(try discrete(["sample", "\(root)/run", "--count", "10"], in: root).code == 0)
      }
    }
  }

  @Test("diagnostics stand in the metrics")
  func diagnostics() throws {
    try withTemporaryFolder { root in
      let run = try Self.train(
        ["--estimator", "gumbel-softmax", "--diagnostics", "20"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let text = try String(contentsOfFile: "\(root)/run/metrics.jsonl", encoding: .utf8)
      #expect(text.contains("\"variance/encoder\"") && text.contains("\"snr/decoder\""))
      #expect(text.contains("\"relaxed_gap\""))
    }
  }

  @Test(
    "what does not fit is one sentence",
    arguments: [
      (["--kl", "sampled", "--estimator", "gumbel-softmax"], "those that fit are"),
      (["--kl", "sampld"], "unknown divergence 'sampld'"),
      (["--latent", "bernoulli:3,4"], "2 layers, expected one"),
      (["--latent", "categorical:3x4", "--estimator", "arm"], "does not fit categorical"),
      (["--estimator", "reinforce:samples=1,baseline=leave-one-out"], "samples is '1'"),
      (["--estimator", "gumbel-softmax:temperature=0"], "temperature is '0'"),
      (["--estimator", "gumbel-softmax:temperature=-1"], "temperature is '-1'"),
      (["--estimator", "exact"], "exact lists every joint state"),
      (["--label-estimator", "reinforce"], "label-estimator is set"),
      (["--kl", "sampled", "--estimator", "vimco"], "kl is set"),
      (["--labels", "0"], "labels is '0'"),
      (["--labels", "100000000"], "labels is '100000000'"),
      (["--labels", "10", "--label-estimator", "exat"], "unknown estimator 'exat'"),
    ])
  func misfits(arguments: [String], words: String) throws {
    try withTemporaryFolder { root in
      let run = try Self.train(arguments, in: root)
      expectFailure(run, 64, [words])
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }
}

@Suite("The laboratory")
struct LaboratoryTests {
  @Test("verify lists at least twenty-five mutants, each caught")
  func verify() throws {
    try withTemporaryFolder { root in
      let run = try discrete(["verify", "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.allSatisfy { $0["passed"] as? Bool == true })
      #expect(lines.filter { $0["is_mutant"] as? Bool == true }.count >= 25)
    }
  }

  @Test(
    "the pictures are SVG",
    arguments: [
      "gumbel", "simplex-samples", "bias-variance", "expectations", "simplex-density",
      "sorting-digits",
    ])
  func figures(name: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["figure", name, "--out", "\(root)/a.svg"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let text = try String(contentsOfFile: "\(root)/a.svg", encoding: .utf8)
      #expect(text.hasPrefix("<svg") && text.contains("</svg>") && !text.contains("nan"))
      let parser = XMLText(text)
      #expect(parser.isWellFormed)
    }
  }

  @Test("an unknown picture names those there are")
  func unknownFigure() throws {
    try withTemporaryFolder { root in
      expectFailure(try discrete(["figure", "gumbl"], in: root), 64, ["'gumbl'", "'gumbel'"])
    }
  }

  @Test("the toy tells the estimators apart")
  func toy() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        ["toy", "--target", "0.45", "--seeds", "3", "--steps", "1500", "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.map { $0["estimator"] as? String } == ["REINFORCE", "REBAR", "RELAX"])
      #expect(lines.allSatisfy { $0["right"] as? Int == 3 })
      let variances = lines.compactMap { $0["log10_variance"] as? Double }
      #expect(variances[2] < variances[0] - 1)
      let orders = try discrete(
        [
          "toy", "--problem", "plackett-luce", "--items", "3", "--steps", "1500", "--json",
          "--figure", "\(root)/toy.svg",
        ], in: root)
      #expect(orders.code == 0, "\(orders.errors)")
      #expect(orders.output.contains("\"estimator\":\"exact\",\"right\":1"))
      // Of three items the identity costs 3 (1 - d)² + 6 o², d = 1/3 + 0.05 and o = 1/3 - 0.025.
      let exact =
        try JSONSerialization.jsonObject(
          with: Data((orders.output.split(separator: "\n").first ?? "").utf8)) as? [String: Any]
      #expect(abs((exact?["cost"] as? Double ?? 0) - 1.71125) < 5e-3)
      expectFailure(
        try discrete(["toy", "--problem", "plackett-luce", "--target", "0.4"], in: root), 64,
        ["target"])
      expectFailure(
        try discrete(["toy", "--target", "0.5"], in: root), 64, ["target is '0.5'"])
      expectFailure(
        try discrete(["toy", "--target", "0.50000001"], in: root), 64, ["target is '0.50000001'"])
    }
  }

  @Test("a frozen belief network is a problem too")
  func network() throws {
    let rows = try CompareTests.rows([
      "--problem", "belief-network:latents=6,images=2,steps=50", "--draws", "4000", "--estimators",
      "exact,disarm,reinforce:baseline=leave-one-out",
    ])
    #expect(rows.count == 3)
    for row in rows {
      #expect((row["exact"] as? [Double])?.count == 12)
      #expect(try #require(row["z"] as? Double) < 6)
    }
  }
}

/// Whether tags close in the order in which they open.
private struct XMLText {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var isSound = true
    for match in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      if !match.1.isEmpty {
        isSound = isSound && open.popLast() == match.2
      } else if match.3.isEmpty {
        open.append(match.2)
      }
    }
    isWellFormed = isSound && open.isEmpty
  }
}
