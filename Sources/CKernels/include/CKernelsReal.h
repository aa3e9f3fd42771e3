// Included by CKernels.h once per precision, with REAL, WORD (as wide), DK(name) and KERNEL(name)
// defined, which gives a function its name in Swift; no guard on purpose.

#pragma clang assume_nonnull begin

// MARK: Elementwise

/// y may be x.
KERNEL("unary(_:_:_:_:)")
void DK(dk_unary)(dk_unary op, long n, const REAL *x, REAL *y);
/// out = c (1 - y^2), with y the hyperbolic tangent and c its cotangent.
KERNEL("tanhBackward(_:_:_:_:)")
void DK(dk_tanh_backward)(long n, const REAL *y, const REAL *c, REAL *out);
/// y (contiguous, of `shape`) = a op b; a stride of 0 broadcasts. y may be an operand that is laid
/// out like it.
KERNEL("binary(_:_:_:_:_:_:_:_:)")
void DK(dk_binary)(
    dk_binary op, long rank, const long *shape, const REAL *a, const long *a_strides, const REAL *b,
    const long *b_strides, REAL *y);
/// y = mask != 0 ? a : b.
KERNEL("select(_:_:_:_:_:_:_:_:_:)")
void DK(dk_select)(
    long rank, const long *shape, const REAL *mask, const long *mask_strides, const REAL *a,
    const long *a_strides, const REAL *b, const long *b_strides, REAL *y);
KERNEL("fill(_:_:_:)")
void DK(dk_fill)(long n, REAL value, REAL *y);
/// y += a x.
KERNEL("axpy(_:_:_:_:)")
void DK(dk_axpy)(long n, REAL a, const REAL *x, REAL *y);
/// y = a x; y may be x.
KERNEL("scale(_:_:_:_:)")
void DK(dk_scale)(long n, REAL a, const REAL *x, REAL *y);

// MARK: Strided copies

/// Contiguous y = strided x.
KERNEL("copy(_:_:_:_:_:)")
void DK(dk_copy)(long rank, const long *shape, const REAL *x, const long *strides, REAL *y);
/// Strided y = contiguous x.
KERNEL("scatterCopy(_:_:_:_:_:)")
void DK(dk_scatter_copy)(long rank, const long *shape, const REAL *x, REAL *y, const long *strides);
/// Strided y += contiguous x; strides of 0 accumulate.
KERNEL("scatterAdd(_:_:_:_:_:)")
void DK(dk_scatter_add_strided)(
    long rank, const long *shape, const REAL *x, REAL *y, const long *strides);

// MARK: Along the middle axis of x[outer, n, inner]

/// y[outer, inner]. Over nothing: 0, -inf, inf, 1. Maximum and minimum are NaN if an element is.
KERNEL("reduce(_:_:_:_:_:_:)")
void DK(dk_reduce)(dk_reduction op, long outer, long n, long inner, const REAL *x, REAL *y);
/// The first place of the largest or smallest; n > 0; NaNs are never chosen over numbers.
KERNEL("argmax(_:_:_:_:_:)")
void DK(dk_argmax)(long outer, long n, long inner, const REAL *x, int32_t *y);
KERNEL("argmin(_:_:_:_:_:)")
void DK(dk_argmin)(long outer, long n, long inner, const REAL *x, int32_t *y);
/// -inf over nothing and over -inf only.
KERNEL("logSumExp(_:_:_:_:_:)")
void DK(dk_log_sum_exp)(long outer, long n, long inner, const REAL *x, REAL *y);
/// NaN where all of a line is -inf.
KERNEL("softmax(_:_:_:_:_:)")
void DK(dk_softmax)(long outer, long n, long inner, const REAL *x, REAL *y);
KERNEL("logSoftmax(_:_:_:_:_:)")
void DK(dk_log_softmax)(long outer, long n, long inner, const REAL *x, REAL *y);
/// out = y (c - sum c y), with y the softmax and c the cotangent.
KERNEL("softmaxBackward(_:_:_:_:_:_:)")
void DK(dk_softmax_backward)(
    long outer, long n, long inner, const REAL *y, const REAL *c, REAL *out);
/// out = c - exp(y) sum c, with y the log-softmax.
KERNEL("logSoftmaxBackward(_:_:_:_:_:_:)")
void DK(dk_log_softmax_backward)(
    long outer, long n, long inner, const REAL *y, const REAL *c, REAL *out);
/// Inclusive; from the end when `reverse`.
KERNEL("cumulativeSum(_:_:_:_:_:_:)")
void DK(dk_cumulative_sum)(long outer, long n, long inner, bool reverse, const REAL *x, REAL *y);
KERNEL("cumulativeLogSumExp(_:_:_:_:_:_:)")
void DK(dk_cumulative_log_sum_exp)(
    long outer, long n, long inner, bool reverse, const REAL *x, REAL *y);

// MARK: Gather and scatter; indices are trusted

/// y[o, j, i] = x[o, index[j], i] for x[outer, axis, inner], y[outer, k, inner].
KERNEL("gather(_:_:_:_:_:_:_:)")
void DK(dk_gather)(
    long outer, long axis, long inner, const int32_t *index, long k, const REAL *x, REAL *y);
/// y[o, index[j], i] += x[o, j, i] for x[outer, k, inner], y[outer, axis, inner].
KERNEL("scatterAdd(_:_:_:_:_:_:_:)")
void DK(dk_scatter_add)(
    long outer, long axis, long inner, const int32_t *index, long k, const REAL *x, REAL *y);
/// y[o, j, i] = x[o, index[o, j, i], i] for x[outer, axis, inner]; index and y are [outer, k,
/// inner].
KERNEL("takeAlong(_:_:_:_:_:_:_:)")
void DK(dk_take_along)(
    long outer, long axis, long k, long inner, const int32_t *index, const REAL *x, REAL *y);
/// y[o, index[o, j, i], i] += x[o, j, i].
KERNEL("addAlong(_:_:_:_:_:_:_:)")
void DK(dk_take_along_add)(
    long outer, long axis, long k, long inner, const int32_t *index, const REAL *x, REAL *y);
/// y[n, classes], all written.
KERNEL("oneHot(_:_:_:_:)")
void DK(dk_one_hot)(long n, long classes, const int32_t *index, REAL *y);

// MARK: Relaxed sorting; orders are descending and trusted

/// The first `rows` rows of NeuralSort at temperature 1 / inverse times payload[batch, n, d], in
/// y[batch, rows, d]; n > 0. totals[batch, rows] are the sums of exp(-D) that a row is divided by,
/// from 1 to n. Entries whose D exceeds `cut` are 0.
KERNEL("neuralSort(_:_:_:_:inverse:cut:_:_:_:_:_:)")
void DK(dk_neural_sort)(
    long batch, long n, long rows, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, REAL *y, REAL *totals);
/// From the cotangent g of y; either result may be NULL.
KERNEL("neuralSortBackward(_:_:_:_:inverse:cut:_:_:_:_:_:_:_:_:)")
void DK(dk_neural_sort_backward)(
    long batch, long n, long rows, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, const REAL *y, const REAL *totals, const REAL *g,
    REAL *_Nullable dscores, REAL *_Nullable dpayload);
/// loss[batch, n] = -log of entry (i, ranks[i]) of NeuralSort in sorted columns.
KERNEL("neuralSortEntropy(_:_:inverse:cut:_:_:_:_:_:)")
void DK(dk_neural_sort_entropy)(
    long batch, long n, double inverse, double cut, const REAL *scores, const int32_t *order,
    const int32_t *ranks, REAL *loss, REAL *totals);
KERNEL("neuralSortEntropyBackward(_:_:inverse:cut:_:_:_:_:_:_:)")
void DK(dk_neural_sort_entropy_backward)(
    long batch, long n, double inverse, double cut, const REAL *scores, const int32_t *order,
    const int32_t *ranks, const REAL *totals, const REAL *g, REAL *dscores);
/// SoftSort of power 1 at temperature 1 / inverse times payload[batch, n, d]; totals[batch, n] are
/// what rows are divided by; n > 0.
KERNEL("softSort(_:_:_:inverse:_:_:_:_:_:)")
void DK(dk_soft_sort)(
    long batch, long n, long d, double inverse, const REAL *scores, const int32_t *order,
    const REAL *payload, REAL *y, REAL *totals);
KERNEL("softSortBackward(_:_:_:inverse:_:_:_:_:_:_:_:_:)")
void DK(dk_soft_sort_backward)(
    long batch, long n, long d, double inverse, const REAL *scores, const int32_t *order,
    const REAL *payload, const REAL *y, const REAL *totals, const REAL *g, REAL *dscores,
    REAL *dpayload);
/// The same of power 2, without what is beyond the cut in (s_i - s_r)^2 * inverse.
KERNEL("softSortSquared(_:_:_:inverse:cut:_:_:_:_:_:)")
void DK(dk_soft_sort_squared)(
    long batch, long n, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, REAL *y, REAL *totals);
KERNEL("softSortSquaredBackward(_:_:_:inverse:cut:_:_:_:_:_:_:_:_:)")
void DK(dk_soft_sort_squared_backward)(
    long batch, long n, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, const REAL *y, const REAL *totals, const REAL *g,
    REAL *dscores, REAL *dpayload);

// MARK: Matchings of n rows with n columns, n > 0; scores are finite or -inf

/// Plans exp(scores * inverse + u_i + v_j) in y[batch, n, n] whose rows add up to 1, and whose
/// columns do to within residuals[batch] after steps[batch] normalizations of the rows. Every row
/// and column has a finite score.
KERNEL("sinkhorn(_:_:inverse:tolerance:iterations:_:_:_:_:)")
void DK(dk_sinkhorn)(
    long batch, long n, double inverse, double tolerance, long iterations, const REAL *scores,
    REAL *y, REAL *residuals, int32_t *steps);
/// From the cotangent g of the plans: implicitly where the residual is within the tolerance, else
/// by replay.
KERNEL("sinkhornBackward(_:_:inverse:tolerance:_:_:_:_:_:_:)")
void DK(dk_sinkhorn_backward)(
    long batch, long n, double inverse, double tolerance, const REAL *scores, const REAL *plans,
    const REAL *residuals, const int32_t *steps, const REAL *g, REAL *dscores);
/// The column of every row in a largest assignment, and potentials whose sums are at or above every
/// score; feasible[batch] is 0 where every assignment has a score of -inf.
KERNEL("assignment(_:_:_:_:_:_:_:)")
void DK(dk_assignment)(
    long batch, long n, const REAL *scores, int32_t *columns, int32_t *feasible,
    REAL *row_potentials, REAL *column_potentials);

// MARK: Likelihood

/// out[r] = sum_j x l - softplus(l) for bits x, 0 or 1, with logits row r % logits_rows and bits
/// row r % bits_rows of n; slopes[rows, n] = x - sigmoid(l) unless it is null.
KERNEL("bernoulliLogProbability(_:_:_:_:_:_:_:_:)")
void DK(dk_bernoulli_log_probability)(
    long rows, long n, const REAL *logits, long logits_rows, const REAL *bits, long bits_rows,
    REAL *out, REAL *_Nullable slopes);
/// out[logits_rows, n] = sum of cotangent (x - sigmoid(l)) over the rows that use a logit; rows %
/// logits_rows == 0.
KERNEL("bernoulliLogProbabilityBackward(_:_:_:_:_:_:_:_:)")
void DK(dk_bernoulli_log_probability_backward)(
    long rows, long n, const REAL *cotangent, const REAL *logits, long logits_rows,
    const REAL *bits, long bits_rows, REAL *out);

/// out[r] = sum_j exp(l) (l - o) of log-probabilities l[rows, n] and o, row r % other_rows; a term
/// whose exp(l) is 0 is 0.
KERNEL("relativeEntropy(_:_:_:_:_:_:)")
void DK(dk_relative_entropy)(
    long rows, long n, const REAL *l, const REAL *others, long other_rows, REAL *out);
/// out[rows, n] = cotangent exp(l) (l - o + 1), what the derivative in l is.
KERNEL("relativeEntropyBackward(_:_:_:_:_:_:_:)")
void DK(dk_relative_entropy_backward)(
    long rows, long n, const REAL *cotangent, const REAL *l, const REAL *others, long other_rows,
    REAL *out);

// MARK: Convolution

/// y[count, rows, columns, filters] of weights [size, size, channels, filters]. Where it pools,
/// `places` tells of every output which of its four places it came from, row by row; otherwise it
/// is not used.
KERNEL("convolution(_:_:_:_:_:_:)")
void DK(dk_convolution)(
    dk_convolution_shape shape, const REAL *x, const REAL *weight, const REAL *bias, REAL *y,
    uint8_t *_Nullable places);
/// From the cotangent g of y; dx may be NULL. Sums over the images are cut by their number alone.
KERNEL("convolutionBackward(_:_:_:_:_:_:_:_:)")
void DK(dk_convolution_backward)(
    dk_convolution_shape shape, const REAL *x, const REAL *weight,
    const uint8_t *_Nullable places, const REAL *g, REAL *_Nullable dx, REAL *dweight, REAL *dbias);

// MARK: Filters over time

/// The largest of responses[rows, places, filters] over the places, and which it was, the first of
/// equals.
KERNEL("largestResponses(_:_:_:_:_:_:)")
void DK(dk_largest_responses)(
    long rows, long places, long filters, const REAL *responses, REAL *y, int32_t *chosen);
/// From the slopes of y: the windows of x[rows, steps, n] begin at their places, a weight is
/// [filters, width n]; dx may be NULL.
KERNEL("largestResponsesBackward(_:_:_:_:_:_:_:_:_:_:_:)")
void DK(dk_largest_responses_backward)(
    long rows, long steps, long n, long width, long filters, const REAL *x, const REAL *weight,
    const int32_t *chosen, const REAL *slopes, REAL *_Nullable dx, REAL *dweight);

// MARK: Recurrence

/// One step of an LSTM of n units. `inputs` and `products`, rows of 4 n, are what inputs and hidden
/// state give to the gates input, forget, output, candidate; their sum is squashed into `gates`.
/// Cell and hidden are written, cell may be `before`.
KERNEL("lstmCell(_:_:_:_:_:_:_:_:)")
void DK(dk_lstm_cell)(
    long rows, long n, const REAL *inputs, const REAL *products, REAL *gates, const REAL *before,
    REAL *cell, REAL *hidden);
/// Writes to `gates` the cotangents of the unsquashed ones. Those of hidden are `slope`, from the
/// step after, and `own`; those of the cell `carried` and `own_cell`; `carried` becomes that of the
/// cell before.
KERNEL("lstmCellBackward(_:_:_:_:_:_:_:_:_:_:)")
void DK(dk_lstm_cell_backward)(
    long rows, long n, const REAL *squashed, REAL *gates, const REAL *before, const REAL *after,
    const REAL *slope, const REAL *own, const REAL *own_cell, REAL *carried);
/// One step of a GRU of n units. `gates` are rows of 3 n, update, reset, candidate, what the inputs
/// give to them; they are squashed in place. `products` is what the hidden state `before` gives.
KERNEL("gruCell(_:_:_:_:_:_:)")
void DK(dk_gru_cell)(
    long rows, long n, REAL *gates, const REAL *products, const REAL *before, REAL *hidden);
/// Turns squashed gates into cotangents of what the inputs gave, and products into their own.
/// `slope` is the cotangent of hidden, and becomes the part of that of `before` that does not pass
/// through the products.
KERNEL("gruCellBackward(_:_:_:_:_:_:)")
void DK(dk_gru_cell_backward)(
    long rows, long n, REAL *gates, REAL *products, const REAL *before, REAL *slope);
/// y[r] = log softmax(logits[r, :])[index[r]]; normalizers are kept for the way back.
KERNEL("classLogProbability(_:_:_:_:_:_:)")
void DK(dk_class_log_probability)(
    long rows, long classes, const REAL *logits, const int32_t *index, REAL *normalizers,
    REAL *y);
/// y[rows, classes] = cotangent (one-hot - softmax); y may be the logits.
KERNEL("classLogProbabilityBackward(_:_:_:_:_:_:_:)")
void DK(dk_class_log_probability_backward)(
    long rows, long classes, const REAL *logits, const int32_t *index, const REAL *normalizers,
    const REAL *cotangent, REAL *y);

// MARK: Random numbers: elements offset..<offset + n of a stream that depends on the key alone

/// In the open interval (0, 1): 23 bits or 52, halves of steps away from the ends.
KERNEL("uniform(_:_:_:_:)")
void DK(dk_random_uniform)(uint64_t key, uint64_t offset, long n, REAL *y);
/// Standard exponential, positive and finite, with a full significand in both tails: in single
/// precision words near an end take further bits, and values reach from 2^-97 to 67.
KERNEL("exponential(_:_:_:_:)")
void DK(dk_random_exponential)(uint64_t key, uint64_t offset, long n, REAL *y);
/// y = softmax((logits + Gumbels) * inverse) along rows of n, and where `hard` is not NULL the
/// one-hot rows of its largest; logits of `logit_rows` rows go round. The Gumbels are those of
/// dk_random_gumbel.
KERNEL("gumbelSoftmax(_:_:_:_:_:_:_:_:)")
void DK(dk_gumbel_softmax)(
    uint64_t key, long rows, long n, REAL inverse, const REAL *logits, long logit_rows, REAL *y,
    REAL *_Nullable hard);
/// y = sum x c along rows of n.
KERNEL("dot(_:_:_:_:_:)")
void DK(dk_dot)(long rows, long n, const REAL *x, const REAL *c, REAL *y);
/// out = scale y (c - sum c y), with y the softmax and c the cotangent.
KERNEL("gumbelSoftmaxBackward(_:_:_:_:_:_:)")
void DK(dk_gumbel_softmax_backward)(
    long rows, long n, REAL scale, const REAL *y, const REAL *c, REAL *out);
/// Standard Gumbel, -log of the exponential: finite, from -4.2 to 67 in single precision and -3.7
/// to 45 in double.
KERNEL("gumbel(_:_:_:_:)")
void DK(dk_random_gumbel)(uint64_t key, uint64_t offset, long n, REAL *y);
/// Standard logistic, the log-odds of a uniform, from -67 to 67 in single precision and -45 to 45
/// in double.
KERNEL("logistic(_:_:_:_:)")
void DK(dk_random_logistic)(uint64_t key, uint64_t offset, long n, REAL *y);
KERNEL("normal(_:_:_:_:)")
void DK(dk_random_normal)(uint64_t key, uint64_t offset, long n, REAL *y);
/// 1 with probability p to within 2^-32, else 0; element i takes word i of the stream, in both
/// precisions.
KERNEL("bernoulli(_:_:_:_:)")
void DK(dk_bernoulli)(uint64_t key, long n, double p, REAL *y);
/// Row r of n uses probabilities row r % probability_rows. Here and below the rarer outcome has its
/// probability to a relative 2^-15, however rare it is.
KERNEL("bernoulli(_:_:_:probabilities:_:_:)")
void DK(dk_bernoulli_probabilities)(
    uint64_t key, long rows, long n, const REAL *probabilities, long probability_rows, REAL *y);
KERNEL("bernoulli(_:_:_:logits:_:_:)")
void DK(dk_bernoulli_logits)(
    uint64_t key, long rows, long n, const REAL *logits, long logits_rows, REAL *y);
/// The class of each row by inverse CDF, one uniform per row, which in single precision gets
/// further bits where the border of a class is near; row r uses logits row r % logits_rows, and
/// longer ones that are shared are summed once. A class of logit -inf is never drawn while another
/// is finite. Class 0 if none can be drawn.
KERNEL("categorical(_:_:_:_:_:_:)")
void DK(dk_categorical)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y);
/// The same law where the logits are x weight + bias, of x [rows, inputs] and weight [inputs,
/// classes]; they are never stored. False, and nothing done, for more than 65,536 classes.
KERNEL("affineCategorical(_:_:_:_:_:_:_:_:)")
bool DK(dk_affine_categorical)(
    uint64_t key, long rows, long inputs, long classes, const REAL *x, const REAL *weight,
    const REAL *bias, int32_t *y);
/// The same law by Gumbel-max, one Gumbel per class.
KERNEL("categoricalGumbel(_:_:_:_:_:_:)")
void DK(dk_categorical_gumbel)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y);
/// Orders of n items, the first `places` of them: descending scores plus Gumbels, the words being
/// those of dk_random_gumbel; row r uses scores row r % score_rows. Always distinct items, whatever
/// the scores.
KERNEL("plackettLuce(_:_:_:_:_:_:_:)")
void DK(dk_plackett_luce)(
    uint64_t key, long rows, long n, long places, const REAL *scores, long score_rows, int32_t *y);
/// The items of the largest `places` keys of each row, descending, the earlier one first where keys
/// are equal.
KERNEL("descending(_:_:_:_:_:)")
void DK(dk_descending)(long rows, long n, long places, const REAL *keys, int32_t *y);
/// The Plackett-Luce log-probability of lists of `places` distinct items each, and where `slopes`
/// is not NULL its derivatives in the scores, rows of n. Items on no list compete for every place
/// if `whole`, and for none otherwise.
KERNEL("orderLogProbability(_:_:_:_:_:_:_:_:_:)")
void DK(dk_order_log_probability)(
    long rows, long n, long places, bool whole, const REAL *scores, long score_rows,
    const int32_t *orders, REAL *y, REAL *_Nullable slopes);
/// Of lists of x between starts[list] and the next, whose first ranked[list] are placed in order
/// before the rest: the log-probability, its slopes in x and, where v is not NULL, its Hessian
/// times v. `remaining` is scratch of x's size.
KERNEL("rankedLists(_:_:_:_:_:_:_:_:_:)")
void DK(dk_ranked_lists)(
    long lists, const int32_t *starts, const int32_t *ranked, const REAL *x,
    const REAL *_Nullable v, REAL *remaining, REAL *values, REAL *slopes,
    REAL *_Nullable products);
/// 1 with probability intensity / 255 to within 2^-32, and exactly at 0 and 255, else 0; element i
/// takes word i.
KERNEL("binarize(_:_:_:_:_:)")
void DK(dk_binarize)(uint64_t key, uint64_t offset, long n, const uint8_t *intensity, REAL *y);

// The conversions of one word of the stream (32 bits, or 64 in double precision), for tests of
// their extremes.
KERNEL("uniform(word:)")
REAL DK(dk_word_uniform)(WORD word);
/// In the open interval, floating: what the exponential and Bernoulli draws with probabilities see.
KERNEL("fraction(word:)")
REAL DK(dk_word_fraction)(WORD word);
KERNEL("exponential(word:)")
REAL DK(dk_word_exponential)(WORD word);
KERNEL("gumbel(word:)")
REAL DK(dk_word_gumbel)(WORD word);

// MARK: Optimizers, minimizing; one pass each; whether every parameter is finite afterwards

KERNEL("sgd(_:_:_:rate:)")
bool DK(dk_sgd)(long n, REAL *p, const REAL *g, REAL rate);
/// v = momentum v + g; p -= rate v, or rate (g + momentum v) with Nesterov.
KERNEL("momentum(_:_:_:_:rate:momentum:nesterov:)")
bool DK(dk_momentum)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL momentum, bool nesterov);
/// p -= rate (m correction1) / (sqrt(v correction2) + epsilon), corrections being 1 / (1 - beta^t).
KERNEL("adam(_:_:_:_:_:rate:beta1:beta2:epsilon:correction1:correction2:)")
bool DK(dk_adam)(
    long n, REAL *p, const REAL *g, REAL *m, REAL *v, REAL rate, REAL beta1, REAL beta2,
    REAL epsilon, REAL correction1, REAL correction2);
/// v = decay v + (1 - decay) g^2; p -= rate g / (sqrt(v) + epsilon).
KERNEL("rmsprop(_:_:_:_:rate:decay:epsilon:)")
bool DK(dk_rmsprop)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL decay, REAL epsilon);
KERNEL("allFinite(_:_:)")
bool DK(dk_all_finite)(long n, const REAL *x);
/// The same of so many arrays.
KERNEL("allFinite(_:_:_:)")
bool DK(dk_arrays_finite)(
    long count, const long *sizes, const REAL *_Nonnull const *_Nonnull arrays);

// MARK: Products with zeros and ones

/// y[r, m] = scales[r] bias + the sum of the rows of w[n, m] listed for r, in order; bias and
/// scales may be NULL, which is 0 and 1.
KERNEL("bitsProduct(_:_:_:_:_:_:_:_:_:)")
void DK(dk_bits_product)(
    long rows, long n, long m, const int32_t *starts, const int32_t *columns, const REAL *w,
    const REAL *_Nullable bias, const REAL *_Nullable scales, REAL *y);
/// y[m] = bias - center w[n, m].
KERNEL("centeredBias(_:_:_:_:_:_:)")
void DK(dk_centered_bias)(
    long n, long m, const REAL *center, const REAL *w, const REAL *bias, REAL *y);
/// Bit j % 32 of words[r, j / 32] says whether x[r, j] of n is not zero; each row has (n + 31) / 32
/// words, and the bits after the last are zero.
KERNEL("packBits(_:_:_:_:)")
void DK(dk_pack_bits)(long rows, long n, const REAL *x, uint32_t *words);
/// y[rows, m] = bias + (s - center) w[n, m], s[rows, n] being 1 where a bit of the words is set and
/// elsewhere 0, or -1 with signs; bias and center[n] may be NULL, which is 0. For every four rows
/// of w the sums over subsets are made once.
KERNEL("packedProduct(_:_:_:_:_:_:_:_:_:)")
void DK(dk_packed_product)(
    long rows, long n, long m, const uint32_t *words, bool is_signed, const REAL *w,
    const REAL *_Nullable bias, const REAL *_Nullable center, REAL *y);
/// The same with a center[rows] for each row of s, and without a bias; sums[m] are those of the
/// columns of w.
KERNEL("packedSlopes(_:_:_:_:_:_:_:_:_:)")
void DK(dk_packed_slopes)(
    long rows, long n, long m, const uint32_t *words, bool is_signed, const REAL *w,
    const REAL *_Nullable center, REAL *y, REAL *sums);
/// Whether all are numbers below infinity.
KERNEL("areLogWeights(_:_:)")
bool DK(dk_are_log_weights)(long n, const REAL *x);
/// y[i] = x[i].
KERNEL("widen(_:_:_:)")
void DK(dk_widen)(long n, const REAL *x, double *y);

#pragma clang assume_nonnull end
