import Foundation
import TestSupport
import Testing

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
      (["--kl", "sampld"], "unknown kl 'sampld'"),
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
