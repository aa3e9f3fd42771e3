import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct KSubsetExactnessTests {
  static let logits: Tensor = [0.3, -1.2, 2, 0.7, -0.4]
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5

  @Test("probabilities sum to one over all subsets", arguments: 0...5)
  func normalized(size: Int) {
    let q = KSubset(logits: Self.logits, size: size)
    let states = q.states()
    #expect(q.stateCount == states.shape[0])
    let total = q.logProbability(states).exp().sum().item
    #expect(abs(Double(total) - 1) < Self.tolerance)
  }

  @Test("marginals, entropy and their gradients are those of enumeration", arguments: 1...4)
  func enumeration(size: Int) {
    let q = KSubset(logits: Self.logits, size: size)
    let states = q.states()
    let p = q.logProbability(states).exp()
    let exact = (states.tensor * p.expandingDimensions(at: -1)).sum(along: 0)
    for (a, b) in zip(q.marginals.scalars, exact.scalars) {
      #expect(abs(Double(a - b)) < Self.tolerance)
    }
    let entropy = -(p * q.logProbability(states)).sum().item
    #expect(abs(Double(q.entropy().item - entropy)) < 10 * Self.tolerance)
    var generator = Philox(seed: 0)
    let weights: Tensor = [1, -2, 0.5, 3, 1]
    let report = checkGradient(
      of: { (KSubset(logits: $0[0], size: size).marginals * weights).sum() }, at: [Self.logits],
      using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("samples have the law: chi-square of 100,000 draws, false alarms below 1e-6")
  func sampled() {
    let q = KSubset(logits: Self.logits, size: 2)
    var generator = Philox(seed: 81)
    let drawn = q.sample(100_000, using: &generator).values
    var counts = [Int](repeating: 0, count: 32)
    for draw in 0..<100_000 {
      counts[(0..<5).reduce(0) { $0 | (drawn[draw * 5 + $1] ? 1 << $1 : 0) }] += 1
    }
    let states = q.states()
    var probabilities = [Double](repeating: 0, count: 32)
    for (state, p) in q.logProbability(states).exp().scalars.enumerated() {
      let code = (0..<5).reduce(0) { $0 | (states.values[state * 5 + $1] ? 1 << $1 : 0) }
      probabilities[code] = Double(p)
    }
    #expect(ChiSquare(observed: counts, probabilities: probabilities).pValue > 1e-6)
  }

  @Test("estimators apply: REINFORCE over listed draws has the exact gradient")
  func estimators() {
    func value(_ logits: Tensor) -> Tensor {
      let q = KSubset(logits: logits, size: 2)
      let states = q.states()
      return (q.logProbability(states).exp() * Cost.quadratic(states.tensor * Self.logits)).sum()
    }
    let exact = gradient(at: Self.logits, value)
    var (estimator, generator) = (Exact<KSubset>(), Philox(seed: 0))
    let found = gradient(at: Self.logits) { logits in
      estimator.expectation(
        over: KSubset(logits: logits, size: 2), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in Cost.quadratic(z * Self.logits) })
    }
    for (a, b) in zip(exact.scalars, found.scalars) {
      #expect(abs(Double(a - b)) < 100 * Self.tolerance)
    }
  }

  @Test("far logits, and a batch")
  func numerics() {
    let q = KSubset(logits: Tensor([1e4, -1e4, 0, 1e4, 3, 2], shape: [2, 3]), size: 2)
    #expect(q.marginals.scalars.allSatisfy { $0 >= 0 && $0 <= 1.0001 })
    var generator = Philox(seed: 82)
    let sums = q.sample(50, using: &generator).tensor.sum(along: -1).scalars
    #expect(sums.allSatisfy { $0 == 2 })
  }

  @Test("ties far from zero, and gaps below a far logit")
  func far() {
    for shift in [1e6, -1e6] as [Scalar] {
      let equal = KSubset(logits: .full(shift, [4]), size: 2)
      for p in equal.marginals.scalars { #expect(abs(Double(p) - 0.5) < Self.tolerance) }
      for log in equal.logProbability(equal.states()).scalars {
        #expect(abs(Double(log) + 1.791_759_469_228_055) < 10 * Self.tolerance)
      }
      #expect(abs(Double(equal.entropy().item) - 1.791_759_469_228_055) < 10 * Self.tolerance)
    }
    // One is in for certain, and of the others one with probability 1 / (1 + e^0.5).
    let p = 0.377_540_668_798_145_4
    let apart = KSubset(logits: [1e7, 0, 0.5], size: 2)
    for (a, b) in zip(apart.marginals.scalars, [1, p, 1 - p]) {
      #expect(abs(Double(a) - b) < Self.tolerance)
    }
    #expect(
      abs(Double(apart.logProbability(Bits(Tensor([1, 1, 0]))).item) + 0.974_076_984_180_107) < 10
        * Self.tolerance)
    #expect(abs(Double(apart.entropy().item) - 0.662_847_318_579_179) < 10 * Self.tolerance)
    // 20,000 draws; six deviations, a false alarm in 10^9.
    var generator = Philox(seed: 83)
    let ones = apart.sample(20_000, using: &generator).tensor.sum(along: 0).scalars.map {
      Double($0) / 20_000
    }
    #expect(ones[0] == 1 && abs(ones[1] - p) < 0.021)
  }

  @Test("sizes that no set has trap; the empty set of nothing is certain")
  func traps() async {
    await #expect(processExitsWith: .failure) { _ = KSubset(logits: [0, 1], size: 3) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor([0, 1]).relaxedTopK(3, temperature: 1)
    }
    #expect(KSubset(logits: .zeros([0]), size: 0).marginals.shape == [0])
  }

  @Test("a relaxed top-k sums to k and hardens")
  func relaxed() {
    let keys: Tensor = [0.3, 2.1, -1, 1.4, 0.2]
    let soft = keys.relaxedTopK(2, temperature: 0.7)
    #expect(abs(Double(soft.sum().item) - 2) < 1e-4)
    let hard = keys.relaxedTopK(2, temperature: 0.01)
    for (a, b) in zip(hard.scalars, [0, 1, 0, 1, 0] as [Scalar]) { #expect(abs(a - b) < 1e-3) }
  }
}
