import CKernels
public import Tensors

/// A differentiable matching: the plan exp(s / τ + u_i + v_j) whose rows and columns add up to one.
///
/// Among all such matrices it is the one that maximizes <P, s> + τ entropy(P), so it tends to the
/// matrix of the best ``Assignment`` as τ falls. Rows are places and columns are items, as in the
/// matrix of ``Orders``. Rows and columns are normalized in turn, rows last: rows add up to one,
/// columns to within ``residual``. A score of -inf forbids a pair.
///
/// The gradient is that of the plan, which is all that is kept. Where the iterations met the
/// tolerance it solves the implicit equations
///
///     λ + P μ = (P∘G) 1,   Pᵀ λ + μ = (P∘G)ᵀ 1,   ∂s = P∘(G - λ 1ᵀ - 1 μᵀ) / τ
///
/// by conjugate gradients. The equations hold only at convergence; where the cap was hit, the
/// iterations are replayed and differentiated.
///
/// - Complexity: O(n²) for each iteration, forward and backward; O(n²) memory. A gradient that is
///   differentiated again keeps every iteration.
/// - Reference: Sinkhorn (1964), A relationship between arbitrary positive matrices and doubly
///   stochastic matrices; Cuturi (2013), Sinkhorn distances; Mena, Belanger, Linderman and Snoek
///   (2018), Learning latent permutations with Gumbel-Sinkhorn networks.
public struct Sinkhorn: Sendable {
  /// The plans, `batch + [n, n]`, differentiable in the scores.
  public let matrix: Tensor
  /// How far the sum of any column is from one at most, `batch`, without a gradient.
  public let residual: Tensor
  /// Number of times the rows were normalized, `batch`.
  public let iterations: Indices
  /// τ, positive.
  public let temperature: Double

  /// Normalizes until columns are within the tolerance of one, at most `iterations` times.
  ///
  /// - Parameters:
  ///   - scores: `batch + [n, n]`, finite or -inf; traps on others and on a row or column without a
  ///     finite one.
  ///   - tolerance: positive; below about 1e-6 in single precision nothing meets it.
  ///   - iterations: 1 is a softmax over items. The error falls as a power of σ², σ the second
  ///     singular value of the plan.
  public init(
    scores: Tensor, temperature: Double, tolerance: Double = 1e-5, iterations: Int = 200
  ) {
    requirePositive(temperature: temperature)
    require(tolerance > 0, "tolerance \(tolerance) is not positive")
    require(iterations > 0 && iterations <= Int32.max, "\(iterations) iterations")
    self.temperature = temperature
    let size = scores.checkedMatchingSize(hasPerfect: false)
    let batch = Array(scores.shape.dropLast(2))
    let count = batch.reduce(1, *)
    let given = scores.detached().contiguous()
    var steps = [Int32](repeating: 0, count: count)
    let (plans, residuals) = Tensor.writing(scores.shape, batch) { plans, residuals in
      guard size > 0, count > 0 else { return residuals.update(repeating: 0, count: count) }
      given.withBase {
        Kernels.sinkhorn(
          count, size, inverse: 1 / temperature, tolerance: tolerance, iterations: iterations, $0,
          plans, residuals, &steps)
      }
    }
    let counts = Indices(shape: batch) { _ = $0.update(fromContentsOf: steps) }
    residual = residuals
    self.iterations = counts
    matrix = plans.recording(scores) { context in
      guard size > 0, count > 0 else { return [.zeros(like: context.inputs[0])] }
      guard !context.isDifferentiated else {
        return context.cotangents {
          Self.unrolled($0[0], temperature: temperature, counts: counts)
        }
      }
      let cotangent = context.cotangent.contiguous()
      let (scores, plans) = (context.inputs[0].contiguous(), context.output)
      return [
        Tensor.writing(scores.shape) { slopes in
          Tensor.reading(scores, plans, residuals, cotangent) {
            scores, plans, residuals, cotangent in
            Kernels.sinkhornBackward(
              count, size, inverse: 1 / temperature, tolerance: tolerance, scores, plans,
              residuals, counts.values, cotangent, slopes)
          }
        }
      ]
    }
  }

  /// The plan times a payload `batch + [n] + rest`: at each place a mean of the rows of items, of
  /// the same shape, differentiable in both.
  ///
  /// Axes of the batch that only the plan has, such as samples, are spread over the payload.
  public func apply(to payload: Tensor) -> Tensor { matrix.matched(with: payload) }

  /// The permutation nearest to each plan in squared error, which maximizes the sum of its entries.
  ///
  /// The permutation with the largest product of entries is the ``Assignment`` of the scores, at
  /// every temperature.
  ///
  /// - Complexity: O(n³) for each plan.
  public func rounded() -> Orders { Assignment(scores: matrix.detached()).order }

  /// The plan by as many iterations of plain operations.
  package static func unrolled(_ scores: Tensor, temperature: Double, counts: Indices) -> Tensor {
    let batch = Array(scores.shape.dropLast(2))
    let logits = scores * Scalar(1 / temperature)
    let steps = counts.values.max() ?? 1
    var plan = logits.logSoftmax(along: -1)
    for step in 1..<max(1, steps) {
      let next = (plan - plan.logSumExp(along: -2, keepingDimensions: true)).logSoftmax(along: -1)
      // Each as often as it took.
      plan = select(
        Tensor(counts.values.map { $0 > step ? 1 : 0 }, shape: batch + [1, 1]), next, plan)
    }
    return plan.exp()
  }
}
