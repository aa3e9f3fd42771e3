import Foundation
import TestSupport
import Testing

struct PythonPageTests {
  private static let folder = "Sources/SwiftDiscrete/SwiftDiscrete.docc"
  private static let page = "\(folder)/ReadingFiles.md"

  /// The blocks of a page in one language.
  private func blocks(of language: String, in page: String) throws -> [String] {
    let pattern = try Regex("(?s)```\(language)\\n(.*?)```", as: (Substring, Substring).self)
    return try ReadmeTests.text(of: page).matches(of: pattern).map { String($0.output.1) }
  }

  @Test(
    "every snippet reads the file that it is about",
    .enabled(if: Python.has("numpy", "safetensors"), "there are no NumPy and safetensors"))
  func snippets() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/bars")
      try write(Array("a,b,c\nb,a,c\na,c,b\nc,a,b\n".utf8), to: "\(root)/r.csv")
      for arguments in [
        training("bars", "--steps", "7", "--out", "run"), ["encode", "run", "--out", "codes.npy"],
        ["figure", "simplex-samples", "--out", "figure.svg"],
        ["rank", "fit", "r.csv", "--no-header", "--out", "fit.json"],
      ] {
        let run = try discrete(arguments, in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      let snippets = try blocks(of: "python", in: Self.page)
      #expect(snippets.count >= 6)
      for snippet in snippets {
        let run = try Python.run(snippet, in: root)
        #expect(run.code == 0, "\(snippet)\n\(run.output)")
      }
    }
  }

  @Test(
    "a model goes to PyTorch and its weights come back, as the page says",
    .enabled(if: Python.has("torch", "safetensors"), "there is no PyTorch"))
  func roundTrip() throws {
    try withTemporaryFolder { root in
      let train = [
        "train", "belief-network", "--layers", "200", "--data", "glyphs", "--steps", "2", "--quiet",
      ]
      let first = try discrete(train + ["--out", "runs/first"], in: root)
      #expect(first.code == 0, "\(first.errors)")
      let export = try discrete(
        ["export", "runs/first", "--to", "pytorch", "--out", "first"], in: root)
      #expect(export.output == "first/model.py\nfirst/model.safetensors\n")
      for snippet in try blocks(of: "python", in: "\(Self.folder)/FromPyTorch.md") {
        let run = try Python.run(snippet, in: root)
        #expect(run.code == 0, "\(run.output)")
      }
      let third = try discrete(
        train + ["--init", "begin.safetensors", "--out", "runs/third"], in: root)
      #expect(third.code == 0, "\(third.errors)")
    }
  }
}
