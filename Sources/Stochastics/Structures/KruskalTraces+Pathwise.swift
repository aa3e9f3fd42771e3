import RealModule
public import Tensors

// A perturbation is logits plus Gumbels; its negative exponential is the time at which a line's key
// comes. Times have no memory: given the trace so far, the next line is accepted after an
// exponential time of rate W, the sum over lines that still join, and a line that is never accepted
// comes after an exponential time of its own rate from when it joined last.

extension KruskalTraces: CoupledDistribution {
  public var parameters: Tensor { logits }

  public func with(parameters: Tensor) -> KruskalTraces {
    KruskalTraces(logits: parameters, vertices: vertices)
  }

  /// Gumbels, `[count] + batch + [lines]`.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    .randomGumbel([count] + logits.shape, using: &generator)
  }

  public func perturbation(_ noise: Tensor) -> Tensor { logits + noise }

  /// The lines that are accepted in the order of the largest perturbations.
  public func harden(_ perturbation: Tensor) -> Orders {
    let (keys, count) = (perturbation.scalars, lineCount)
    let lines = (0..<perturbation.shape.dropLast().reduce(1, *)).flatMap { row -> [Int] in
      let own = Array(keys[(row * count)..<((row + 1) * count)])
      var (labels, trace) = (Array(0..<vertices), [Int]())
      for line in (0..<count).sorted(by: { own[$0] > own[$1] })
      where labels[ends[line].0] != labels[ends[line].1] {
        trace.append(line)
        labels = merged(labels, by: line)
      }
      return trace
    }
    return Orders(
      trusted: Indices(lines, shape: perturbation.shape.dropLast() + [vertices - 1]),
      itemCount: count)
  }

  /// The logistic function of each line's perturbation less that of its rival over the temperature.
  ///
  /// The rival of a line is the one that joins its two ends where the line itself is missing: the
  /// line is accepted if its key comes first. So points tend to the accepted lines.
  ///
  /// - Complexity: O(lines²) for each row.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    let (keys, count) = (perturbation.detached().scalars, lineCount)
    // Of two vertices there is one line, and nothing in its place.
    guard vertices > 2 else { return perturbation * 0 + 1 }
    let rivals = (0..<(keys.count / count)).flatMap { row -> [Int] in
      let own = Array(keys[(row * count)..<((row + 1) * count)])
      let order = (0..<count).sorted { own[$0] > own[$1] }
      return (0..<count).map { line in
        var labels = Array(0..<vertices)
        for other in order where other != line {
          labels = merged(labels, by: other)
          if labels[ends[line].0] == labels[ends[line].1] { return other }
        }
        return line
      }
    }
    let others = perturbation.takingAlong(
      Indices(rivals, shape: perturbation.shape), axis: perturbation.rank - 1)
    return ((perturbation - others) / temperature).sigmoid()
  }

  public static func straightThrough(_ sample: Orders, gradientOf relaxed: Tensor) -> Tensor {
    point(sample).passingGradient(to: relaxed)
  }

  /// Perturbations whose trace is the sample's, by the exact law given it.
  public func conditional(on sample: Orders, noise: Tensor) -> Tensor {
    guard vertices > 1 else { return logits + noise }
    let (last, open) = history(of: sample)
    let rates = (open + logits.expandingDimensions(at: -2)).logSumExp(along: -1)
    let own = (sample.indices.oneHot(classes: lineCount) * noise.expandingDimensions(at: -2))
      .sum(along: -1)
    // The logarithms of the times of the steps.
    var times: [Tensor] = []
    for step in 0..<(vertices - 1) {
      let wait = -own.sliced(along: -1, at: step) - rates.sliced(along: -1, at: step)
      times.append(times.last.map { stack([$0, wait]).logSumExp(along: 0) } ?? wait)
    }
    let since = (last * stack(times, along: -1).expandingDimensions(at: -2)).sum(along: -1)
    let later = stack([since, -noise - logits]).logSumExp(along: 0)
    return -select(KruskalTraces.point(sample), since, later)
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Orders) -> Tensor {
    guard vertices > 1 else { return perturbation - logits }
    let (last, open) = history(of: sample)
    let rates = (open + logits.detached().expandingDimensions(at: -2)).logSumExp(along: -1)
    let shape = perturbation.shape
    let steps = vertices - 1
    let (z, taken, places) = (perturbation.scalars, sample.indices.values, last.scalars)
    let (logRates, scores) = (rates.scalars, logits.broadcast(to: shape).scalars)
    var noise = [Scalar](repeating: 0, count: z.count)
    for row in 0..<(z.count / lineCount) {
      func time(_ line: Int) -> Double { .exp(-Double(z[row * lineCount + line])) }
      let ends = (0..<steps).map { time(Int(taken[row * steps + $0])) }
      func set(_ line: Int, _ wait: Double, _ logRate: Scalar) {
        noise[row * lineCount + line] = Scalar(
          -.log(max(wait, .leastNormalMagnitude)) - Double(logRate))
      }
      for line in 0..<lineCount {
        let step = (0..<steps).first { places[(row * lineCount + line) * steps + $0] != 0 } ?? 0
        set(line, time(line) - ends[step], scores[row * lineCount + line])
      }
      for step in 0..<steps {
        set(
          Int(taken[row * steps + step]), ends[step] - (step > 0 ? ends[step - 1] : 0),
          logRates[row * steps + step])
      }
    }
    return Tensor(noise, shape: shape)
  }

  public func score(of sample: Orders) -> Tensor {
    let shape = Array(sample.shape.dropLast()) + [lineCount]
    return gradient(at: logits.detached().broadcast(to: shape)) {
      KruskalTraces(logits: $0, vertices: vertices).logProbability(sample).sum()
    }
  }
}
