import Foundation
import TestSupport
import Testing

/// What would take a whole machine is refused before it is made.
struct MemoryTests {
  @Test(
    "sizes of sequence models",
    arguments: [
      (["--hidden", "100000"], "hidden is '100000'"),
      (["--embedding", "100000", "--vocabulary", "1000000"], "embedding is '100000'"),
      (["--sequences", "10000000", "--length", "10000"], "sequences is '10000000'"),
      (["--evaluation-sequences", "10000000", "--length", "100"], "evaluation-sequences is"),
      (["--oracle", "hmm:states=10000"], "oracle is 'hmm:states=10000'"),
      (["--oracle", "hmm", "--vocabulary", "1000000"], "vocabulary is"),
      (["--filters", "1x100000"], "filters is '1x100000'"),
      (["--batch-size", "1000000", "--length", "1000"], "batch-size is '1000000'"),
      (["--roll-outs", "100000", "--batch-size", "500"], "roll-outs is '100000'"),
      (
        ["--estimator", "st-gumbel-softmax", "--vocabulary", "100000", "--batch-size", "2000"],
        "batch-size is '2000'"
      ),
      (["--data", "molecules", "--sequences", "10000000"], "sequences is '10000000'"),
    ])
  func sequences(flags: [String], words: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["train", "sequence-gan", "--out", "\(root)/run"] + flags, in: root)
      expectFailure(run, 64, [words, "at most 1 GiB is allowed"])
      #expect(try contents(of: root).isEmpty)
    }
  }

  @Test("a size in a file of settings is 78")
  func file() throws {
    try withTemporaryFolder { root in
      try write(Array("hidden: 100000\n".utf8), to: "\(root)/c.yaml")
      let run = try discrete(
        ["train", "sequence-gan", "--out", "\(root)/run", "--config", "\(root)/c.yaml"], in: root)
      expectFailure(run, 78, ["c.yaml: hidden is '100000'", "at most 1 GiB"])
    }
  }

  @Test("wide images, and problems of many numbers")
  func others() throws {
    try withTemporaryFolder { root in
      let data = "\(root)/data"
      try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
      for part in ["train", "t10k"] {
        let pixels = [UInt8](repeating: 9, count: 200_000)
        try write(idxHeader([2, 1, 100_000]) + pixels, to: "\(data)/\(part)-images-idx3-ubyte")
      }
      for model in ["belief-network", "vae"] {
        let run = try discrete(
          ["train", model, "--data", data, "--batch-size", "1", "--out", "\(root)/run"], in: root)
        let key = model == "vae" ? "latent" : "layers"
        expectFailure(run, 64, ["\(key) is '", "for 100000 inputs would take", "at most 1 GiB"])
        #expect(!run.errors.contains("''"))
      }
      let quadratic = try discrete(["compare", "--problem", "quadratic:n=10000"], in: root)
      expectFailure(quadratic, 64, ["a quadratic cost of 10000 bits", "at most 1 GiB"])
      let zeros = [String](repeating: "0", count: 10_000).joined(separator: ",")
      let text = #"{"distribution": "plackett-luce", "logits": [\#(zeros)], "cost": {}}"#
      try write(Array(text.utf8), to: "\(root)/orders.json")
      let orders = try discrete(["compare", "--problem", "\(root)/orders.json"], in: root)
      expectFailure(orders, 78, ["orders of 10000 items", "at most 1 GiB"])
    }
  }

  @Test("no input is read from a device, which may have no end")
  func devices() throws {
    try withTemporaryFolder { root in
      func link(_ name: String) throws -> String {
        let path = "\(root)/\(name)"
        try FileManager.default.createSymbolicLink(
          atPath: path, withDestinationPath: "/dev/zero")
        return path
      }
      let text = "\(root)/text"
      try write(Array(String(repeating: "ab cd\n", count: 60).utf8), to: text)
      try makeBars(at: "\(root)/bars")
      try FileManager.default.removeItem(atPath: "\(root)/bars/train-labels-idx1-ubyte")
      _ = try link("bars/train-labels-idx1-ubyte")
      let (zero, orders, names) = ("/dev/zero", try link("x.soi"), try link("x.csv"))
      let gan = ["train", "sequence-gan", "--out", "\(root)/run"]
      for arguments in [
        ["train", "belief-network", "--out", "\(root)/run", "--config", zero],
        ["train", "belief-network", "--out", "\(root)/run", "--data", "\(root)/bars"],
        gan + ["--oracle", zero], gan + ["--data", zero],
        gan + ["--data", zero, "--tokens", "bases"], gan + ["--data", text, "--test-data", zero],
        gan + ["--data", text, "--vocabulary-file", zero], ["compare", "--problem", zero],
        ["rank", "fit", orders], ["rank", "fit", names], ["rank", "learn", zero, "--test", text],
      ] {
        expectFailure(try discrete(arguments, in: root), 65, ["is a device, a file or pipe"])
      }
    }
  }
}
