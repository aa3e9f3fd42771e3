import CBLAS
package import CKernels

// The C kernels in Double precision under the names the operations use. Both precisions are in every build; `Kernels` is the one of
// `Scalar`.

/// Kernels over `Double`.
package enum DoubleKernels {
  package typealias Input = UnsafePointer<Double>
  package typealias Output = UnsafeMutablePointer<Double>

  // MARK: Elementwise

  package static func unary(_ operation: dk_unary, _ n: Int, _ x: Input, _ y: Output) {
    dk_unary_d(operation, n, x, y)
  }

  package static func binary(
    _ operation: dk_binary, _ shape: [Int], _ a: Input, _ aStrides: [Int], _ b: Input,
    _ bStrides: [Int], _ y: Output
  ) {
    dk_binary_d(operation, Int32(shape.count), shape, a, aStrides, b, bStrides, y)
  }

  /// Over `n` elements in a row; a stride is 1, or 0 for an operand of one element.
  package static func binary(
    _ operation: dk_binary, _ n: Int, _ a: Input, stride aStride: Int, _ b: Input,
    stride bStride: Int, _ y: Output
  ) {
    var (n, aStride, bStride) = (n, aStride, bStride)
    dk_binary_d(operation, 1, &n, a, &aStride, b, &bStride, y)
  }

  package static func select(
    _ shape: [Int], _ mask: Input, _ maskStrides: [Int], _ a: Input, _ aStrides: [Int],
    _ b: Input, _ bStrides: [Int], _ y: Output
  ) {
    dk_select_d(Int32(shape.count), shape, mask, maskStrides, a, aStrides, b, bStrides, y)
  }

  package static func allFinite(_ n: Int, _ x: Input) -> Bool { dk_all_finite_d(n, x) }

  // MARK: Copies

  package static func copy(_ shape: [Int], _ x: Input, _ strides: [Int], _ y: Output) {
    dk_copy_d(Int32(shape.count), shape, x, strides, y)
  }

  package static func scatterCopy(_ shape: [Int], _ x: Input, _ y: Output, _ strides: [Int]) {
    dk_scatter_copy_d(Int32(shape.count), shape, x, y, strides)
  }

  // MARK: Along the middle axis of [outer, n, inner]

  package static func reduce(
    _ operation: dk_reduction, _ outer: Int, _ n: Int, _ inner: Int, _ x: Input, _ y: Output
  ) {
    dk_reduce_d(operation, outer, n, inner, x, y)
  }

  package static func argmax(
    _ outer: Int, _ n: Int, _ inner: Int, _ x: Input, _ y: UnsafeMutablePointer<Int32>
  ) {
    dk_argmax_d(outer, n, inner, x, y)
  }

  package static func logSumExp(_ outer: Int, _ n: Int, _ inner: Int, _ x: Input, _ y: Output) {
    dk_log_sum_exp_d(outer, n, inner, x, y)
  }

  package static func softmax(_ outer: Int, _ n: Int, _ inner: Int, _ x: Input, _ y: Output) {
    dk_softmax_d(outer, n, inner, x, y)
  }

  package static func logSoftmax(_ outer: Int, _ n: Int, _ inner: Int, _ x: Input, _ y: Output) {
    dk_log_softmax_d(outer, n, inner, x, y)
  }

  package static func softmaxBackward(
    _ outer: Int, _ n: Int, _ inner: Int, _ y: Input, _ cotangent: Input, _ x: Output
  ) {
    dk_softmax_backward_d(outer, n, inner, y, cotangent, x)
  }

  package static func logSoftmaxBackward(
    _ outer: Int, _ n: Int, _ inner: Int, _ y: Input, _ cotangent: Input, _ x: Output
  ) {
    dk_log_softmax_backward_d(outer, n, inner, y, cotangent, x)
  }

  package static func cumulativeSum(
    _ outer: Int, _ n: Int, _ inner: Int, _ reversed: Bool, _ x: Input, _ y: Output
  ) {
    dk_cumulative_sum_d(outer, n, inner, reversed, x, y)
  }

  package static func cumulativeLogSumExp(
    _ outer: Int, _ n: Int, _ inner: Int, _ reversed: Bool, _ x: Input, _ y: Output
  ) {
    dk_cumulative_log_sum_exp_d(outer, n, inner, reversed, x, y)
  }

  // MARK: Gather and scatter

  package static func gather(
    _ outer: Int, _ axis: Int, _ inner: Int, _ index: UnsafePointer<Int32>, _ k: Int,
    _ x: Input, _ y: Output
  ) {
    dk_gather_d(outer, axis, inner, index, k, x, y)
  }

  package static func scatterAdd(
    _ outer: Int, _ axis: Int, _ inner: Int, _ index: UnsafePointer<Int32>, _ k: Int,
    _ x: Input, _ y: Output
  ) {
    dk_scatter_add_d(outer, axis, inner, index, k, x, y)
  }

  package static func takeAlong(
    _ outer: Int, _ axis: Int, _ k: Int, _ inner: Int, _ index: UnsafePointer<Int32>,
    _ x: Input, _ y: Output
  ) {
    dk_take_along_d(outer, axis, k, inner, index, x, y)
  }

  package static func addAlong(
    _ outer: Int, _ axis: Int, _ k: Int, _ inner: Int, _ index: UnsafePointer<Int32>,
    _ x: Input, _ y: Output
  ) {
    dk_take_along_add_d(outer, axis, k, inner, index, x, y)
  }

  package static func oneHot(
    _ n: Int, _ classes: Int, _ index: UnsafePointer<Int32>, _ y: Output
  ) {
    dk_one_hot_d(n, classes, index, y)
  }

  // MARK: Products

  package static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: Input, _ leadingA: Int, _ b: Input, _ leadingB: Int, _ beta: Double, _ c: Output,
    _ leadingC: Int
  ) {
    dk_gemm_d(
      transposeA, transposeB, m, n, k, alpha, a, leadingA, b, leadingB, beta, c, leadingC)
  }

  package static func bitsLists(
    _ rows: Int, _ n: Int, _ x: Input, _ starts: UnsafeMutablePointer<Int32>,
    _ columns: UnsafeMutablePointer<Int32>
  ) -> Int {
    dk_bits_lists_d(rows, n, x, starts, columns)
  }

  package static func bitsProduct(
    _ rows: Int, _ n: Int, _ m: Int, _ starts: UnsafePointer<Int32>,
    _ columns: UnsafePointer<Int32>, _ w: Input, _ bias: Input?, _ y: Output
  ) {
    dk_bits_product_d(rows, n, m, starts, columns, w, bias, y)
  }

  package static func bitsProductGradient(
    _ rows: Int, _ n: Int, _ m: Int, _ starts: UnsafePointer<Int32>,
    _ columns: UnsafePointer<Int32>, _ g: Input, _ dw: Output
  ) {
    dk_bits_product_gradient_d(rows, n, m, starts, columns, g, dw)
  }

  // MARK: Relaxed sorting

  package static func neuralSort(
    _ batch: Int, _ n: Int, _ rows: Int, _ d: Int, inverse: Double, cut: Double,
    _ scores: Input, _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Output,
    _ totals: Output
  ) {
    dk_neural_sort_d(batch, n, rows, d, inverse, cut, scores, order, payload, y, totals)
  }

  package static func neuralSortBackward(
    _ batch: Int, _ n: Int, _ rows: Int, _ d: Int, inverse: Double, cut: Double,
    _ scores: Input, _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Input,
    _ totals: Input, _ cotangent: Input, _ ofScores: Output?, _ ofPayload: Output?
  ) {
    dk_neural_sort_backward_d(
      batch, n, rows, d, inverse, cut, scores, order, payload, y, totals, cotangent, ofScores,
      ofPayload)
  }

  package static func neuralSortEntropy(
    _ batch: Int, _ n: Int, inverse: Double, cut: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ ranks: UnsafePointer<Int32>, _ loss: Output,
    _ totals: Output
  ) {
    dk_neural_sort_entropy_d(batch, n, inverse, cut, scores, order, ranks, loss, totals)
  }

  package static func neuralSortEntropyBackward(
    _ batch: Int, _ n: Int, inverse: Double, cut: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ ranks: UnsafePointer<Int32>, _ totals: Input,
    _ cotangent: Input, _ ofScores: Output
  ) {
    dk_neural_sort_entropy_backward_d(
      batch, n, inverse, cut, scores, order, ranks, totals, cotangent, ofScores)
  }

  package static func softSort(
    _ batch: Int, _ n: Int, _ d: Int, inverse: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Output, _ totals: Output
  ) {
    dk_soft_sort_d(batch, n, d, inverse, scores, order, payload, y, totals)
  }

  package static func softSortBackward(
    _ batch: Int, _ n: Int, _ d: Int, inverse: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Input, _ totals: Input,
    _ cotangent: Input, _ ofScores: Output, _ ofPayload: Output
  ) {
    dk_soft_sort_backward_d(
      batch, n, d, inverse, scores, order, payload, y, totals, cotangent, ofScores, ofPayload)
  }

  package static func softSortSquared(
    _ batch: Int, _ n: Int, _ d: Int, inverse: Double, cut: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Output, _ totals: Output
  ) {
    dk_soft_sort_squared_d(batch, n, d, inverse, cut, scores, order, payload, y, totals)
  }

  package static func softSortSquaredBackward(
    _ batch: Int, _ n: Int, _ d: Int, inverse: Double, cut: Double, _ scores: Input,
    _ order: UnsafePointer<Int32>, _ payload: Input, _ y: Input, _ totals: Input,
    _ cotangent: Input, _ ofScores: Output, _ ofPayload: Output
  ) {
    dk_soft_sort_squared_backward_d(
      batch, n, d, inverse, cut, scores, order, payload, y, totals, cotangent, ofScores, ofPayload)
  }

  // MARK: Matchings

  package static func sinkhorn(
    _ batch: Int, _ n: Int, inverse: Double, tolerance: Double, iterations: Int, _ scores: Input,
    _ y: Output, _ residuals: Output, _ steps: UnsafeMutablePointer<Int32>
  ) {
    dk_sinkhorn_d(batch, n, inverse, tolerance, iterations, scores, y, residuals, steps)
  }

  package static func sinkhornBackward(
    _ batch: Int, _ n: Int, inverse: Double, tolerance: Double, _ scores: Input, _ plans: Input,
    _ residuals: Input, _ steps: UnsafePointer<Int32>, _ cotangent: Input, _ y: Output
  ) {
    dk_sinkhorn_backward_d(
      batch, n, inverse, tolerance, scores, plans, residuals, steps, cotangent, y)
  }

  package static func assignment(
    _ batch: Int, _ n: Int, _ scores: Input, _ columns: UnsafeMutablePointer<Int32>,
    _ feasible: UnsafeMutablePointer<Int32>, _ rowPotentials: Output, _ columnPotentials: Output
  ) {
    dk_assignment_d(batch, n, scores, columns, feasible, rowPotentials, columnPotentials)
  }

  // MARK: Likelihood

  package static func bernoulliLogProbability(
    _ rows: Int, _ n: Int, _ logits: Input, _ logitsRows: Int, _ bits: Input, _ bitsRows: Int,
    _ y: Output
  ) {
    dk_bernoulli_log_probability_d(rows, n, logits, logitsRows, bits, bitsRows, y)
  }

  package static func bernoulliLogProbabilityBackward(
    _ rows: Int, _ n: Int, _ cotangent: Input, _ logits: Input, _ logitsRows: Int,
    _ bits: Input, _ bitsRows: Int, _ y: Output
  ) {
    dk_bernoulli_log_probability_backward_d(
      rows, n, cotangent, logits, logitsRows, bits, bitsRows, y)
  }

  // MARK: Convolution

  package static func convolution(
    _ shape: dk_convolution_shape, _ x: Input, _ weight: Input, _ bias: Input, _ y: Output,
    _ places: UnsafeMutablePointer<UInt8>?
  ) {
    withUnsafePointer(to: shape) { dk_convolution_d($0, x, weight, bias, y, places) }
  }

  package static func convolutionBackward(
    _ shape: dk_convolution_shape, _ x: Input, _ weight: Input, _ places: UnsafePointer<UInt8>?,
    _ cotangent: Input, _ dx: Output?, _ dweight: Output, _ dbias: Output
  ) {
    withUnsafePointer(to: shape) {
      dk_convolution_backward_d($0, x, weight, places, cotangent, dx, dweight, dbias)
    }
  }

  // MARK: Recurrence

  package static func largestResponses(
    _ rows: Int, _ places: Int, _ filters: Int, _ responses: Input, _ y: Output,
    _ chosen: UnsafeMutablePointer<Int32>
  ) {
    dk_largest_responses_d(rows, places, filters, responses, y, chosen)
  }

  package static func largestResponsesBackward(
    _ rows: Int, _ steps: Int, _ n: Int, _ width: Int, _ filters: Int, _ x: Input, _ weight: Input,
    _ chosen: UnsafePointer<Int32>, _ slopes: Input, _ dx: Output?, _ dweight: Output
  ) {
    dk_largest_responses_backward_d(
      rows, steps, n, width, filters, x, weight, chosen, slopes, dx, dweight)
  }

  package static func lstmCell(
    _ rows: Int, _ n: Int, _ inputs: Input, _ products: Input, _ gates: Output, _ before: Input,
    _ cell: Output, _ hidden: Output
  ) {
    dk_lstm_cell_d(rows, n, inputs, products, gates, before, cell, hidden)
  }

  package static func lstmCellBackward(
    _ rows: Int, _ n: Int, _ squashed: Input, _ gates: Output, _ before: Input, _ after: Input,
    _ slope: Input, _ own: Input, _ ownCell: Input, _ carried: Output
  ) {
    dk_lstm_cell_backward_d(
      rows, n, squashed, gates, before, after, slope, own, ownCell, carried)
  }

  package static func gruCell(
    _ rows: Int, _ n: Int, _ gates: Output, _ products: Input, _ before: Input, _ hidden: Output
  ) {
    dk_gru_cell_d(rows, n, gates, products, before, hidden)
  }

  package static func gruCellBackward(
    _ rows: Int, _ n: Int, _ gates: Output, _ products: Output, _ before: Input, _ slope: Output
  ) {
    dk_gru_cell_backward_d(rows, n, gates, products, before, slope)
  }

  package static func classLogProbability(
    _ rows: Int, _ classes: Int, _ logits: Input, _ index: UnsafePointer<Int32>,
    _ normalisers: Output, _ y: Output
  ) {
    dk_class_log_probability_d(rows, classes, logits, index, normalisers, y)
  }

  package static func classLogProbabilityBackward(
    _ rows: Int, _ classes: Int, _ logits: Input, _ index: UnsafePointer<Int32>,
    _ normalisers: Input, _ cotangent: Input, _ y: Output
  ) {
    dk_class_log_probability_backward_d(
      rows, classes, logits, index, normalisers, cotangent, y)
  }

  // MARK: Random numbers

  package static func uniform(_ key: UInt64, _ n: Int, _ y: Output) {
    dk_random_uniform_d(key, 0, n, y)
  }

  package static func exponential(_ key: UInt64, _ n: Int, _ y: Output) {
    dk_random_exponential_d(key, 0, n, y)
  }

  package static func gumbelSoftmax(
    _ key: UInt64, _ rows: Int, _ n: Int, _ inverse: Double, _ logits: Input, _ logitRows: Int,
    _ y: Output, _ hard: Output?
  ) {
    dk_gumbel_softmax_d(key, rows, n, inverse, logits, logitRows, y, hard)
  }

  package static func gumbelSoftmaxBackward(
    _ rows: Int, _ n: Int, _ scale: Double, _ y: Input, _ cotangent: Input, _ x: Output
  ) {
    dk_gumbel_softmax_backward_d(rows, n, scale, y, cotangent, x)
  }

  package static func dot(_ rows: Int, _ n: Int, _ x: Input, _ c: Input, _ y: Output) {
    dk_dot_d(rows, n, x, c, y)
  }

  package static func gumbel(_ key: UInt64, _ n: Int, _ y: Output) {
    dk_random_gumbel_d(key, 0, n, y)
  }

  package static func logistic(_ key: UInt64, _ n: Int, _ y: Output) {
    dk_random_logistic_d(key, 0, n, y)
  }

  package static func normal(_ key: UInt64, _ n: Int, _ y: Output) {
    dk_random_normal_d(key, 0, n, y)
  }

  package static func bernoulli(_ key: UInt64, _ n: Int, _ p: Double, _ y: Output) {
    dk_bernoulli_d(key, n, p, y)
  }

  package static func bernoulli(
    _ key: UInt64, _ rows: Int, _ n: Int, logits: Input, _ logitsRows: Int, _ y: Output
  ) {
    dk_bernoulli_logits_d(key, rows, n, logits, logitsRows, y)
  }

  package static func categorical(
    _ key: UInt64, _ rows: Int, _ classes: Int, _ logits: Input, _ logitsRows: Int,
    _ y: UnsafeMutablePointer<Int32>
  ) {
    dk_categorical_d(key, rows, classes, logits, logitsRows, y)
  }

  package static func affineCategorical(
    _ key: UInt64, _ rows: Int, _ inputs: Int, _ classes: Int, _ x: Input, _ weight: Input,
    _ bias: Input, _ y: UnsafeMutablePointer<Int32>
  ) -> Bool {
    dk_affine_categorical_d(key, rows, inputs, classes, x, weight, bias, y)
  }

  package static func categoricalGumbel(
    _ key: UInt64, _ rows: Int, _ classes: Int, _ logits: Input, _ logitsRows: Int,
    _ y: UnsafeMutablePointer<Int32>
  ) {
    dk_categorical_gumbel_d(key, rows, classes, logits, logitsRows, y)
  }

  package static func plackettLuce(
    _ key: UInt64, _ rows: Int, _ n: Int, _ places: Int, _ scores: Input, _ scoreRows: Int,
    _ y: UnsafeMutablePointer<Int32>
  ) {
    dk_plackett_luce_d(key, rows, n, places, scores, scoreRows, y)
  }

  package static func descending(
    _ rows: Int, _ n: Int, _ places: Int, _ keys: Input, _ y: UnsafeMutablePointer<Int32>
  ) {
    dk_descending_d(rows, n, places, keys, y)
  }

  package static func orderLogProbability(
    _ rows: Int, _ n: Int, _ places: Int, _ whole: Bool, _ scores: Input, _ scoreRows: Int,
    _ orders: UnsafePointer<Int32>, _ y: Output, _ slopes: Output?
  ) {
    dk_order_log_probability_d(rows, n, places, whole, scores, scoreRows, orders, y, slopes)
  }

  package static func rankedLists(
    _ lists: Int, _ starts: UnsafePointer<Int32>, _ ranked: UnsafePointer<Int32>, _ x: Input,
    _ v: Input?, _ remaining: Output, _ values: Output, _ slopes: Output, _ products: Output?
  ) {
    dk_ranked_lists_d(lists, starts, ranked, x, v, remaining, values, slopes, products)
  }

  package static func binarise(
    _ key: UInt64, _ offset: UInt64, _ n: Int, _ intensity: UnsafePointer<UInt8>, _ y: Output
  ) {
    dk_binarise_d(key, offset, n, intensity, y)
  }

  // MARK: Optimizers

  package static func sgd(_ n: Int, _ p: Output, _ g: Input, rate: Double) {
    dk_sgd_d(n, p, g, rate)
  }

  package static func momentum(
    _ n: Int, _ p: Output, _ g: Input, _ v: Output, rate: Double, momentum: Double, nesterov: Bool
  ) {
    dk_momentum_d(n, p, g, v, rate, momentum, nesterov)
  }

  package static func adam(
    _ n: Int, _ p: Output, _ g: Input, _ m: Output, _ v: Output, rate: Double, beta1: Double,
    beta2: Double, epsilon: Double, correction1: Double, correction2: Double
  ) {
    dk_adam_d(n, p, g, m, v, rate, beta1, beta2, epsilon, correction1, correction2)
  }

  package static func rmsprop(
    _ n: Int, _ p: Output, _ g: Input, _ v: Output, rate: Double, decay: Double, epsilon: Double
  ) {
    dk_rmsprop_d(n, p, g, v, rate, decay, epsilon)
  }
}
