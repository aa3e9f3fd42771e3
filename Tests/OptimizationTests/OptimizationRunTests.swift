import Formats
import Foundation
import Runs
import TestSupport
import Testing

@testable import Optimization

struct OptimizationRunTests {
  private static let files = ["journal.jsonl", "metrics.jsonl", "metrics.csv"]

  private static func request(_ method: String = "local", workers: Int = 1) -> OptimizationRequest {
    var request = OptimizationRequest()
    (request.bits, request.problem, request.method) = ("14", "labs", method)
    (request.budget, request.workers, request.seed) = (400, workers, 3)
    return request
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
      var request = OptimizationRunTests.request()
      request.bits = "5"
      var summary = try OptimizationRunTests.launch().begin(request.plan(), in: folder + "/solved")
      #expect(summary["stopped"] == "solved")
      #expect(summary["evaluations"] == 32)
      #expect(summary["best"] == 2)
      request.target = 10
      summary = try OptimizationRunTests.launch().begin(request.plan(), in: folder + "/target")
      #expect(summary["stopped"] == "target")
      #expect(try OptimizationRunTests.launch().resume(folder + "/target") == summary)
    }
  }

  @Test func whatCannotBeAskedForIsOneSentence() throws {
    func message(_ change: (inout OptimizationRequest) -> Void) -> String {
      var request = OptimizationRunTests.request()
      change(&request)
      do {
        _ = try request.plan()
        return ""
      } catch {
        #expect((error as? Failure)?.kind == .usage)
        return "\(error)"
      }
    }
    #expect(message { $0.budget = 0 }.hasPrefix("budget is '0'"))
    #expect(message { $0.budget = nil }.contains("--budget is missing"))
    #expect(message { $0.bits = "0" } == "bits 0 has no point")
    #expect(
      message { ($0.bits, $0.problem, $0.exec) = (nil, nil, "x") }.hasPrefix("no space given"))
    #expect(message { $0.order = "3" }.hasPrefix("more than one space given"))
    #expect(message { $0.problem = nil }.hasPrefix("no cost given"))
    #expect(message { $0.exec = "x" }.hasPrefix("more than one cost given"))
    #expect(message { $0.problem = "lab" } == "unknown problem 'lab'; did you mean 'labs'?")
    #expect(message { $0.method = "lokal" } == "unknown method 'lokal'; did you mean 'local'?")
    #expect(message { $0.start = "01" } == "start: '01' is not 14 bits of 0 and 1")
    #expect(message { $0.fixed = ["20=1"] } == "20 cannot be fixed, bits 14 has 0 to 13")
    #expect(message { $0.fixed = ["x"] } == "fix is 'x', expected place=value, or part:place=value")
    #expect(message { $0.timeOut = 0 }.hasPrefix("time-out is '0.0'"))
    #expect(message { $0.batch = 2 } == "--batch is for --command")
    #expect(message { ($0.problem, $0.exec) = (nil, " ") } == "")
  }
}
