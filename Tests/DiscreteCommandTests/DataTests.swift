import TestSupport
import Testing

struct DataTests {
  @Test("data that are missing are listed with how to get them, and fetching fails in a sentence")
  func missing() throws {
    try withTemporaryFolder { root in
      let cache = ["DISCRETE_DATA": "\(root)/cache"]
      let list = try discrete(["data", "list"], in: root, with: cache).output
      #expect(list.contains("4 of 4 files missing: discrete data fetch mnist\n"))
      #expect(list.contains("discrete data fetch seqgan-oracle --mirror URL"))
      let sets = try jsonObjects(
        discrete(["data", "list", "--json"], in: root, with: cache).output)
      #expect(sets.first?["present"] as? Bool == true && sets[1]["present"] as? Bool == false)
      for (arguments, code, words) in [
        (["mnist", "--offline"], 66, ["train-images-idx3-ubyte.gz", "--offline"]),
        (["mnist", "--mirror", "http://127.0.0.1:1"], 66, ["http://127.0.0.1:1/train-images"]),
        (["mnist", "--mirror", "file:///etc"], 66, ["file:///etc"]),
        (["seqgan-oracle"], 66, ["--mirror URL"]), (["mnits"], 64, ["'mnist'"]),
        (
          ["mnist", "--folder", "/dev/null/x", "--mirror", "http://127.0.0.1:1"], 73, ["/dev/null"]
        ),
      ] {
        let run = try discrete(["data", "fetch"] + arguments, in: root, with: cache)
        #expect(run.code == Int32(code) && run.output.isEmpty, "\(arguments): \(run.errors)")
        for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
      }
      let built = try discrete(["data", "fetch", "glyphs"], in: root, with: cache)
      #expect(built.code == 0)
      expectFailure(
        try discrete(training("mnist", "--steps", "1"), in: root, with: cache), 66,
        ["discrete data fetch mnist"])
    }
  }
}
