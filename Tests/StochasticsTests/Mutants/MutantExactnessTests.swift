import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The checks that the estimators pass bite: each of these wrong ones is caught, and by what it breaks.
@Suite("Mutants")
struct MutantExactnessTests {
  static let ofBits = Variate<Bernoulli>(
    value: { ($0.tensor * ControlVariateExactnessTests.weights).sum(along: -1) },
    expectation: { ($0.mean * ControlVariateExactnessTests.weights).sum(along: -1) })

  static let ofClasses = Variate<Categorical>(
    value: { ($0.oneHot * ControlVariateExactnessTests.table).sum(along: -1).sum(along: -1) },
    expectation: {
      ($0.probabilities * ControlVariateExactnessTests.table).sum(along: -1).sum(along: -1)
    })

  /// The names of the promises broken on any cost.
  static func broken<Base>(
    by fault: Fault?, on problem: Problem<Base>, _ variate: Variate<Base>
  ) -> Set<String> {
    let mutant = Mutant(fault, variate: variate)
    return Set(
      Cost.allCases.flatMap { cost in
        problem.check(cost)
          .failures(of: mutant, samples: Mutant<Base>.samples, given: Context.features)
          .map(\.promise.rawValue)
      })
  }

  @Test("the mutant is caught", arguments: Fault.allCases)
  func caught(fault: Fault) {
    let expected = Set(fault.breaks.map(\.rawValue))
    #expect(Self.broken(by: fault, on: bits, Self.ofBits) == expected)
    #expect(Self.broken(by: fault, on: classes, Self.ofClasses) == expected)
  }

  @Test("without its fault it passes")
  func sound() {
    #expect(Self.broken(by: nil, on: bits, Self.ofBits) == [])
    #expect(Self.broken(by: nil, on: classes, Self.ofClasses) == [])
  }
}
