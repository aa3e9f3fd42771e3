import Experiments
import Formats
import Runs
import Tensors
import TestSupport
import Testing

/// Runs an experiment whole, and again with stops at random moments, and expects the same files.
///
/// A moment is a question whether to stop: between pieces of work, and within evaluations.
///
/// - Parameters:
///   - seed: of the moments.
///   - most: questions between two stops, at most.
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
    var stops = 0
    while true {
      let left = Countdown(Int.random(in: 1...most, using: &generator))
      let part = launch(StopCheck { left.isOver })
      do {
        if stops == 0 {
          _ = try part.begin(settings, in: parts)
        } else {
          _ = try part.resume(parts)
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
