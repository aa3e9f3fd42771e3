import DiscreteTesting
import Testing

/// The checks that the estimators pass bite: each of these wrong ones is caught, and by what it breaks.
@Suite("Mutants")
struct MutantExactnessTests {
  @Test("every mutant is caught, and passes without its fault", arguments: Verification.mutants())
  func caught(finding: Finding) {
    #expect(
      finding.isAsExpected,
      "\(finding.subject): broke \(finding.broken.sorted()), expected \(finding.expected.sorted())")
  }

  @Test("at least twenty-five faults are known, some of which keep the mean")
  func count() {
    let faulty = Verification.mutants().filter { !$0.expected.isEmpty }
    #expect(faulty.count >= 25)
    #expect(faulty.filter { $0.expected == ["noise"] }.count >= 5)
  }

  @Test("what discrete verify lists of the estimators is in order")
  func estimators() {
    #expect(Verification.estimators().filter { !$0.isAsExpected }.map(\.subject) == [])
  }
}
