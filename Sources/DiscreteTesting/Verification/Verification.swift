import Stochastics
import Tensors

extension Variate where Base == Bernoulli {
  /// A weighted sum of bits.
  static var ofBits: Variate {
    let weights: Tensor = [0.7, -0.2, 1.1]
    return Variate(
      value: { ($0.tensor * weights).sum(along: -1) },
      expectation: { ($0.mean * weights).sum(along: -1) })
  }
}

extension Variate where Base == Categorical {
  /// A sum of the entries of a table that the classes choose.
  static var ofClasses: Variate {
    let table = Tensor([0.4, -1, 0.3, 1.2, 0.1, -0.6], shape: [2, 3])
    return Variate(
      value: { ($0.oneHot * table).sum(along: -1).sum(along: -1) },
      expectation: { ($0.probabilities * table).sum(along: -1).sum(along: -1) })
  }
}

extension Variate where Base: MomentDistribution {
  /// A sum of numbers of the parts.
  static var ofParts: Variate {
    @Sendable func weighted(_ point: Tensor) -> Tensor {
      let weights = (0..<(point.shape.last ?? 0)).map { Scalar($0 * 3 % 5) * 0.4 - 0.7 }
      return (point * Tensor(weights)).sum(along: -1)
    }
    return Variate(
      value: { weighted(Base.point($0)) }, expectation: { weighted($0.meanPoint) })
  }
}

extension ScoreMutant {
  /// The promises broken on any cost.
  static func finding(
    _ fault: ScoreFault?, on problem: Problem<Base>, named name: String, _ variate: Variate<Base>
  ) -> Finding {
    let mutant = ScoreMutant(fault, variate: variate)
    let broken = Cost.allCases.flatMap { cost in
      problem.check(cost).failures(of: mutant, samples: samples, given: Context.features)
        .map(\.promise.rawValue)
    }
    return Finding(
      "REINFORCE on \(name) that \(fault?.rawValue ?? "is sound")", broken: Set(broken),
      expected: Set(fault?.breaks.map(\.rawValue) ?? []))
  }
}

/// All checks that sum or integrate the noise out, as one list.
package enum Verification {
  /// A check, which runs when it is called.
  package typealias Check = () -> Finding

  /// Every mutant, and each kind without a fault.
  package static func mutants() -> (sound: [Check], faulty: [Check]) {
    let kinds: [(sound: [Check], faulty: [Check])] = [
      checks { ScoreMutant.finding($0, on: bits, named: "bits", .ofBits) },
      checks { ScoreMutant.finding($0, on: classes, named: "classes", .ofClasses) },
      checks {
        MomentMutant.finding($0, on: structured(BinaryTree(leaves: 4)), named: "binary trees")
      },
      checks {
        MomentMutant.finding($0, on: structured(SpanningTree(vertices: 3)), named: "spanning trees")
      },
      checks { CoupledMutant($0).finding() },
      (
        [false, true].map { kind in { PairMutant(soundLeaveOneOut: kind).finding() } },
        PairFault.allCases.map { fault in { PairMutant(fault).finding() } }
      ),
      (
        GroupMutant.Kind.allCases.map { kind in { GroupMutant(sound: kind).finding() } },
        GroupFault.allCases.map { fault in { GroupMutant(fault).finding() } }
      ),
      (
        StructureMutant.Method.allCases.map { method in
          { StructureMutant(sound: method).finding() }
        },
        StructureFault.allCases.map { fault in { StructureMutant(fault).finding() } }
      ),
      checks { DistinctMutant($0).finding() },
      checks { BoundMutant($0).finding() },
      checks { RelaxationMutant($0).finding() },
    ]
    return (kinds.flatMap { $0.sound }, kinds.flatMap { $0.faulty })
  }

  private static func checks<Fault: CaseIterable>(
    _ finding: @escaping (Fault?) -> Finding
  ) -> (sound: [Check], faulty: [Check]) {
    ([{ finding(nil) }], Fault.allCases.map { fault in { finding(fault) } })
  }

  /// Estimators whose randomness is the sample alone, on four costs, against enumeration.
  package static func estimators() -> [Check] {
    on(bits, named: "bits", .ofBits) + on(classes, named: "classes", .ofClasses)
      + on(structured(BinaryTree(leaves: 4)), named: "binary trees", .ofParts)
      + on(structured(SpanningTree(vertices: 3)), named: "spanning trees", .ofParts)
  }

  private static func on<Base: EnumerableDistribution & MomentDistribution & ModalDistribution>(
    _ problem: Problem<Base>, named name: String, _ variate: Variate<Base>
  ) -> [Check] {
    typealias Law = Prescribed<Base>
    let h = KnownExpectation<Law>(
      value: variate.value, expectation: { variate.expectation($0.base) })
    let choices: [(String, Int, any GradientEstimator<Law>)] = [
      ("exact", 1, .exact()),
      ("reinforce", 1, .reinforce()),
      ("reinforce, a constant", 1, .reinforce(baseline: .constant(initial: 2))),
      ("reinforce, a moving average", 2, .reinforce(samples: 2, baseline: .movingAverage())),
      ("reinforce, leave-one-out", 2, .reinforce(samples: 2, baseline: .leaveOneOut)),
      ("remax", 1, .reMax()),
      ("control-variate", 2, .controlVariate(h, coefficient: .fixed(-0.6), samples: 2)),
      (
        "nvil without its normalization", 1,
        NVIL<Law>(network: Context.network, normalizesVariance: false)
      ),
      ("muprop", 1, .muProp()), ("double-cv", 2, .doubleControlVariate()),
    ]
    return choices.map { text, samples, estimator in
      func broken(_ estimator: some GradientEstimator<Law>) -> [String] {
        Cost.allCases.flatMap { cost in
          problem.check(cost).failures(of: estimator, samples: samples, given: Context.features)
            .map(\.promise.rawValue)
        }
      }
      return { Finding("\(text), on \(name)", broken: Set(broken(estimator)), expected: []) }
    }
  }
}
