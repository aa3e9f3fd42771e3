import Formats
import Runs
import TestSupport
import Testing

@testable import Optimization

struct OptimizationDialogTests {
  private static func begin(
    _ path: String, budget: Int = 60, _ more: [(key: String, text: String)] = []
  ) throws {
    let request = try OptimizationRequest(
      [("bits", "8"), ("told", "true"), ("budget", "\(budget)")] + more)
    _ = try OptimizationDialog.begin(request.plan(), in: path)
  }

  private static func ask(_ path: String, _ count: Int) throws -> [JSON] {
    var dialog = try OptimizationDialog(path)
    return try dialog.ask(count)
  }

  private static func tell(_ path: String, _ lines: [JSON]) throws -> [String] {
    var dialog = try OptimizationDialog(path)
    return try dialog.tell(lines)
  }

  private static func answered(_ questions: [JSON]) -> [JSON] {
    questions.map { question in
      let ones = question["point"]?.string?.count { $0 == "1" } ?? 0
      return ["id": question["id"] ?? .null, "value": JSON(ones)]
    }
  }

  @Test func valuesAreToldInAnyOrderByOtherProcesses() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try OptimizationDialogTests.begin(path)
      var asked: Set<String> = []
      while true {
        let first = try OptimizationDialogTests.ask(path, 3)
        let second = try OptimizationDialogTests.ask(path, 2)
        let questions = first + second
        if questions.isEmpty { break }
        for question in questions { #expect(asked.insert("\(question["point"]!)").inserted) }
        #expect(
          try OptimizationDialogTests.tell(
            path, OptimizationDialogTests.answered(questions).reversed()
          ).isEmpty)
      }
      let dialog = try OptimizationDialog(path)
      let result = dialog.result.json
      #expect(result["evaluations"] == 60)
      #expect(result["stopped"] == "budget")
      #expect(result["best"] == 0)
    }
  }

  @Test func pointsNeverAskedAreWelcomeAndLaterValuesAreNot() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try OptimizationDialogTests.begin(path)
      #expect(
        try OptimizationDialogTests.tell(path, [["point": "01010101", "value": 4]]).isEmpty)
      #expect(
        try OptimizationDialogTests.tell(path, [["point": "01010101", "value": 1]])
          == ["line 1: point 01010101 has a value already, which stays"])
      let journal = try bytes(of: path + "/journal.jsonl")
      for (line, part) in [
        (["value": 1], "line 2: neither a point nor an id"),
        (["id": 7, "value": 1], "line 2: id 7 is not open"),
        (["point": "0", "value": 1], "line 2: '0' is not 8 bits"),
        (["point": "00000000"], "line 2: no value, infeasible or failed"),
      ] as [(JSON, String)] {
        let error = #expect(throws: Failure.self) {
          try OptimizationDialogTests.tell(path, [["point": "11111111", "value": 8], line])
        }
        #expect(error?.description.hasPrefix(part) == true)
        #expect(try bytes(of: path + "/journal.jsonl") == journal)
      }
      // A torn line was never told.
      try write(journal + Array(#"{"point":"0000"#.utf8), to: path + "/journal.jsonl")
      let evaluations = try OptimizationDialog(path).evaluations
      #expect(evaluations == 1)
      let found = try bytes(of: path + "/journal.jsonl")
      #expect(found == journal)
    }
  }

  @Test func noisyValuesAreAveraged() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try OptimizationDialogTests.begin(path, [("noisy", "true")])
      let lines: [JSON] = [
        ["point": "01010101", "value": 4], ["point": "01010101", "value": 2],
        ["point": "11111111", "value": 1],
      ]
      #expect(try OptimizationDialogTests.tell(path, lines).isEmpty)
      let result = try OptimizationDialog(path).result.json
      // One value alone may be luck: that point is asked again.
      #expect(result["point"] == "01010101")
      #expect(result["best"] == 3)
      #expect(result["values"] == 2)
      #expect(abs((result["interval"]?.number ?? 0) - 12.706) < 1e-3)
      #expect(try OptimizationDialogTests.ask(path, 1).first?["point"] == "11111111")
    }
  }

  @Test func aRunWithACostOfItsOwnIsNotAsked() throws {
    try withTemporaryFolder { folder in
      let request = try OptimizationRequest(
        [("bits", "8"), ("problem", "onemax"), ("budget", "5")])
      let path = folder + "/run"
      _ = try OptimizationLaunch(policy: RunPolicy(isQuiet: true, stop: .never)).begin(
        request.plan(), in: path)
      let error = #expect(throws: Failure.self) { try OptimizationDialogTests.ask(path, 1) }
      #expect(error?.kind == .usage)
    }
  }
}
