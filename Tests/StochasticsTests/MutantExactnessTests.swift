import DiscreteTesting
import Testing

/// The checks that the estimators pass bite: each of these wrong ones is caught, and by what it
/// breaks.
struct MutantExactnessTests {
  private static var findings: [Finding] {
    let mutants = Verification.mutants()
    return (mutants.sound + mutants.faulty).map { $0() }
  }

  @Test("every mutant is caught, and passes without its fault", arguments: findings)
  func caught(finding: Finding) {
    #expect(
      finding.isAsExpected,
      "\(finding.subject): broke \(finding.broken.sorted()), expected \(finding.expected.sorted())")
  }

  @Test("at least twenty-five faults are known, some of which keep the mean")
  func count() {
    let faulty = Verification.mutants().faulty.map { $0() }
    #expect(faulty.allSatisfy { !$0.expected.isEmpty })
    #expect(faulty.count >= 25)
    #expect(faulty.filter { $0.expected == ["noise"] }.count >= 5)
  }

  @Test("what discrete verify lists of the estimators is in order")
  func estimators() {
    let findings = Verification.estimators().map { $0() }
    #expect(findings.filter { !$0.isAsExpected }.map(\.subject) == [])
  }
}
