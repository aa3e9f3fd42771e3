import Foundation
import TestSupport
import Testing

struct RankLearnTests {
  /// Twenty queries of six documents, whose grade is the second feature.
  private static func documents(qid: Bool = true, scale: Float = 1, sorted: Bool = false) -> String
  {
    (0..<120).map { row in
      let grade = sorted ? max(0, 3 - row % 6) : row * 7 % 4
      let query = qid ? " qid:\(row / 6)" : ""
      return "\(grade)\(query) 1:\(Float(row % 5) * scale) 2:\(Float(grade) * scale) 3:\(scale)\n"
    }.joined()
  }

  private static let learn = [
    "rank", "learn", "d.txt", "--test", "d.txt", "--hidden", "", "--learning-rate", "0.1",
    "--epochs",
    "3", "--json",
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
      let run = try discrete(Self.learn, in: root)
      #expect(run.code == 0 && run.errors.contains("queries are those of d.txt.query"))
      let named = try discrete(
        Self.learn + ["--groups", "sizes", "--test-groups", "sizes"], in: root)
      #expect(named.output == run.output && !named.errors.contains("d.txt.query"))
      try write(Array("6\n".utf8), to: "\(root)/d.txt.query")
      expectFailure(
        try discrete(Self.learn, in: root), 65, ["d.txt.query", "groups of 6", "the 120 of d.txt"])
    }
  }

  @Test("A constant model on a sorted file has the NDCG of chance")
  func constantModel() throws {
    try withTemporaryFolder { root in
      let text = Self.documents(sorted: true).split(separator: "\n").map { line in
        line.split(separator: " ").prefix(2).joined(separator: " ") + " 1:2\n"
      }
      try write(Array(text.joined().utf8), to: "\(root)/d.txt")
      let run = try discrete(Self.learn, in: root)
      let row = try run.json()
      // Gains 7, 3, 1, 0, 0, 0: their mean stands in every place.
      let first = try #require(row["ndcg_1"] as? Double)
      #expect(abs(first - 11.0 / 6 / 7) < 1e-12)
      #expect((row["ndcg_10"] as? Double ?? 1) < 0.7)
      #expect(run.errors.contains("d.txt: 1 of 1 features never change there"))
    }
  }

  @Test("Features in other units teach the same, bit for bit; those that never change are said")
  func units() throws {
    try withTemporaryFolder { root in
      var outputs: Set<String> = []
      for scale: Float in [1, 0x1p-30, 0x1p-60, 0x1p66] {
        try write(Array(Self.documents(scale: scale).utf8), to: "\(root)/d.txt")
        let run = try discrete(Self.learn, in: root)
        #expect(
          run.errors.contains("1 of 3 features never change there") && run.errors.contains(": 3"))
        outputs.insert(run.output)
      }
      #expect(outputs.count == 1)
    }
  }

  @Test("A rate that ends in numbers that are not ends with 1, and leaves no scorer")
  func diverged() throws {
    try withTemporaryFolder { root in
      try write(Array(Self.documents().utf8), to: "\(root)/d.txt")
      for (rate, more) in [
        ("1e38", []), ("1e300", []), ("1e38", ["--batch-size", "20", "--epochs", "1"]),
        ("1e38", ["--method", "pl-rank", "--hidden", "4,4", "--epochs", "1"]),
      ] {
        let run = try discrete(
          Self.learn + ["--learning-rate", rate, "--out", "scorer"] + more, in: root)
        #expect(run.code == 1, "\(rate) \(more) \(run.output)")
        #expect(run.errors.contains("finite") || run.errors.contains("the loss is "))
        #expect(!FileManager.default.fileExists(atPath: "\(root)/scorer"))
      }
    }
  }
}
