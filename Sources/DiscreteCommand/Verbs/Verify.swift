import ArgumentParser
import DiscreteTesting
import Experiments
import Formats
import Runs

/// The proofs on this machine: estimators against enumeration, and mutants with what catches them.
struct Verify: ParsableCommand, SharedVerb {
  static let configuration = CommandConfiguration(
    abstract: "Check estimators against enumeration, and that the checks catch mutants.",
    discussion: """
      Every estimator of the catalogue is measured on each law that it is for, on a problem small enough to list: its mean over \
      \(CatalogueProof.draws) estimates is compared with the exact gradient. One that calls itself unbiased fails if it is more than \
      \(Int(ComparisonRow.largestZ)) standard errors off in any coordinate, which happens to a sound one with probability 2e-9 a \
      coordinate; one that calls itself biased promises nothing, and its distance is shown. Where the sample is all of an \
      estimator's randomness, every draw is listed instead, and the mean is exact.

      A mutant is an estimator with one fault. Each is listed with the promises it was seen to break: value, gradient, isolation \
      (the gradient where every draw has a call of its own), direct term, passenger and context by summing all draws out; mean, \
      noise (another implementation at equal noise) and variance objective by quadrature. The exit code is 1 if a sound \
      estimator breaks any or a mutant goes uncaught.
      """)

  @Argument(
    help: "An estimator, with options or without, to check alone; all and the mutants by default.")
  var estimator: String?

  @Flag(help: "Print one JSON object per line.") var json = false

  func run() throws {
    if let estimator {
      let (count, wrong) = try catalogue(estimator)
      guard wrong == 0 else {
        throw Failure(.failedCheck, "\(wrong) of \(count) checks failed")
      }
      return
    }
    if !json { print("The catalogue against exact gradients") }
    let (measured, off) = try catalogue(nil)
    if !json { print() }
    let mutants = Verification.mutants()
    if !json { print("Against enumeration and quadrature") }
    let sound = try show(Verification.estimators() + mutants.sound)
    if !json { print("\nMutants") }
    let faulty = try show(mutants.faulty)
    let wrong = (sound + faulty).filter { !$0.isAsExpected }.count
    if !json {
      print(
        "\n\(measured) of the catalogue, \(sound.count) sound, \(faulty.count) mutants, \(wrong + off) not as expected"
      )
    }
    guard wrong + off == 0 else {
      throw Failure(
        .failedCheck, "\(wrong + off) of \(measured + sound.count + faulty.count) checks failed")
    }
  }

  /// Measures one estimator or all, prints each verdict, and returns how many there are and how
  /// many promises were broken.
  private func catalogue(_ asked: String?) throws -> (count: Int, wrong: Int) {
    var (count, wrong) = (0, 0)
    do {
      try CatalogueProof.run(asked, over: Discrete.ranks) { verdict in
        count += 1
        wrong += verdict.isKept ? 0 : 1
        let mark = verdict.isKept ? "✓" : "✗"
        print(
          json
            ? verdict.json.description
            : " \(mark) \(verdict.estimator), \(verdict.law): \(verdict.sentence)")
      }
    } catch let error as SettingError {
      throw Failure(.usage, error.description)
    }
    return (count, wrong)
  }

  /// Runs checks, and prints each finding as soon as it is there.
  private func show(_ checks: [Verification.Check]) throws -> [Finding] {
    try Discrete.ranks.map(checks.count, report: show) { checks[$0]() }
  }

  private func show(_ finding: Finding) {
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
  }
}
