import Foundation
import TestSupport
import Testing

struct RankLearnTests {
  /// Twenty queries of six documents, whose grade is the second feature.
  private static func documents(qid: Bool = true, last: Int = 1) -> String {
    (0..<120).map { row in
      let grade = row * 7 % 4
      return "\(grade)\(qid ? " qid:\(row / 6)" : "") 1:\(row % 5) 2:\(grade) 3:\(row % last)\n"
    }.joined()
  }

  private static let learn = [
    "rank", "learn", "d.txt", "--test", "d.txt", "--hidden", "", "--learning-rate", "0.1",
    "--epochs", "3", "--quiet",
  ]

  @Test("Group sizes beside the file are taken and said; without them --groups is named")
  func groups() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents(qid: false).utf8), to: "\(root)/d.txt")
      expectFailure(
        try discrete(Self.learn, in: root), 65, ["d.txt, line 1: no qid", "--groups names"])
      let sizes = String(repeating: "6\n", count: 20)
      try write(Array(sizes.utf8), to: "\(root)/sizes")
      expectFailure(
        try discrete(Self.learn + ["--groups", "sizes"], in: root), 65, ["--test-groups names"])
      try write(Array(sizes.utf8), to: "\(root)/d.txt.query")
      let run = try discrete(Self.learn + ["--out", "beside"], in: root)
      #expect(run.code == 0 && run.errors.contains("queries are those of d.txt.query"))
      let named = try discrete(
        Self.learn + ["--groups", "sizes", "--test-groups", "sizes", "--out", "named"], in: root)
      #expect(named.code == 0 && !named.errors.contains("d.txt.query"))
      let metrics = try ["beside", "named"].map {
        try steadyBytes(of: "\(root)/\($0)/metrics.jsonl")
      }
      #expect(metrics[0] == metrics[1])
      try write(Array("6\n".utf8), to: "\(root)/d.txt.query")
      expectFailure(
        try discrete(Self.learn, in: root), 65, ["d.txt.query", "groups of 6", "the 120 of d.txt"])
    }
  }

  @Test("A report shows the curves and the run; --json is the summary; --resume goes on")
  func report() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents().utf8), to: "\(root)/d.txt")
      let run = try discrete(Self.learn + ["--out", "run"], in: root)
      #expect(run.code == 0 && run.errors.contains("1 of 3 features never change there"))
      let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(lines[0] == ["epoch", "loss", "NDCG@1", "NDCG@3", "NDCG@5", "NDCG@10"])
      #expect(lines[1...3].map(\.first) == ["1", "2", "3"] && lines[4] == ["run", "run"])
      // A run goes on from any folder.
      try FileManager.default.createDirectory(
        atPath: "\(root)/elsewhere", withIntermediateDirectories: false)
      let longer = try discrete(
        ["rank", "learn", "--resume", "\(root)/run", "--epochs", "50", "--json", "--quiet"],
        in: "\(root)/elsewhere")
      #expect(longer.code == 0, "\(longer.errors)")
      let summary = try longer.json()
      #expect(summary["steps"] as? Int == 100 && summary["queries"] as? Int == 20)
      let again = try discrete(["rank", "learn", "--resume", "run"], in: root)
      // No more than twenty epochs, and the last among them.
      let rows = again.output.split(separator: "\n").dropFirst().dropLast()
      #expect(rows.count == 17 && rows.last?.hasPrefix("50 ") == true)
    }
  }

  @Test("SIGINT while the data are read ends with 75 and leaves nothing")
  func interruptedBefore() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents().utf8), to: "\(root)/t.txt")
      let data = "\(root)/d.txt"
      #expect(mkfifo(data, 0o600) == 0)
      let flags = ["--test", "t.txt", "--hidden", "", "--out", "run"]
      let running = try RunningCommand(["rank", "learn", "d.txt"] + flags, in: root)
      // The command has opened it for reading once this is open for writing.
      let pipe = try FileHandle(forWritingTo: URL(filePath: data))
      running.interrupt()
      try pipe.write(contentsOf: Data(Self.documents().utf8))
      try pipe.close()
      expectFailure(try running.wait(), 75, ["interrupted before the run began"])
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }

  @Test(
    "SIGINT at any moment leaves a checkpoint and exit code 75; --resume goes on to the same end")
  func interrupted() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents(last: 3).utf8), to: "\(root)/d.txt")
      let flags = ["--epochs", "3000", "--batch-size", "7", "--hold-out", "0.2", "--out"]
      let resume = ["rank", "learn", "--resume", "parts", "--quiet"]
      var arguments = Self.learn + flags + ["parts"]
      var stops = 0
      // Microseconds after the first new line of metrics.
      for delay in [0, 2_000, 70_000, 150_000] as [useconds_t] {
        let metrics = "\(root)/parts/metrics.jsonl"
        let before = (try? bytes(of: metrics).count) ?? 0
        let running = try RunningCommand(arguments, in: root)
        while running.isRunning, (try? bytes(of: metrics).count) ?? 0 <= before { usleep(1000) }
        usleep(delay)
        running.interrupt()
        let run = try running.wait()
        arguments = resume
        guard run.code != 0 else { continue }
        stops += 1
        expectFailure(run, 75, ["interrupted at step ", "discrete rank learn --resume parts"])
        #expect(try text(of: "\(root)/parts/STATUS") == "interrupted\n")
      }
      #expect(stops > 1)
      for arguments in [resume, Self.learn + flags + ["whole"]] {
        let run = try discrete(arguments, in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      for name in [
        "checkpoints/last.safetensors", "checkpoints/best.safetensors", "metrics.jsonl",
        "metrics.csv",
      ] {
        let same =
          try steadyBytes(of: "\(root)/whole/\(name)") == steadyBytes(of: "\(root)/parts/\(name)")
        #expect(same, "\(name)")
      }
    }
  }

  @Test("A saved scorer scores documents and is measured on others")
  func score() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents(last: 3).utf8), to: "\(root)/d.txt")
      let flags = ["--hold-out", "0.2", "--patience", "3", "--out", "run"]
      let learned = try discrete(Self.learn + flags, in: root)
      #expect(learned.code == 0 && learned.output.contains("best   NDCG@10 "))
      let scored = try discrete(["rank", "score", "run", "d.txt"], in: root)
      let scores = scored.output.split(separator: "\n").compactMap { Double($0) }
      #expect(scored.code == 0 && scores.count == 120, "\(scored.errors)")
      let objects = try jsonObjects(
        discrete(["rank", "score", "run", "d.txt", "--json"], in: root).output)
      let listed = objects.compactMap { $0["score"] as? Double }
      // The parser of these tests rounds the last digit of a number.
      #expect(zip(listed, scores).allSatisfy { abs($0 - $1) < 1e-12 } && listed.count == 120)
      #expect(objects.last?["query"] as? Int == 20)
      let found = try discrete(["eval", "run", "--json"], in: root).json()
      let last = try #require(try jsonObjects(text(of: "\(root)/run/metrics.jsonl")).last)
      #expect(found["ndcg_10"] as? Double == last["ndcg_10"] as? Double)
      let other = try discrete(
        ["eval", "run", "--data", "d.txt", "--checkpoint", "best"], in: root)
      #expect(other.output.contains("20 with a relevant document, of 20"), "\(other.errors)")
      expectFailure(
        try discrete(["rank", "score", "run", "none.txt"], in: root), 66, ["none.txt"])
      expectFailure(
        try discrete(["eval", "run", "--samples", "3"], in: root), 64, ["--samples"])
    }
  }

  @Test("Mistakes are one sentence and an exit code; a run that cannot be made learns nothing")
  func mistakes() throws {
    try withTemporaryFolder { root in
      // Nothing is to be told of features that never change.
      try write(Array(Self.documents(last: 3).utf8), to: "\(root)/d.txt")
      for (flags, code, words) in [
        (["--method", "list-mel"], 64, ["'list-mel'", "'list-mle'"]),
        (["--groups", "d.txt"], 65, ["d.txt, line 1", "expected a number of documents"]),
        (["--test", "none.txt"], 66, ["none.txt"]),
        (["--epochs", "2", "--steps", "3"], 64, ["--epochs and --steps exclude each other"]),
        (["--learning-rate", "1e38"], 1, ["run/checkpoints/last.safetensors"]),
      ] {
        expectFailure(
          try discrete(Self.learn + ["--out", "run"] + flags, in: root), Int32(code), words)
        #expect(code == 1 || !FileManager.default.fileExists(atPath: "\(root)/run"))
      }
      expectFailure(try discrete(["rank", "learn"], in: root), 64, ["data is not set"])
      expectFailure(
        try discrete(["sample", "run"], in: root), 64, ["a run of 'ranker', expected one of"])
      let unwritten = try discrete(Self.learn + ["--out", "/dev/null/run"], in: root)
      expectFailure(unwritten, 73, ["/dev/null/run"])
      #expect(unwritten.output.isEmpty)
    }
  }
}
