public import Tensors

/// Spanning trees as Kruskal's algorithm finds them by exponential keys: the lines in the order in
/// which they are accepted.
///
/// Line e has a key from an exponential of rate w_e = exp(logit), and the least key that still
/// joins two components comes next. So p(trace) is the product over steps of w of the accepted line
/// over the sum of w over the lines that still join two components. The probability of a tree is
/// the sum of those of its (n - 1)! traces, which is not tractable, and not that of the ``Gibbs``
/// law of the same scores.
/// Estimators work on traces, and the cost sees the lines of the tree. Keys given a trace are
/// exact, so that ``RELAX`` and ``REBAR`` apply.
///
/// - Complexity: O(n³) for a sample or a log-probability.
/// - Reference: Struminsky, Gadetsky, Rakitin, Karpushkin and Vetrov (2021), Leveraging recursive
///   gumbel-max trick for approximate inference in combinatorial spaces.
public struct KruskalTraces: EnumerableDistribution {
  /// Logarithms of the rates, of shape `batch + [lines]`, in the order of a ``SpanningTree``.
  public let logits: Tensor
  public let vertices: Int
  /// The two ends of each line.
  let ends: [(Int, Int)]

  /// Traps unless there is a vertex and a finite logit for each line.
  public init(logits: Tensor, vertices n: Int) {
    require(n > 0, "a tree of \(n) vertices")
    let ends = (0..<n).flatMap { i in (i..<n).dropFirst().map { (i, $0) } }
    require(
      logits.shape.last == ends.count,
      "logits of shape \(logits.shape) for the \(ends.count) lines of \(n) vertices")
    require(logits.allFinite, "a logit is not finite")
    (self.logits, vertices, self.ends) = (logits, n, ends)
  }

  public var batch: [Int] { logits.shape.dropLast() }

  var lineCount: Int { ends.count }

  /// Which lines join two components once some are accepted.
  func joins(_ labels: [Int]) -> [Bool] { ends.map { labels[$0.0] != labels[$0.1] } }

  /// The component of each vertex after another line is accepted.
  func merged(_ labels: [Int], by line: Int) -> [Int] {
    let (kept, gone) = (labels[ends[line].0], labels[ends[line].1])
    return labels.map { $0 == gone ? kept : $0 }
  }

  /// Traces, `[count] + batch + [vertices - 1]`.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Orders {
    require(count >= 0, "\(count) samples")
    return harden(perturbation(noise(count, using: &generator)).detached())
  }

  /// The log-probability of traces `leading + batch + [vertices - 1]`, of shape `leading + batch`.
  public func logProbability(_ sample: Orders) -> Tensor {
    let leading = Array(sample.shape.dropLast(logits.rank))
    require(
      sample.shape == leading + batch + [vertices - 1],
      "traces \(sample.shape) under \(logits.shape)")
    guard vertices > 1 else { return .zeros(leading + batch) }
    let open = history(of: sample).open + logits.expandingDimensions(at: -2)
    let taken = (sample.indices.oneHot(classes: lineCount) * logits.expandingDimensions(at: -2))
      .sum(along: -1)
    return (taken - open.logSumExp(along: -1)).sum(along: -1)
  }

  /// When each line still joins two components along a trace.
  ///
  /// `last` is the step at which a line is accepted or joins last, one-hot `[..., lines, steps]`.
  /// `open` has 0 for the lines that still join at a step, and -infinity for the others, `[...,
  /// steps, lines]`. Traps on a line that closes a cycle.
  func history(of sample: Orders) -> (last: Tensor, open: Tensor) {
    let (lines, steps) = (sample.indices.values, vertices - 1)
    let rows = sample.shape.dropLast().reduce(1, *)
    var last = [Scalar](repeating: 0, count: rows * lineCount * steps)
    var open = [Scalar](repeating: -.infinity, count: rows * steps * lineCount)
    for row in 0..<rows {
      var (labels, places) = (Array(0..<vertices), [Int](repeating: 0, count: lineCount))
      for step in 0..<steps {
        let taken = Int(lines[row * steps + step])
        for (line, joins) in joins(labels).enumerated() where joins {
          open[(row * steps + step) * lineCount + line] = 0
          places[line] = step
        }
        require(
          labels[ends[taken].0] != labels[ends[taken].1],
          "line \(taken) closes a cycle in trace \(row)")
        labels = merged(labels, by: taken)
      }
      for (line, step) in places.enumerated() { last[(row * lineCount + line) * steps + step] = 1 }
    }
    let leading = Array(sample.shape.dropLast())
    return (
      Tensor(last, shape: leading + [lineCount, steps]),
      Tensor(open, shape: leading + [steps, lineCount])
    )
  }

  /// The lines of the tree, `[samples] + batch + [lines]`.
  public static func point(_ sample: Orders) -> Tensor {
    sample.indices.oneHot(classes: sample.itemCount).sum(along: -2)
  }

  /// (n - 1)! traces of each of the n^(n - 2) trees; `nil` if that exceeds what an integer holds.
  public var stateCount: Int? {
    wholePower(vertices, vertices - 2).flatMap { wholeProduct([$0] + (1..<vertices)) }
  }

  /// Every trace once, `[traces] + batch + [vertices - 1]`.
  public func states() -> Orders {
    require(stateCount != nil, "too many traces of \(vertices) vertices")
    var traces: [[Int]] = []
    func extend(_ trace: [Int], _ labels: [Int]) {
      guard trace.count < vertices - 1 else { return traces.append(trace) }
      for (line, joins) in joins(labels).enumerated() where joins {
        extend(trace + [line], merged(labels, by: line))
      }
    }
    extend([], Array(0..<vertices))
    let rows = batch.reduce(1, *)
    return Orders(
      trusted: Indices(
        traces.flatMap { trace in (0..<rows).flatMap { _ in trace } },
        shape: [traces.count] + batch + [vertices - 1]), itemCount: lineCount)
  }
}
