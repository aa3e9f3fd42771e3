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
    "what does not fit is one sentence",
    arguments: [
      (["--kl", "sampled", "--estimator", "gumbel-softmax"], "those that fit are"),
      (["--kl", "sampld"], "unknown kl 'sampld'"),
      (["--latent", "bernoulli:3,4"], "2 layers, expected one"),
      (["--latent", "categorical:3x4", "--estimator", "arm"], "does not fit categorical"),
      (["--latent", "tree:4", "--estimator", "relax"], "does not fit spanning trees"),
      (["--latent", "chain:2x3", "--estimator", "disarm"], "those that do are exact, reinforce"),
      (["--latent", "tree:4", "--prior", "made"], "made"),
      (["--latent", "tree:four"], "expected tree:N"),
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
