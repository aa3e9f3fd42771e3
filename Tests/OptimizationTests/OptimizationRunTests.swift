import Formats
import Foundation
import Runs
import TestSupport
import Testing

@testable import Optimization

struct OptimizationRunTests {
  private static let files = ["journal.jsonl", "metrics.jsonl", "metrics.csv"]

  private static func request(
    _ method: String = "local", _ changes: [String: String?] = [:], fixed: [String] = []
  ) throws -> OptimizationRequest {
    let base: [String: String?] = [
      "bits": "14", "problem": "labs", "method": method, "budget": "400", "seed": "3",
    ]
    let texts = base.merging(changes) { $1 }.compactMapValues(\.self)
    return try OptimizationRequest(texts.map { ($0.key, $0.value) }, fixed: fixed)
  }

  private static func launch(stop: StopCheck = .never) -> OptimizationLaunch {
    OptimizationLaunch(policy: RunPolicy(isQuiet: true, stop: stop))
  }

  @Test func aRunLeavesWhatAllRunsLeave() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      let summary = try OptimizationRunTests.launch().begin(
        OptimizationRunTests.request().plan(), in: path)
      #expect(summary["evaluations"] == 400)
      #expect(summary["stopped"] == "budget")
      let run = try RunFolder(opening: path)
      #expect(run.status == .finished)
      let found = names(in: path)
      for name in ["config.json", "curves.svg", "journal.jsonl", "metrics.jsonl", "summary.json"] {
        #expect(found.contains(name), "\(name)")
      }
      let problem = try LowAutocorrelation(14)
      let point = try problem.space.point(of: summary["point"]?.string ?? "")
      #expect(problem.value(point) == summary["best"]?.number)
      // A finished run is left alone, and goes on with more evaluations.
      #expect(try OptimizationRunTests.launch().resume(path) == summary)
      let longer = try OptimizationRunTests.launch().resume(path, budget: 500)
      #expect(longer["evaluations"] == 500)
      #expect(try text(of: path + "/journal.jsonl").split(separator: "\n").count == 501)
    }
  }

  @Test(arguments: ["local", "evolution", "annealing", "reinforce"])
  func aStoppedRunEndsAsTheUninterruptedOne(_ method: String) throws {
    try withTemporaryFolder { folder in
      let plan = try OptimizationRunTests.request(method).plan()
      let whole = try OptimizationRunTests.launch().begin(plan, in: folder + "/whole")
      let path = folder + "/stopped"
      // Every piece of this run is stopped after a few questions.
      let countdown = Countdown(3)
      #expect(throws: Failure.self) {
        try OptimizationRunTests.launch(stop: StopCheck { countdown.isOver }).begin(plan, in: path)
      }
      let summary = try OptimizationRunTests.launch().resume(path)
      for key in ["best", "point", "evaluations", "stopped"] { #expect(summary[key] == whole[key]) }
      for file in OptimizationRunTests.files {
        #expect(
          try steadyBytes(of: "\(path)/\(file)") == steadyBytes(of: "\(folder)/whole/\(file)"))
      }
    }
  }

  @Test func aTornJournalIsReadAtEveryLength() throws {
    try withTemporaryFolder { folder in
      let plan = try OptimizationRunTests.request().plan()
      let whole = folder + "/whole"
      let summary = try OptimizationRunTests.launch().begin(plan, in: whole)
      let journal = try bytes(of: whole + "/journal.jsonl")
      // Of a run that died before its first checkpoint after the beginning.
      for length in stride(from: 0, through: journal.count, by: 977) {
        let path = folder + "/\(length)"
        #expect(throws: Failure.self) {
          try OptimizationRunTests.launch(stop: StopCheck { true }).begin(plan, in: path)
        }
        try write(Array(journal.prefix(length)), to: path + "/journal.jsonl")
        let resumed = try OptimizationRunTests.launch().resume(path)
        #expect(resumed["point"] == summary["point"])
        #expect(try bytes(of: path + "/journal.jsonl") == journal)
      }
    }
  }

  @Test func aDamagedOrForeignJournalIsAnError() throws {
    try withTemporaryFolder { folder in
      let plan = try OptimizationRunTests.request().plan()
      let path = folder + "/run"
      _ = try OptimizationRunTests.launch().begin(plan, in: path)
      let lines = try text(of: path + "/journal.jsonl").split(separator: "\n")
      func check(_ lines: [Substring], _ part: String) throws {
        try write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path + "/journal.jsonl")
        let error = #expect(throws: (any Error).self) {
          try OptimizationRunTests.launch().resume(path, budget: 600)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(part)")
      }
      try check([lines[0], "{", lines[2]], "journal.jsonl: line 2: not JSON: '{'")
      try check([lines[0], #"{"id":0,"point":"01","value":1}"#], "line 2: '01' is not 14 bits")
      try check(
        [Substring(lines[0].replacing("labs", with: "onemax"))] + lines.dropFirst(),
        #"a journal of another problem: its problem is "onemax", expected "labs""#)
      try check(Array(lines.prefix(10)), "9 results, expected the 400")
    }
  }

  @Test func theEndIsTold() throws {
    try withTemporaryFolder { folder in
      let short = try OptimizationRunTests.request("local", ["bits": "5"])
      var summary = try OptimizationRunTests.launch().begin(short.plan(), in: folder + "/solved")
      #expect(summary["stopped"] == "solved")
      #expect(summary["evaluations"] == 32)
      #expect(summary["best"] == 2)
      let near = try OptimizationRunTests.request("local", ["bits": "5", "target": "10"])
      summary = try OptimizationRunTests.launch().begin(near.plan(), in: folder + "/target")
      #expect(summary["stopped"] == "target")
      #expect(try OptimizationRunTests.launch().resume(folder + "/target") == summary)
    }
  }

  @Test func whatCannotBeAskedForIsOneSentence() throws {
    func message(_ changes: [String: String?], fixed: [String] = []) -> String {
      do {
        _ = try OptimizationRunTests.request("local", changes, fixed: fixed).plan()
        return ""
      } catch {
        #expect((error as? Failure)?.kind == .usage)
        return "\(error)"
      }
    }
    for (changes, part) in [
      (["budget": "0"], "budget is '0', not a whole number"),
      (["budget": nil], "--budget is missing"), (["bits": "0"], "bits 0 has no point"),
      (["bits": nil, "problem": nil, "exec": "x"], "no space given"),
      (["order": "3"], "more than one space given"), (["problem": nil], "no cost given"),
      (["exec": "x"], "more than one cost given"),
      (["problem": "lab"], "unknown problem 'lab'; did you mean 'labs'?"),
      (["method": "lokal"], "unknown method 'lokal'; did you mean 'local'?"),
      (["start": "01"], "start: '01' is not 14 bits of 0 and 1"),
      (["time-out": "0"], "time-out is '0', not a positive number"),
      (["batch": "2"], "--batch is for --command"), (["noise": "1"], "unknown setting 'noise'"),
      (["bits": nil, "tree": "1"], "tree 1 has no point"),
      (
        ["bits": nil, "problem": nil, "exec": "x", "matching": "4", "method": "reinforce"], ""
      ),
    ] as [([String: String?], String)] {
      #expect(message(changes).hasPrefix(part), "\(message(changes))")
    }
    #expect(message([:], fixed: ["20=1"]) == "20 cannot be fixed, bits 14 has 0 to 13")
    #expect(
      message([:], fixed: ["x"]) == "fix is 'x', expected place=value, or part:place=value")
    #expect(message(["problem": nil, "exec": " "]) == "")
  }

  @Test func onlyTheBudgetOfAResumedRunMayDiffer() throws {
    #expect(try OptimizationRequest([("budget", "5")]).budget(resuming: "run") == 5)
    #expect(try OptimizationRequest([]).budget(resuming: "run") == nil)
    let error = #expect(throws: Failure.self) {
      try OptimizationRequest([("seed", "5")]).budget(resuming: "run")
    }
    #expect(
      error?.description == "--resume goes on with the settings of run; only --budget may differ")
  }

  @Test func aStoppedNoisyRunEndsAsTheUninterruptedOne() throws {
    try withTemporaryFolder { folder in
      let plan = try OptimizationRunTests.request("evolution", ["noisy": "true"]).plan()
      let whole = try OptimizationRunTests.launch().begin(plan, in: folder + "/whole")
      let countdown = Countdown(3)
      let path = folder + "/stopped"
      #expect(throws: Failure.self) {
        try OptimizationRunTests.launch(stop: StopCheck { countdown.isOver }).begin(plan, in: path)
      }
      let summary = try OptimizationRunTests.launch().resume(path)
      for key in ["best", "point", "interval", "values"] { #expect(summary[key] == whole[key]) }
      #expect(summary["interval"] == 0)
      #expect((summary["values"]?.number ?? 0) >= 20)
    }
  }
}
