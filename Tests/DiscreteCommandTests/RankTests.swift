import Foundation
import TestSupport
import Testing

struct RankTests {
  /// Six orders of three items, each of which wins and loses.
  private static let orders = """
    # DATA TYPE: soi
    # NUMBER ALTERNATIVES: 3
    # NUMBER VOTERS: 60
    # NUMBER UNIQUE ORDERS: 4
    # ALTERNATIVE NAME 1: Ann
    # ALTERNATIVE NAME 2: Bo, the "second"
    # ALTERNATIVE NAME 3: Çelik
    20: 2,1
    15: 1,2,3
    15: 3,2,1
    10: 1

    """

  private static let tied =
    orders.replacing("soi", with: "toi").replacing("10: 1", with: "10: {1,2}")

  private static func file(_ text: String, _ name: String, in root: String) throws -> String {
    let path = "\(root)/\(name)"
    try write(Array(text.utf8), to: path)
    return path
  }

  @Test("A fit of each solver: items, worths that sum to one, best first, and the whole")
  func fit() throws {
    try withTemporaryFolder { root in
      let path = try Self.file(Self.orders, "votes.soi", in: root)
      var found: [[Double]] = []
      for solver in ["newton", "mm", "ilsr"] {
        let run = try discrete(["rank", "fit", path, "--json", "--solver", solver], in: root)
        #expect(run.code == 0, "\(run.errors)")
        let rows = try jsonObjects(run.output)
        #expect(rows.count == 4)
        #expect(rows.prefix(3).compactMap { $0["item"] as? Int }.sorted() == [1, 2, 3])
        for row in rows.prefix(3) {
          #expect(
            Set(row.keys) == ["item", "name", "worth", "log_worth", "standard_error"])
          #expect((row["standard_error"] as? Double ?? 0) > 0)
        }
        let worths = rows.prefix(3).compactMap { $0["worth"] as? Double }
        #expect(abs(worths.reduce(0, +) - 1) < 1e-12 && worths == worths.sorted(by: >))
        let logs = rows.prefix(3).compactMap { $0["log_worth"] as? Double }
        #expect(abs(logs.reduce(0, +)) < 1e-12)
        #expect(rows[3]["solver"] as? String == solver)
        #expect(rows[3]["rankings"] as? Int == 60 && rows[3]["items"] as? Int == 3)
        #expect((rows[3]["log_likelihood"] as? Double ?? 0) < 0)
        #expect((rows[3]["iterations"] as? Int ?? 0) > 0)
        found.append(logs)
      }
      for logs in found {
        for (a, b) in zip(logs, found[0]) { #expect(abs(a - b) < 1e-10) }
      }
    }
  }

  @Test("A table, a figure and a fit that rankings are drawn from")
  func artifacts() throws {
    try withTemporaryFolder { root in
      let path = try Self.file(Self.orders, "votes.soi", in: root)
      let (out, figure) = ("\(root)/fit.json", "\(root)/worths.svg")
      let run = try discrete(
        ["rank", "fit", path, "--out", out, "--figure", figure, "--prior", "0.5"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      for word in ["Ann", "Çelik", "standard error", "60 rankings of 3 items"] {
        #expect(run.output.contains(word), "\(word)")
      }
      #expect(try text(of: figure).hasPrefix("<svg"))
      let sample = ["rank", "sample", out, "--count", "500", "--seed", "7"]
      let drawn = try discrete(sample, in: root)
      #expect(drawn.code == 0, "\(drawn.errors)")
      #expect(drawn.output == (try discrete(sample, in: root)).output)
      let asJSON = try discrete(sample + ["--json"], in: root)
      let rankings = try jsonObjects(asJSON.output).compactMap { $0["ranking"] as? [String] }
      #expect(rankings.count == 500 && rankings.allSatisfy { Set($0).count == 3 })
      // What was drawn is read again, whatever the names hold.
      let again = try Self.file(drawn.output, "drawn.csv", in: root)
      let refit = try discrete(["rank", "fit", again, "--json"], in: root)
      #expect(try refit.json()["rankings"] as? Int == 500)
      #expect(refit.output.contains(#"Bo, the \"second\""#))
    }
  }

  @Test("Ties have a prevalence, and rankings may be held out")
  func tiesAndHoldOut() throws {
    try withTemporaryFolder { root in
      let path = try Self.file(Self.tied, "votes.toi", in: root)
      let arguments = [
        "rank", "fit", path, "--model", "davidson-luce", "--json", "--hold-out", "0.3", "--seed",
        "4",
      ]
      let run = try discrete(arguments, in: root)
      #expect(run.code == 0, "\(run.errors)")
      let whole = try run.json()
      let ties = try #require(whole["ties"] as? [[String: Any]])
      #expect(ties.compactMap { $0["size"] as? Int } == [2])
      #expect((ties[0]["prevalence"] as? Double ?? 0) > 0)
      let kept = try #require(whole["rankings"] as? Int)
      let held = try #require(whole["held_out_rankings"] as? Int)
      #expect(kept + held == 60 && held > 0)
      #expect((whole["held_out_log_likelihood"] as? Double ?? 0) < 0)
      #expect(run.output == (try discrete(arguments, in: root)).output)
    }
  }

  @Test("Rankings drawn with ties are a file of PrefLib, which is fitted again")
  func tiedSample() throws {
    try withTemporaryFolder { root in
      let votes = try Self.file(Self.tied, "votes.toi", in: root)
      let out = "\(root)/fit.json"
      let run = try discrete(
        ["rank", "fit", votes, "--model", "davidson-luce", "--out", out], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let sample = ["rank", "sample", out, "--count", "500", "--seed", "7"]
      let drawn = try discrete(sample, in: root)
      #expect(drawn.code == 0, "\(drawn.errors)")
      #expect(drawn.output == (try discrete(sample, in: root)).output)
      #expect(drawn.output.contains("# DATA TYPE: toc") && drawn.output.contains("{1,2}"))
      let again = try Self.file(drawn.output, "drawn.toc", in: root)
      let refit = try discrete(
        ["rank", "fit", again, "--model", "davidson-luce", "--json"], in: root)
      #expect(refit.code == 0, "\(refit.errors)")
      #expect(try refit.json()["rankings"] as? Int == 500)
      #expect(refit.output.contains(#"Bo, the \"second\""#))
      let rankings = try jsonObjects(try discrete(sample + ["--json"], in: root).output).compactMap
      {
        $0["ranking"] as? [[String]]
      }
      #expect(rankings.count == 500 && rankings.allSatisfy { Set($0.joined()).count == 3 })
      #expect(rankings.contains { $0.contains { $0.count == 2 } })
      let saved = try text(of: out)
      for (bad, words) in [
        (saved.replacing("\"Ann\"", with: "\" Ann\""), ["' Ann'", "PrefLib"]),
        (saved.replacing("\"size\":2", with: "\"size\":1"), ["'ties'", "from 2"]),
      ] {
        try write(Array(bad.utf8), to: out)
        expectFailure(try discrete(sample, in: root), 65, words + [out])
      }
    }
  }

  @Test(
    "Rankings that cannot be fitted are one sentence",
    arguments: [
      (orders.replacing("2,1\n", with: "2,2\n"), "a.soi", 65, ["line 8", "alternative 2"]),
      (orders.replacing("60", with: "61"), "a.soi", 65, ["60 voters", "61"]),
      (tied, "a.toi", 65, ["line 11", "'Ann', 'Bo", "tied", "davidson-luce"]),
      ("a,b\na,c,b\n", "a.csv", 65, ["'a' is never behind", "--prior"]),
      ("a,b,\n", "a.csv", 65, ["line 1", "place 3"]),
      ("", "a.soc", 65, ["empty"]),
      ("3\n1,a\n", "a.soc", 65, ["line 1", "before 2022"]),
      ("a,b\n", "a.txt", 65, [".soc", ".csv"]),
    ])
  func badRankings(content: String, name: String, code: Int32, words: [String]) throws {
    try withTemporaryFolder { root in
      let path = try Self.file(content, name, in: root)
      expectFailure(try discrete(["rank", "fit", path], in: root), code, words + [path])
    }
  }

  @Test(
    "Bad options are named",
    arguments: [
      (["--solver", "newtn"], ["'newtn'", "'newton'"]),
      (["--model", "luce"], ["'luce'"]),
      (["--model", "davidson-luce", "--solver", "mm"], ["mm does not fit", "newton"]),
      (["--prior", "-1"], ["prior is '-1'"]), (["--prior", "nan"], ["prior is 'nan'"]),
      (["--hold-out", "1"], ["hold-out is '1'"]), (["--hold-out", "x"], ["hold-out is 'x'"]),
    ])
  func badOptions(arguments: [String], words: [String]) throws {
    try withTemporaryFolder { root in
      let path = try Self.file(Self.orders, "votes.soi", in: root)
      expectFailure(try discrete(["rank", "fit", path] + arguments, in: root), 64, words)
    }
  }

  @Test("What is missing, and what is not a fit")
  func badFits() throws {
    try withTemporaryFolder { root in
      let nowhere = "\(root)/nowhere"
      expectFailure(try discrete(["rank", "fit", "\(nowhere).soi"], in: root), 66, [nowhere])
      expectFailure(try discrete(["rank", "sample", nowhere], in: root), 66, [nowhere])
      expectFailure(try discrete(["rank", "fti"], in: root), 64, ["'fti'", "'fit'"])
      let votes = try Self.file(Self.orders, "votes.soi", in: root)
      let out = "\(nowhere)/fit.json"
      expectFailure(try discrete(["rank", "fit", votes, "--out", out], in: root), 73, [out])
      let path = "\(root)/fit.json"
      _ = try discrete(["rank", "fit", votes, "--out", path], in: root)
      expectFailure(
        try discrete(["rank", "sample", path, "--count", "0"], in: root), 64, ["count is '0'"])
      let good = try text(of: path)
      for (bad, words) in [
        ("{", ["not JSON"]), ("[]", ["no object"]), ("{}", ["'model' is missing"]),
        (good.replacing("newton", with: "guess"), ["'solver'"]),
        (good.replacing("\"rankings\":60", with: "\"rankings\":-1"), ["'rankings'"]),
        (good.replacing("\"Ann\",", with: ""), ["3 log-worths", "2 items"]),
        (good.replacing("\"Ann\"", with: "1"), ["'items'"]),
        (good.replacing("\"log_worths\":[", with: "\"log_worths\":[null,"), ["'log_worths'"]),
      ] {
        try write(Array(bad.utf8), to: path)
        expectFailure(try discrete(["rank", "sample", path], in: root), 65, words + [path])
      }
    }
  }

  @Test("Where no test document is relevant there is no NDCG")
  func nothingRelevant() throws {
    try withTemporaryFolder { root in
      let rows = (0..<12).map { "qid:\($0 / 6) 1:\($0 % 5)\n" }
      let path = try Self.file(
        rows.enumerated().map { "\($0 % 3) \($1)" }.joined(), "train.txt", in: root)
      let test = try Self.file(rows.map { "0 \($0)" }.joined(), "test.txt", in: root)
      let learn = ["rank", "learn", path, "--test", test, "--hidden", "", "--epochs", "1"]
      let row = try discrete(learn + ["--json"], in: root).json()
      #expect(row["queries"] as? Int == 0)
      for cutoff in [1, 3, 5, 10] { #expect(row["ndcg_\(cutoff)"] is NSNull) }
      let table = try discrete(learn, in: root).output.split(separator: "\n").dropLast()
      #expect(table.last?.split(separator: " ").suffix(4) == ["-", "-", "-", "-"])
    }
  }
}
