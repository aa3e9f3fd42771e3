import TestSupport
import Testing

struct HelpTests {
  @Test("every verb has help that fits a terminal")
  func verbs() throws {
    try withTemporaryFolder { root in
      let verbs = [
        [], ["train"], ["train", "belief-network"], ["eval"], ["sample"], ["encode"], ["ablate"],
        ["compare"],
        ["data"], ["data", "list"], ["data", "fetch"], ["estimators"], ["export"],
        ["rank", "score"],
        ["data", "path"], ["data", "verify"], ["bench"], ["gan-study"],
        ["train", "sequence-gan"], ["train", "sorter"], ["rank"], ["rank", "fit"],
        ["rank", "sample"], ["rank", "learn"], ["sweep"], ["doctor"],
        ["report"], ["runs"], ["runs", "list"], ["runs", "show"], ["runs", "compare"],
        ["runs", "remove"],
      ]
      for verb in verbs {
        let run = try discrete(verb + ["--help"], in: root)
        #expect(run.code == 0 && run.errors.isEmpty)
        #expect(run.output.hasPrefix("OVERVIEW: "))
        for line in run.output.split(separator: "\n") where !line.hasPrefix("USAGE") {
          #expect(line.count <= 80, "\(verb): \(line)")
        }
      }
    }
  }

  @Test("help of train lists estimators with their options, and the defaults of settings")
  func train() throws {
    try withTemporaryFolder { root in
      let help = try discrete(["help", "train", "belief-network"], in: root).output
      for words in [
        " exact\n", " reinforce:samples=1,baseline=none\n", " arm:pairs=1\n", "leave-one-out",
        " sgd:momentum=0,nesterov=false\n", " cosine:over=run\n", "(default: 200)",
      ] {
        #expect(help.contains(words), "\(words)")
      }
    }
  }
}
