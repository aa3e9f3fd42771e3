import Foundation
import TestSupport
import Testing

struct MessageTests {
  @Test(
    "what a message quotes cannot break its line or command the terminal",
    arguments: [
      ("a\nb", #"a\nb"#), ("a\r\tb", #"a\r\tb"#), ("\u{1B}[31mred", #"\u{1b}[31mred"#),
      ("\u{7F}\u{9B}2J", #"\u{7f}\u{9b}2J"#), ("\u{202E}fdp", #"\u{202e}fdp"#),
      ("\u{2028}line", #"\u{2028}line"#), ("żółw", "żółw"),
    ])
  func escape(quoted: String, shown: String) throws {
    try withTemporaryFolder { root in
      expectFailure(try discrete([quoted], in: root), 64, ["unknown verb '\(shown)'"])
      expectFailure(try discrete(["rank", "fit", quoted], in: root), 66, ["\(shown): "])
      let file = "\(root)/settings.yaml"
      try write(Array("'\(quoted.replacing("\n", with: "\n\n"))': 1\n".utf8), to: file)
      let run = try discrete(["train", "vae", "--config", file], in: root)
      #expect(run.code == 78)
      #expect(run.errors.unicodeScalars.dropLast().allSatisfy { $0.value >= 0x20 })
      let csv = "\(root)/names.csv"
      try write(Array("\(quoted.filter { !$0.isNewline }),b\nb,a\n".utf8), to: csv)
      let table = try discrete(["rank", "fit", csv], in: root)
      #expect(!table.output.contains("\u{1B}") && !table.output.contains("\u{9B}"))
    }
  }

  @Test("a message is short, whatever it quotes, and still says what was expected")
  func length() throws {
    try withTemporaryFolder { root in
      let long = String(repeating: "x", count: 100_000)
      let spaced = String(repeating: "x ", count: 50_000)
      let cases = [
        (["compare", "--estimators", "nvil:\(long)"], 64, ["is not key=value"]),
        (["compare", "--estimators", "nvil:\(spaced)"], 64, ["is not key=value"]),
        (["rank", "fit", long], 66, ["File name too long"]),
        (
          ["rank", "fit", "v", "--prior", long], 64, ["prior is 'x", "not a number from 0 to 1e9"]
        ),
        (["rank", "fit", "v", "--hold-out", spaced], 64, ["hold-out is 'x", "between 0 and 1"]),
        (["eval", long], 66, ["config.json"]),
        (["train", "vae", "--set", "\(long)=1"], 64, ["unknown setting 'x"]),
        (["train", "vae", "--\(long)"], 64, ["--x"]),
      ]
      for (arguments, code, words) in cases {
        let run = try discrete(arguments, in: root)
        expectFailure(run, Int32(code), words)
        #expect(run.errors.unicodeScalars.count <= 361, "\(run.errors.prefix(400))")
      }
    }
  }

  @Test("a message names the key and the file that are to blame")
  func blame() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      let start = training("\(root)/data", "--out", "\(root)/run")
      let wide = ["--hidden", "1000000,1000000"]
      expectFailure(
        try discrete(start + wide, in: root), 64, ["hidden is '1000000,1000000'", "weights"])
      let file = "\(root)/settings.yaml"
      try write(Array("hidden: 1000000,1000000\n".utf8), to: file)
      expectFailure(
        try discrete(start + ["--config", file], in: root), 78, [file, "hidden is '1000000"])
      expectFailure(
        try discrete(["eval", "\(root)/data"], in: root), 66, ["/data: ", "has no config.json"])
      expectFailure(
        try discrete(["eval", "\(root)/none"], in: root), 66, ["/none: ", "nothing is there"])
      // A link to itself: something is there, and cannot be reached.
      try FileManager.default.createDirectory(
        atPath: "\(root)/loop", withIntermediateDirectories: false)
      for name in ["config.json", "train-images-idx3-ubyte"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(root)/loop/\(name)", withDestinationPath: name)
      }
      expectFailure(
        try discrete(["eval", "\(root)/loop"], in: root), 66,
        ["/loop/config.json: cannot be opened: Too many levels of symbolic links"])
      expectFailure(
        try discrete(training("\(root)/loop", "--out", "\(root)/run"), in: root), 66,
        ["/loop/train-images-idx3-ubyte: cannot be opened"])
    }
  }
}
