import ArgumentParser
import DiscreteTesting
import Formats
import Runs

/// The proofs on this machine: estimators against enumeration, and mutants with what catches them.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check estimators against enumeration, and that the checks catch mutants.",
    discussion: """
      A mutant is an estimator with one fault. Each is listed with the promises it was seen to break: value, gradient, isolation \
      (the gradient where every draw has a call of its own), direct term, passenger and context by summing all draws out; mean, \
      noise (another implementation at equal noise) and variance objective by quadrature. The exit code is 1 if a sound \
      estimator breaks any or a mutant goes uncaught.
      """)

  @Flag(help: "Print one JSON object per line.") var json = false

  func run() throws {
    let mutants = Verification.mutants()
    if !json { print("Against enumeration and quadrature") }
    let sound = show(Verification.estimators() + mutants.sound)
    if !json { print("\nMutants") }
    let faulty = show(mutants.faulty)
    let wrong = (sound + faulty).filter { !$0.isAsExpected }.count
    if !json {
      print("\n\(sound.count) sound, \(faulty.count) mutants, \(wrong) not as expected")
    }
    guard wrong == 0 else {
      throw Failure(.failedCheck, "\(wrong) of \(sound.count + faulty.count) checks failed")
    }
  }

  /// Runs checks, and prints each finding as soon as it is there.
  private func show(_ checks: [Verification.Check]) -> [Finding] {
    checks.map { check in
      let finding = check()
      let broken = finding.broken.sorted()
      if json {
        let line: JSON = [
          "subject": JSON(finding.subject), "is_mutant": .bool(!finding.expected.isEmpty),
          "breaks": .array(broken.map { JSON($0) }), "passed": .bool(finding.isAsExpected),
        ]
        print(line)
      } else {
        let verdict =
          broken.isEmpty ? "keeps every promise" : "caught: \(broken.joined(separator: ", "))"
        print(" \(finding.isAsExpected ? "✓" : "✗") \(finding.subject): \(verdict)")
      }
      return finding
    }
  }
}
