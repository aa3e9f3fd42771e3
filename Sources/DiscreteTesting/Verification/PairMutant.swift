import Stochastics
import Tensors

/// The faults of mutants of DisARM or of leave-one-out, one each.
package enum PairFault: String, CaseIterable, Sendable {
  case independentPair = "DisARM that pairs independent samples"
  case wrongFactor = "DisARM that scales by p (1 - p)"
  case flippedSign = "DisARM that takes the sign from the other sample"
  case conditionedOnUniform = "DisARM that is ARM"
  case shrunkBaseline = "leave-one-out that divides the others' sum by their count and one"

  var breaks: Set<String> {
    switch self {
    case .independentPair, .wrongFactor, .flippedSign: [NoisePromise.mean, NoisePromise.noise]
    case .conditionedOnUniform, .shrunkBaseline: [NoisePromise.noise]
    }
  }
}

/// DisARM on two bits and leave-one-out of three samples of one bit, written a second time.
package struct PairMutant {
  let fault: PairFault?
  let isLeaveOneOut: Bool

  package init(_ fault: PairFault) {
    self.fault = fault
    isLeaveOneOut = fault == .shrunkBaseline
  }

  /// Without a fault.
  package init(soundLeaveOneOut isLeaveOneOut: Bool) {
    fault = nil
    self.isLeaveOneOut = isLeaveOneOut
  }

  package func finding() -> Finding {
    let noise = isLeaveOneOut ? leaveOneOut() : pairs()
    var broken: Set<String> = []
    let mean = (noise.estimates * noise.weights.expandingDimensions(at: -1)).sum(along: 0)
    if distance(mean, noise.exact) > tolerance { broken.insert(NoisePromise.mean) }
    if distance(noise.estimates, noise.library) > tolerance { broken.insert(NoisePromise.noise) }
    let sound = isLeaveOneOut ? "leave-one-out" : "DisARM"
    return Finding(
      fault?.rawValue ?? "\(sound) that is sound", broken: broken, expected: fault?.breaks ?? [])
  }

  private var tolerance: Double { MemoryLayout<Scalar>.size == 8 ? 1e-9 : 5e-4 }

  /// Estimates [rows, bits] of all noise, its weights, what their mean should be, and the library's
  /// estimates.
  private typealias Noise = (estimates: Tensor, weights: Tensor, exact: Tensor, library: Tensor)

  private static func cost(_ z: Tensor) -> Tensor { Cost.quadratic(z) }

  private static func exact(_ logits: Tensor) -> Tensor {
    var (exact, generator) = (Exact<Bernoulli>(), Philox(seed: 0))
    return gradient(at: logits) { logits in
      exact.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in cost(z.tensor) })
    }
  }

  // MARK: DisARM

  private func pairs() -> Noise {
    let logits: Tensor = [0.4, -0.7]
    let p = logits.sigmoid()
    let rows = NoiseRows.quadrature(antitheticCuts(logits), nodes: 3)
    let u = rows.values
    let b = (u .< p)
    let mirrored = (1 - u .< p)
    let other = fault == .independentPair ? u.sliced(along: 0, 0..<rows.count).rolled() : mirrored
    let second = fault == .independentPair ? (other .< p) : mirrored
    let half = ((Self.cost(b) - Self.cost(second)) / 2).expandingDimensions(at: -1)
    let differs = (b - second).squared()
    let sign = fault == .flippedSign ? second * 2 - 1 : b * 2 - 1
    let gradient: Tensor
    switch fault {
    case .conditionedOnUniform: gradient = half * (1 - u * 2)
    case .wrongFactor: gradient = half * differs * sign * p * (1 - p)
    default: gradient = half * differs * sign * maximum(p, 1 - p)
    }
    var generator = Philox(seed: 0)
    let library = Tensors.gradient(at: .zeros([rows.count, 2]) + logits) { logits in
      DisARM().expectation(
        over: Bernoulli(logits: logits), uniforms: u.expandingDimensions(at: 0), using: &generator
      ) { (z: Bits, _: inout Philox) -> Tensor in Self.cost(z.tensor) }
    }
    return (gradient, rows.weights, Self.exact(logits), library)
  }

  // MARK: Leave-one-out

  private func leaveOneOut() -> Noise {
    let logits: Tensor = [0.4]
    let draws = DrawList.bits(1)
    let places = draws.places(samples: 3)
    let rows = places[0].count
    let z = draws.samples(places)
    let q = Bernoulli(logits: .zeros([rows, 1]) + logits)
    let weights = q.logProbability(z).sum(along: 0).exp()
    let f = Self.cost(z.tensor)
    let total = f.sum(along: 0, keepingDimensions: true)
    let baseline = (total - f) / (fault == .shrunkBaseline ? 3 : 2)
    let score = (z.tensor - logits.sigmoid()).sum(along: -1)
    let gradient = ((f - baseline) * score).mean(along: 0)
    var (estimator, generator) = (
      Reinforce<Prescribed<Bernoulli>, LeaveOneOutBaseline>(samples: 3, baseline: .leaveOneOut),
      Philox(seed: 0)
    )
    let library = Tensors.gradient(at: q.logits) { logits in
      estimator.expectation(
        over: Prescribed(base: Bernoulli(logits: logits), samples: z), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in Self.cost(z.tensor) })
    }
    return (gradient.reshaped([rows, 1]), weights, Self.exact(logits), library)
  }
}

extension Tensor {
  /// The rows moved on by one.
  fileprivate func rolled() -> Tensor {
    let count = shape[0]
    return concatenate(
      [sliced(along: 0, (count - 1)..<count), sliced(along: 0, 0..<(count - 1))], along: 0)
  }
}
