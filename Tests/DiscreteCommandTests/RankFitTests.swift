import Formats
import Foundation
import TestSupport
import Testing

struct RankFitTests {
  private static let cycle = "A,B\nB,C\nC,A\nA,C\n"

  private static func fit(
    _ text: String, _ arguments: [String], name: String = "x.csv"
  ) throws -> (rows: [[String: Any]], run: CommandRun) {
    try withTemporaryFolder { root in
      try write(Array(text.utf8), to: "\(root)/\(name)")
      let run = try discrete(["rank", "fit", name, "--json"] + arguments, in: root)
      #expect(run.code == 0, "\(run.errors)")
      return (try jsonObjects(run.output), run)
    }
  }

  private static func logWorths(_ rows: [[String: Any]]) -> [String: Double] {
    var result: [String: Double] = [:]
    for row in rows {
      if let name = row["name"] as? String { result[name] = row["log_worth"] as? Double }
    }
    return result
  }

  @Test("Short lines: the reading that was taken is said, the other is named and can be had")
  func unnamed() throws {
    let (rows, run) = try Self.fit(Self.cycle, [])
    #expect(rows.compactMap { $0["name"] as? String } == ["A", "C", "B"])
    #expect(rows[3]["unnamed"] as? String == "last")
    let words = ["x.csv: 4 of 4 rankings name only some of the 3 items", "--unnamed absent"]
    for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
    #expect(run.errors.split(separator: "\n").count == 1)
    for solver in ["newton", "mm", "ilsr"] {
      let (rows, run) = try Self.fit(Self.cycle, ["--unnamed", "absent", "--solver", solver])
      let found = Self.logWorths(rows)
      for (name, value) in [("A", 0.420), ("B", 0), ("C", -0.420)] {
        #expect(abs(try #require(found[name]) - value) < 5e-4)
      }
      #expect(rows[3]["unnamed"] as? String == "absent" && run.errors.isEmpty)
    }
    #expect(try Self.fit(Self.cycle, ["--unnamed", "last"]).run.errors.isEmpty)
    #expect(try Self.fit("A,B\nB,A\n", []).run.errors.isEmpty)
  }

  @Test("Voters who are held out are measured by the same reading")
  func heldOut() throws {
    let (rows, _) = try Self.fit(
      String(repeating: Self.cycle, count: 20), ["--unnamed", "absent", "--hold-out", "0.3"])
    let whole = try #require(rows.last)
    let held = try #require(whole["held_out_rankings"] as? Double)
    let value = try #require(whole["held_out_log_likelihood"] as? Double)
    // A game between two of about equal strength is worth log 2; a ranking of all three would be
    // log 6.
    #expect(value / held > -1 && value / held < -0.4)
  }

  @Test("Wins and titles of columns are found out, said, and may be told")
  func layouts() throws {
    let wins = "winner,loser,count\nA,B,1\nB,C,1\nC,A,1\nA,C,1\n"
    let (rows, run) = try Self.fit(wins, [])
    let found = Self.logWorths(rows)
    #expect(found.count == 3)
    #expect(abs(try #require(found["A"]) - 0.420) < 5e-4)
    #expect(run.errors.contains("the first line, winner,loser,count, is read as titles"))
    #expect(run.errors.contains("read as wins") && !run.errors.contains("--unnamed"))
    #expect(try Self.fit(wins, ["--header"]).run.errors.split(separator: "\n").count == 1)

    let titled = "first,second\nA,B\nB,A\n"
    let (two, said) = try Self.fit(titled, [])
    #expect(two.count == 3 && said.errors.contains("--no-header reads it as data"))
    let (four, _) = try Self.fit(titled, ["--no-header", "--prior", "1"])
    #expect(four.count == 5)
    let (one, _) = try Self.fit("A,B\nA,B\nB,A\n", ["--header"])
    #expect(one.last?["rankings"] as? Int == 2)
  }

  @Test("A file of PrefLib named .csv is fitted as one, and --header is not for it")
  func prefLib() throws {
    let text = try PrefLib.text(
      of: Rankings(
        items: ["Ann", "Bo"], entries: [.init(groups: [[1], [0]]), .init(groups: [[0], [1]])]))
    let (rows, run) = try Self.fit(text, [])
    #expect(rows.count == 3 && run.errors.contains("x.csv: begins as a file of PrefLib"))
    try withTemporaryFolder { root in
      try write(Array(text.utf8), to: "\(root)/x.soc")
      expectFailure(
        try discrete(["rank", "fit", "x.soc", "--header"], in: root), 64, ["--header", "x.soc"])
    }
  }

  @Test("Contrasts, a reference and the covariance agree, in JSON and in the table")
  func contrasts() throws {
    let wins = "a,\"b, c\",30\n\"b, c\",a,10\n\"b, c\",d,12\nd,\"b, c\",8\n"
    let arguments = [
      "--reference", "b, c", "--contrast", "a,\"b, c\"", "--contrast", "a,d",
    ]
    for model in ["plackett-luce", "davidson-luce"] {
      let (rows, _) = try Self.fit(wins, arguments + ["--model", model])
      let whole = try #require(rows.last)
      #expect(whole["reference"] as? String == "b, c")
      let found = Self.logWorths(rows)
      #expect(found["b, c"] == 0)
      #expect(abs(try #require(found["a"]) - log(3)) < 1e-9)
      let contrasts = try #require(whole["contrasts"] as? [[String: Any]])
      let errors = contrasts.compactMap { $0["standard_error"] as? Double }
      let (first, second) = (1.0 / 30 + 1.0 / 10, 1.0 / 12 + 1.0 / 8)
      #expect(abs(errors[0] - first.squareRoot()) < 1e-9)
      #expect(abs(errors[1] - (first + second).squareRoot()) < 1e-9)
      #expect(contrasts[1]["item"] as? String == "a" && contrasts[1]["against"] as? String == "d")
      #expect(abs(try #require(contrasts[1]["difference"] as? Double) - log(4.5)) < 1e-9)
      let covariance = try #require(whole["covariance"] as? [[Double]])
      #expect(covariance.count == 3 && covariance[1] == [0, 0, 0])
      #expect(abs(covariance[0][0] - first) < 1e-9 && abs(covariance[2][2] - second) < 1e-9)
    }
    try withTemporaryFolder { root in
      try write(Array(wins.utf8), to: "\(root)/x.csv")
      let table = try discrete(["rank", "fit", "x.csv"] + arguments, in: root).output
      #expect(table.contains("log-worths are less that of b, c"))
      #expect(table.contains("a less d: 1.5041, standard error 0.5845, z 2.57"))
      for (bad, words) in [
        (["--reference", "aa"], ["unknown item 'aa'", "'a'"]),
        (["--contrast", "a,x"], ["unknown item 'x'"]),
        (["--contrast", "a"], ["contrast is 'a'", "two items"]),
        (["--contrast", "a,a"], ["contrast is 'a,a'"]),
        (["--unnamed", "lst"], ["'lst'", "'last'"]),
      ] {
        expectFailure(try discrete(["rank", "fit", "x.csv"] + bad, in: root), 64, words)
      }
    }
  }

  @Test("Standard input is read with its format, and not without")
  func standardInput() throws {
    try withTemporaryFolder { root in
      try write(Array("a,b,c\nb,a,c\na,c,b\nc,a,b\n".utf8), to: "\(root)/r.csv")
      let fit = ["rank", "fit", "-", "--no-header", "--prior", "1"]
      let piped = try shell(#"cat r.csv | "$0" "$@" --format csv"#, fit, in: root)
      let named = try discrete(["rank", "fit", "r.csv"] + fit.dropFirst(3), in: root)
      #expect(piped.code == 0 && piped.output == named.output, "\(piped.errors)")
      expectFailure(try discrete(fit, in: root), 64, ["--format"])
      expectFailure(try discrete(fit + ["--format", "cvs"], in: root), 64, ["'csv'"])
    }
  }
}
