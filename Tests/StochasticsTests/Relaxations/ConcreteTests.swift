import DiscreteTesting
import Foundation
import Stochastics
import Tensors
import Testing

@Suite("The Concrete distribution")
struct ConcreteExactnessTests {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-6 : 2e-3

  @Test("the binary density integrates to one", arguments: [0.4, 1, 2.5] as [Scalar])
  func binary(temperature: Scalar) {
    let law = BinaryConcrete(logits: 0.6, temperature: Tensor(temperature))
    // In the log-odds, where the density is smooth and its tails are exponential.
    let rows = NoiseRows.quadrature([[]], nodes: 200)
    let width: Scalar = 40 / temperature
    let l = (rows.values.reshaped([200]) - 0.5) * 2 * width
    let total = (law.logDensity(ofLogit: l).exp() * rows.weights).sum() * 2 * width
    #expect(abs(Double(total.item) - 1) < 10 * Self.tolerance)
  }

  @Test("the density of three classes integrates to one", arguments: [0.7, 1, 2] as [Scalar])
  func ternary(temperature: Scalar) {
    let law = Concrete(logits: Tensor([0.60, 0.25, 0.15]).log(), temperature: Tensor(temperature))
    // Log-ratios a = log y1 / y3 and b = log y2 / y3: dy1 dy2 = y1 y2 y3 da db.
    let rows = NoiseRows.quadrature([[0.5], [0.5]], nodes: 90)
    let width: Scalar = 30 / min(1, temperature)
    let ratios = (rows.values - 0.5) * 2 * width
    let x = concatenate([ratios, .zeros([rows.count, 1])], along: -1).logSoftmax(along: -1)
    let density = (law.logDensity(ofLog: x)).exp()
    let total = (density * rows.weights).sum() * 4 * width * width
    #expect(abs(Double(total.item) - 1) < 20 * Self.tolerance)
  }

  @Test("two classes are a bit: the densities agree", arguments: [0.3, 1, 4] as [Scalar])
  func agreement(temperature: Scalar) {
    let two = Concrete(logits: [0.9, -0.4], temperature: Tensor(temperature))
    let bit = BinaryConcrete(logits: 1.3, temperature: Tensor(temperature))
    let y: Tensor = [0.02, 0.3, 0.5, 0.77, 0.98]
    let points = stack([y, 1 - y], along: -1)
    for (a, b) in zip(two.logDensity(of: points).scalars, bit.logDensity(of: y).scalars) {
      #expect(abs(Double(a - b)) < 1e-3)
    }
  }

  @Test(
    "the largest coordinate has the categorical's law at every temperature: chi-square, false alarms below 1e-6",
    arguments: [1e-6, 0.1, 1, 100] as [Scalar])
  func law(temperature: Scalar) {
    let law = Concrete(logits: Tensor([0.60, 0.25, 0.15]).log(), temperature: Tensor(temperature))
    var generator = Philox(seed: 61)
    let count = 100_000
    let x = law.sampleLog(count, using: &generator)
    let chosen = x.argmax(along: -1).values.map { Int($0) }
    let counts = (0..<3).map { label in chosen.filter { $0 == label }.count }
    let result = ChiSquare(observed: counts, probabilities: [0.60, 0.25, 0.15])
    #expect(result.pValue > 1e-6)
  }
}

@Suite("Relaxations at the extremes")
struct RelaxationNumericsTests {
  static let temperatures: [Scalar] = [1e-6, 1e-2, 1, 100]

  static func isSimplex(_ y: Tensor) -> Bool {
    let sums = y.sum(along: -1).scalars
    return y.scalars.allSatisfy { $0 >= 0 && $0 <= 1 } && sums.allSatisfy { abs($0 - 1) < 1e-3 }
  }

  @Test("samples lie on the simplex and densities are numbers", arguments: temperatures)
  func extremes(temperature: Scalar) {
    var generator = Philox(seed: 62)
    for logits in [[10_000, -10_000, 0], [-10_000, -10_000, -10_000], [1, 2, 3]] as [[Scalar]] {
      let law = Concrete(logits: Tensor(logits), temperature: Tensor(temperature))
      #expect(Self.isSimplex(law.sample(500, using: &generator)))
      let density = law.logDensity(ofLog: law.sampleLog(500, using: &generator))
      #expect(density.scalars.allSatisfy { !$0.isNaN })
    }
  }

  @Test("a hundred thousand classes", arguments: [0.1, 1] as [Scalar])
  func manyClasses(temperature: Scalar) {
    var generator = Philox(seed: 63)
    let q = Categorical(logits: .zeros([1, 100_000]))
    let z = q.perturbation(q.noise(2, using: &generator))
    let y = Categorical.relax(z, temperature: Tensor(temperature))
    #expect(Self.isSimplex(y))
    // The logarithm of a sample is finite where the sample is not above zero.
    let density = Concrete(logits: .zeros([100_000]), temperature: Tensor(temperature))
      .logDensity(ofLog: (z / temperature).logSoftmax(along: -1))
    #expect(density.scalars.allSatisfy { !$0.isNaN })
  }

  @Test("masked classes are never drawn, and gradients are numbers", arguments: temperatures)
  func masked(temperature: Scalar) {
    var generator = Philox(seed: 64)
    let logits = Tensor([0.5, -Scalar.infinity, 1.5, -0.2], shape: [1, 4])
    for hard in [false, true] {
      var estimator = GumbelSoftmax<Categorical>(
        temperature: .constant(Double(temperature)), isHard: hard, samples: 100)
      var seen: Tensor = 0
      let slopes = gradient(at: logits) { logits in
        estimator.expectation(
          over: Categorical(logits: logits), using: &generator,
          of: { (point: Tensor, _: inout Philox) -> Tensor in
            seen = point.detached()
            return (point * Tensor([1, 2, 3, 4])).sum(along: -1).sum(along: -1)
          })
      }
      #expect(slopes.scalars.allSatisfy { !$0.isNaN })
      #expect(seen.sliced(along: -1, at: 1).scalars.allSatisfy { $0 == 0 })
      if hard { #expect(seen.scalars.allSatisfy { $0 == 0 || $0 == 1 }) }
    }
  }

  @Test("coupled estimators stay numbers at certain bits and far logits", arguments: temperatures)
  func coupled(temperature: Scalar) {
    var generator = Philox(seed: 65)
    for logits in [[10_000, -10_000, 0.2], [40, -40, 5]] as [[Scalar]] {
      var rebar = REBAR<Bernoulli>(temperature: temperature, samples: 50)
      let slopes = gradient(at: Tensor(logits)) { logits in
        rebar.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in z.sum(along: -1).squared() })
      }
      #expect(slopes.scalars.allSatisfy { !$0.isNaN })
    }
  }

  @Test("a density at the ends is its limit, and no sample's is not a number")
  func ends() {
    var generator = Philox(seed: 67)
    for temperature in [0.1, 0.5, 1, 3] as [Scalar] {
      let bit = BinaryConcrete(logits: 2, temperature: Tensor(temperature))
      let density = bit.logDensity(of: bit.sample(20_000, using: &generator))
      #expect(density.scalars.allSatisfy { !$0.isNaN })
      let limit: [Scalar] =
        temperature == 1
        ? [-2, 2] : temperature < 1 ? [.infinity, .infinity] : [-.infinity, -.infinity]
      #expect(bit.logDensity(of: [0, 1]).scalars == limit)
      // The same inside, where the log-odds say it, with a slope.
      let y: Tensor = [1e-6, 0.2, 0.5, 0.9]
      let l = y.log() - (-y).log1p()
      let same = bit.logDensity(ofLogit: l) - y.log() - (-y).log1p()
      for (a, b) in zip(bit.logDensity(of: y).scalars, same.scalars) {
        #expect(abs(a - b) < 1e-4 * max(1, abs(b)))
      }
      let slopes = gradient(at: [2, 2]) {
        BinaryConcrete(logits: $0, temperature: Tensor(temperature)).logDensity(of: [0, 1])
      }
      #expect(slopes.scalars == [-1, 1])

      let three = Concrete(logits: [10, 0, -10], temperature: Tensor(temperature))
      let ofThree = three.logDensity(of: three.sample(20_000, using: &generator))
      #expect(ofThree.scalars.allSatisfy { !$0.isNaN })
    }
    // One of three at 0: log 2 - (1 + τ) log(1/4) + 2 log τ + sum of logits - 3 logit, where τ (K -
    // 1) = 1.
    let end = Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.5)
    let exact = log(2.0) + 2 * log(0.5) + 0.2 + 3 * log(2.0) + 0.6
    #expect(abs(Double(end.logDensity(of: [0.5, 0.5, 0]).item) - exact) < 1e-5)
    #expect(
      Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.4).logDensity(of: [0.5, 0.5, 0]).item
        == .infinity)
    #expect(
      Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.6).logDensity(of: [0.5, 0.5, 0]).item
        == -.infinity)
  }

  @Test("so do they, and their own temperature, where bits are certain and classes masked")
  func certain() {
    var generator = Philox(seed: 66)
    let bits = Tensor([.infinity, -.infinity, 0.2])
    let classes = Tensor([0, 1, -.infinity], shape: [1, 3])
    func check<D: CoupledDistribution>(_ logits: Tensor, _ law: (Tensor) -> D)
    where D.Point == Tensor {
      func loss(_ estimator: inout REBAR<D>, _ logits: Tensor) -> Tensor {
        estimator.expectation(
          over: law(logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in
            z.reshaped([z.shape[0], 3]).sum(along: -1).squared()
          })
      }
      var rebar = REBAR<D>(samples: 50)
      let own = valueWithGradient(at: &rebar) { loss(&$0, logits) }.gradient
      let slopes = gradient(at: logits) { loss(&rebar, $0) }
      for tensor in [slopes] + own.namedParameters().map(\.tensor) {
        #expect(tensor.scalars.allSatisfy { $0.isFinite }, "\(D.self): \(tensor.scalars)")
      }
    }
    check(bits) { Bernoulli(logits: $0) }
    check(classes) { Categorical(logits: $0) }
    let drawn = Categorical(logits: classes).sample(50, using: &generator)
    check(classes) { Prescribed(base: Categorical(logits: $0), samples: drawn) }
  }
}

@Suite("Temperature schedules")
struct TemperatureScheduleTests {
  @Test("exponential: updated every N steps, down to its floor")
  func exponential() {
    let schedule = TemperatureSchedule.exponential(initial: 1, rate: 1e-3, floor: 0.5, every: 100)
    #expect(schedule.temperature(at: 0) == 1 && schedule.temperature(at: 99) == 1)
    #expect(abs(schedule.temperature(at: 100) - 0.904837418) < 1e-6)
    #expect(schedule.temperature(at: 100) == schedule.temperature(at: 199))
    #expect(schedule.temperature(at: 100_000) == 0.5)
  }

  @Test("constant and linear")
  func others() {
    #expect(TemperatureSchedule.constant(0.3).temperature(at: 7) == 0.3)
    let linear = TemperatureSchedule.linear(initial: 1, final: 0.2, over: 80)
    #expect(linear.temperature(at: 0) == 1)
    #expect(abs(linear.temperature(at: 40) - 0.6) < 1e-9)
    #expect(abs(linear.temperature(at: 200) - 0.2) < 1e-9)
  }
}

@Suite("Gumbel-Softmax in one pass")
struct FusedGumbelSoftmaxExactnessTests {
  @Test(
    "it is the composed one of the same word, value and gradient", arguments: [1, 3, 16, 33, 200],
    [false, true])
  func equal(classes: Int, isHard: Bool) {
    var seeds = Philox(seed: 71)
    let logits = Tensor.randomNormal([5, 2, classes], using: &seeds)
    let weights = Tensor.randomNormal([3, 5, 2, classes], using: &seeds)
    func run(_ relax: (Categorical, inout Philox) -> Tensor) -> (Tensor, Tensor) {
      var (generator, value) = (Philox(seed: 72), Tensor(0))
      let slopes = gradient(at: logits) { logits in
        let point = relax(Categorical(logits: logits), &generator)
        value = point.detached()
        return (point * weights).sum()
      }
      return (value, slopes)
    }
    let fused = run { q, generator in
      q.relaxed(3, temperature: 0.6, isHard: isHard, using: &generator)
    }
    let composed = run { q, generator in
      let z = q.perturbation(q.noise(3, using: &generator))
      let y = Categorical.relax(z, temperature: 0.6)
      return isHard
        ? Categorical.straightThrough(Categorical.harden(z.detached()), gradientOf: y) : y
    }
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-4
    for (a, b) in [(fused.0, composed.0), (fused.1, composed.1)] {
      #expect(zip(a.scalars, b.scalars).allSatisfy { abs(Double($0 - $1)) < tolerance })
    }
  }

  @Test("its second derivative is that of finite differences")
  func second() {
    var seeds = Philox(seed: 73)
    let logits = Tensor.randomNormal([2, 4], using: &seeds)
    let weights = Tensor.randomNormal([2, 2, 4], using: &seeds)
    var generator = Philox(seed: 0)
    let report = checkGradient(
      of: { inputs in
        let variable = inputs[0].isTracked ? inputs[0] : inputs[0].variable()
        let q = Categorical(logits: variable.reshaped([2, 1, 4]))
        var own = Philox(seed: 74)
        let point = q.relaxed(2, temperature: 0.6, isHard: false, using: &own)
        let value = (point.reshaped([2, 2, 4]) * weights).sum().squared()
        return gradients(of: value, withRespectTo: [variable], differentiable: true)[0]
          .squared().sum()
      }, at: [logits], using: &generator)
    #expect(report.passed, "\(report)")
  }
}
