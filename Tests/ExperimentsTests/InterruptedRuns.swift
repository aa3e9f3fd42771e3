import Experiments
import Formats
import Runs
import Synchronization
import Tensors
import TestSupport
import Testing

/// Runs an experiment whole, and again with stops at random moments, and expects the same files.
///
/// A moment is a question whether to stop: before the work, between its pieces, and within
/// evaluations.
///
/// - Parameters:
///   - seed: of the moments.
///   - most: questions between two stops, at most, beside those before the work.
///   - names: of files whose bytes depend on no clock.
func expectSameIfInterrupted<Work: Experiment>(
  _ experiment: Work.Type, _ settings: Settings, seed: UInt64 = 1, atMost most: Int = 12,
  files names: [String] = [
    "checkpoints/last.safetensors", "metrics.jsonl", "metrics.csv", "config.json",
  ]
) throws {
  try withTemporaryFolder { root in
    let (whole, parts) = ("\(root)/whole", "\(root)/parts")
    func launch(_ stop: StopCheck) -> Launch<Work> {
      Launch(policy: RunPolicy(isQuiet: true, stop: stop), environment: .null)
    }
    _ = try launch(.never).begin(settings, in: whole)
    var generator = Philox(seed: seed)
    let before = try questions(Work.self, settings)
    var stops = 0
    while true {
      let left = Countdown(Int.random(in: 1...before + most, using: &generator))
      let part = launch(StopCheck { left.isOver })
      do {
        if try fileExists(parts) {
          _ = try part.resume(parts)
        } else {
          _ = try part.begin(settings, in: parts)
        }
        break
      } catch let failure as Failure where failure.kind == .interrupted {
        stops += 1
      }
    }
    #expect(stops > 1)
    for name in names {
      #expect(
        try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
    }
    let summaries = try [whole, parts].map { try RunFolder(opening: $0).summary() }
    for case .object(let members) in summaries.prefix(1) {
      let clocked = ["run", "seconds", "steps_per_second", "session_steps", "session_seconds"]
      for member in members where !clocked.contains(member.key) {
        #expect(summaries[1][member.key] == member.value, "\(member.key)")
      }
    }
  }
}

/// How often an experiment asks whether to stop before its work begins.
func questions<Work: Experiment>(_: Work.Type, _ settings: Settings) throws -> Int {
  let count = Mutex(0)
  let stop = StopCheck {
    count.withLock { $0 += 1 }
    return false
  }
  _ = try Work(settings).prepare(tell: { _ in }, stop)
  return count.withLock { $0 }
}

/// Stops an experiment at questions before its work begins, at every one of a few, and expects that
/// a new run has left nothing, and that a run that was to go on is as it was.
func expectUntouchedIfStoppedBefore<Work: Experiment>(
  _ experiment: Work.Type, _ settings: Settings
) throws {
  try withTemporaryFolder { root in
    func launch(after count: Int) -> Launch<Work> {
      let left = Countdown(count)
      return Launch(
        policy: RunPolicy(isQuiet: true, stop: StopCheck { left.isOver }), environment: .null)
    }
    let count = try questions(experiment, settings)
    #expect(count > 0)
    for question in stride(from: 0, to: count, by: max(1, count / 16)) {
      let path = "\(root)/\(question)"
      let failure = try #require(throws: Failure.self) {
        try launch(after: question).begin(settings, in: path)
      }
      #expect(failure.kind == .interrupted)
      #expect(try !fileExists(path))
    }
    let path = "\(root)/run"
    #expect(throws: Failure.self) { try launch(after: count).begin(settings, in: path) }
    let names = ["checkpoints/last.safetensors", "config.json", "sessions.json", "STATUS"]
    let files = try names.map { try bytes(of: "\(path)/\($0)") }
    let failure = try #require(throws: Failure.self) { try launch(after: 0).resume(path) }
    #expect(failure.kind == .interrupted && failure.description.contains(path))
    #expect(try names.map { try bytes(of: "\(path)/\($0)") } == files)
  }
}
