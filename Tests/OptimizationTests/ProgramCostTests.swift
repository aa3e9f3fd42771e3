import Formats
import Foundation
import Runs
import TestSupport
import Testing

@testable import Optimization

struct ProgramCostTests {
  /// A plan for a shell text as a worker; it reads its header first.
  private static func plan(
    command text: String, bits: Int = 3, budget: Int = 8,
    _ change: (inout OptimizationPlan) -> Void = { _ in }
  ) throws -> OptimizationPlan {
    var plan = OptimizationPlan(
      try SearchSpace(.bits(bits)), .command("read header; " + text),
      method: try SearchMethod("random"), budget: budget)
    plan.usesShell = true
    change(&plan)
    return plan
  }

  private static func run(_ plan: OptimizationPlan) throws -> [String: String] {
    try withTemporaryFolder { folder in
      let policy = RunPolicy(isQuiet: true, stop: .never)
      let summary = try OptimizationLaunch(policy: policy).begin(plan, in: folder + "/run")
      let keys = ["best", "point", "evaluations", "stopped", "failures"]
      return Dictionary(uniqueKeysWithValues: keys.map { ($0, summary[$0]?.description ?? "") })
    }
  }

  private static func failure(_ plan: OptimizationPlan) throws -> Failure {
    let error = #expect(throws: Failure.self) { try run(plan) }
    return try #require(error)
  }

  private static let loop = #"while IFS="$(printf '\t')" read -r id point; do "#

  @Test(arguments: [1, 2, 3]) func aWorkerAnswersEveryPoint(_ workers: Int) throws {
    let text = ProgramCostTests.loop + #"printf '%s\t%s\n' "$id" "$point"; done"#
    let found = try ProgramCostTests.run(
      ProgramCostTests.plan(command: text) { $0.workers = workers })
    #expect(found["best"] == "0")
    #expect(found["point"] == #""000""#)
    #expect(found["evaluations"] == "8")
    #expect(found["stopped"] == #""solved""#)
  }

  @Test func batchesEndWithAnEmptyLineAndAreAnsweredInAnyOrder() throws {
    // Answers are kept back until the empty line, and then given last first.
    let text =
      ProgramCostTests.loop + #"""
        if [ -z "$id" ]; then printf '%s' "$all"; all=; else all="$(printf '%s\t%s\n%s' "$id" "$point" "$all")
        "; fi; done
        """#
    let found = try ProgramCostTests.run(
      ProgramCostTests.plan(command: text) { $0.batch = 4 })
    #expect(found["best"] == "0")
    #expect(found["evaluations"] == "8")
  }

  @Test func infinityIsInfeasibleAndWordsAreFailures() throws {
    let text =
      ProgramCostTests.loop + #"""
        case $point in 000) a=inf;; 001) a='nan';; 010) a='3 no license';; *) a=$point;; esac
        printf '%s\t%s\n' "$id" "$a"; done
        """#
    let found = try ProgramCostTests.run(ProgramCostTests.plan(command: text))
    #expect(found["best"] == "11")
    #expect(found["failures"] == "2")
    let none = try ProgramCostTests.failure(
      ProgramCostTests.plan(
        command: ProgramCostTests.loop + #"printf '%s\t1 no license\n' "$id"; done"#))
    #expect(
      none.description
        == "none of 8 points has a value: 8 evaluations failed, the last for 'no license', the others cannot be"
    )
  }

  @Test func aWorkerThatEndsIsStartedAgain() throws {
    // It answers one point and leaves.
    let text = #"read id point; printf '%s\t%s\n' "$id" "$point""#
    #expect(try ProgramCostTests.run(ProgramCostTests.plan(command: text))["best"] == "0")
  }

  @Test(arguments: [
    ("exit 3", "ended with exit status 3 before it answered point", ", 3 times"),
    ("kill -9 $$", "ended with signal 9 before it answered point", ", 3 times"),
    ("read a b; echo hello", "answered 'hello' while asked point", ", expected id, tab, number"),
    (
      #"read a b; printf '%s\tx\n' "$a""#, #"answered '0\#tx' while asked point"#,
      ", expected id, tab, number"
    ),
    (
      #"read a b; printf '77\t1\n'; sleep 9"#, "an answer to the unknown id 77: '77\t1'",
      " while asked point"
    ),
    (
      #"read a b; printf '%s\t1\n%s\t2\n' $a $a; read a b; sleep 9"#,
      "a second answer to id 0: '0\t2'",
      "'0\t2'"
    ),
    (
      "read a b; head -c 200000 /dev/zero | tr '\\0' x; sleep 9",
      "a line of more than 65536 bytes while asked point", "'xxx"
    ),
    ("sleep 9", "no answer to point", "within 0.3 s, nor any before: does it flush its output?"),
    (
      #"read a b; printf '%s\t1\n' $a; sleep 9"#, "no answer to point",
      "within 0.3 s"
    ),
  ])
  func everyFaultIsOneSentence(_ text: String, _ start: String, _ end: String) throws {
    // Only programs that never answer have little time: others may be slow to start.
    let isLate = start == "no answer to point"
    let failure = try ProgramCostTests.failure(
      ProgramCostTests.plan(command: text) { $0.timeOut = isLate ? 0.3 : nil })
    #expect(failure.description.hasPrefix("'read header; "))
    #expect(failure.description.contains(start), "\(failure)")
    #expect(failure.description.contains(end), "\(failure)")
    #expect([.badData, .inputOutput].contains(failure.kind))
  }

  @Test func aProgramForEachPointWritesItsValueLast() throws {
    func plan(
      _ text: String, throughShell: Bool = true, timeOut: Double? = nil
    ) throws -> OptimizationPlan {
      var plan = OptimizationPlan(
        try SearchSpace(.bits(3)), .exec(text), method: try SearchMethod("random"), budget: 8)
      (plan.usesShell, plan.workers, plan.timeOut) = (throughShell, 2, timeOut)
      return plan
    }
    #expect(try ProgramCostTests.run(plan("echo noise; echo {}"))["best"] == "0")
    #expect(try ProgramCostTests.run(plan("printf %s", throughShell: false))["best"] == "0")
    for (text, part) in [
      ("exit 2", "ended with exit status 2 at point"), ("true", "nothing written at point"),
      ("echo many words", "is 'many words', expected a number"),
      ("sleep 9", "within 0.5 s"), ("kill $$", "ended with signal 15 at point"),
    ] {
      let isLate = part.hasPrefix("within")
      let failure = try ProgramCostTests.failure(plan(text, timeOut: isLate ? 0.5 : nil))
      #expect(failure.description.contains(part), "\(failure)")
    }
    let missing = try ProgramCostTests.failure(plan("/no/such/program", throughShell: false))
    #expect(missing.kind == .missingInput)
    #expect(missing.description.hasPrefix("'/no/such/program': cannot be run: "))
  }

  @Test func aFailedRunKeepsItsResultsAndGoesOn() throws {
    try withTemporaryFolder { folder in
      let (log, path) = (folder + "/log", folder + "/run")
      // It breaks at its fifth point until a file says that it is mended.
      let text =
        ProgramCostTests.loop + """
          n=$((n+1)); [ -e \(folder)/mended ] || [ $n -lt 5 ] || exit 1; echo $point >> \(log)
          printf '%s\\t%s\\n' $id $point; done
          """
      let plan = try ProgramCostTests.plan(command: text, bits: 5, budget: 20)
      let launch = OptimizationLaunch(policy: RunPolicy(isQuiet: true, stop: .never))
      // Each of three workers answers four points; the fourth is not started.
      var endings = 0
      while endings < 10 {
        do {
          _ = try launch.resume(path)
          break
        } catch {
          if endings == 0 { _ = try? launch.begin(plan, in: path) }
          endings += 1
          if endings == 2 { try write([], to: folder + "/mended") }
        }
      }
      #expect(try RunFolder(opening: path).status == .finished)
      let points = try TestSupport.text(of: log).split(separator: "\n")
      #expect(points.count == 20)
      #expect(Set(points).count == 20)
    }
  }

  @Test func wordsAreThoseOfAShellWithoutItsRest() throws {
    func words(_ text: String) throws -> [String] { try Program(text).words }
    #expect(try words(#"a 'b c' "d $e" f\ g "#) == ["a", "b c", "d $e", "f g"])
    #expect(try words("a '' *") == ["a", "", "*"])
    #expect(try Program("a x{}y").words(for: "01") == ["a", "x01y"])
    #expect(try Program("a b").words(for: "01") == ["a", "b", "01"])
    #expect(throws: Failure.self) { try Program("a 'b") }
    #expect(throws: Failure.self) { try Program("  ") }
  }
}
