// Included by sweeps.c once per precision; no guard on purpose. Operands are named as in
// CKernelsReal.h; `in` are numbers, `out` is room for a result.

static REAL *DK(out)(long n) {
  REAL *y = place((size_t)n * sizeof *y);
  for (long i = 0; i < n; i++) y[i] = 0;
  return y;
}

/// Distinct where neighbors are compared, from -2 to 2.
static REAL *DK(in)(long n) {
  REAL *y = place((size_t)n * sizeof *y);
  for (long i = 0; i < n; i++) y[i] = (REAL)((double)(i * 7919 % 1009) / 252 - 2);
  return y;
}

/// Between 0 and 1.
static REAL *DK(shares)(long n) {
  REAL *y = place((size_t)n * sizeof *y);
  for (long i = 0; i < n; i++) y[i] = (REAL)((double)(i * 7919 % 1009 + 1) / 1011);
  return y;
}

/// Zeros and ones.
static REAL *DK(bits)(long n) {
  REAL *y = place((size_t)n * sizeof *y);
  for (long i = 0; i < n; i++) y[i] = i * 7919 % 1009 < 300;
  return y;
}

#define IN(n) DK(in)(n)
#define OUT(n) DK(out)(n)
#define SHARES(n) DK(shares)(n)
#define BITS(n) DK(bits)(n)

static void DK(elementwise)(long n) {
  for (int op = dk_unary_negate; op <= dk_unary_is_finite; op++) {
    begin("dk_unary", op, n, 0, 0);
    DK(dk_unary)((dk_unary)op, n, SHARES(n), OUT(n));
  }
  begin("dk_fill", n, 0, 0, 0);
  DK(dk_fill)(n, 1, OUT(n));
  begin("dk_axpy", n, 0, 0, 0);
  DK(dk_axpy)(n, 2, IN(n), OUT(n));
  begin("dk_scale", n, 0, 0, 0);
  DK(dk_scale)(n, 2, IN(n), OUT(n));
  begin("dk_all_finite", n, 0, 0, 0);
  DK(dk_all_finite)(n, IN(n));
  begin("dk_arrays_finite", n, 0, 0, 0);
  DK(dk_arrays_finite)(3, (long[]){n, 0, 1}, (const REAL *[]){IN(n), IN(0), IN(1)});
  begin("dk_are_log_weights", n, 0, 0, 0);
  DK(dk_are_log_weights)(n, IN(n));
  begin("dk_widen", n, 0, 0, 0);
  DK(dk_widen)(n, IN(n), place((size_t)n * sizeof(double)));
  begin("dk_tanh_backward", n, 0, 0, 0);
  DK(dk_tanh_backward)(n, IN(n), IN(n), OUT(n));
}

static void DK(optimizers)(long n) {
  begin("dk_sgd", n, 0, 0, 0);
  DK(dk_sgd)(n, OUT(n), IN(n), 1);
  begin("dk_momentum", n, 0, 0, 0);
  DK(dk_momentum)(n, OUT(n), IN(n), OUT(n), 1, 0.5, n % 2);
  begin("dk_adam", n, 0, 0, 0);
  DK(dk_adam)(n, OUT(n), IN(n), OUT(n), OUT(n), 1, 0.5, 0.5, 1e-3, 1, 1);
  begin("dk_rmsprop", n, 0, 0, 0);
  DK(dk_rmsprop)(n, OUT(n), IN(n), OUT(n), 1, 0.5, 1e-3);
}

/// Operands of [rows, n] that are contiguous, transposed, or one row, column or number.
static void DK(strided)(long rows, long n) {
  const long shape[] = {rows, n};
  const long strides[][2] = {{n, 1}, {1, rows}, {0, 1}, {1, 0}, {0, 0}};
  const long counts[] = {rows * n, rows * n, n, rows, 1};
  for (int i = 0; i < COUNT(counts); i++) {
    for (int j = 0; j < COUNT(counts); j++) {
      for (int op = dk_binary_add; op <= dk_binary_equal; op++) {
        begin("dk_binary", op, rows, n, i * 10 + j);
        DK(dk_binary)((dk_binary)op, 2, shape, IN(counts[i]), strides[i], SHARES(counts[j]),
                      strides[j], OUT(rows * n));
      }
      begin("dk_select", rows, n, i, j);
      DK(dk_select)(2, shape, BITS(counts[i]), strides[i], IN(counts[j]), strides[j],
                    IN(counts[i]), strides[i], OUT(rows * n));
    }
    begin("dk_copy", rows, n, i, 0);
    DK(dk_copy)(2, shape, IN(counts[i]), strides[i], OUT(rows * n));
    begin("dk_scatter_add_strided", rows, n, i, 0);
    DK(dk_scatter_add_strided)(2, shape, IN(rows * n), OUT(counts[i]), strides[i]);
    if (i > 1) continue;
    begin("dk_scatter_copy", rows, n, i, 0);
    DK(dk_scatter_copy)(2, shape, IN(rows * n), OUT(counts[i]), strides[i]);
  }
}

/// Along the middle axis of [outer, n, inner].
static void DK(axes)(long outer, long n, long inner) {
  long all = outer * n * inner, lines = outer * inner, k = (n + 1) / 2;
  for (int op = dk_reduction_sum; op <= dk_reduction_product; op++) {
    begin("dk_reduce", op, outer, n, inner);
    DK(dk_reduce)((dk_reduction)op, outer, n, inner, IN(all), OUT(lines));
  }
  begin("dk_argmax", outer, n, inner, 0);
  DK(dk_argmax)(outer, n, inner, IN(all), whole_numbers(lines));
  begin("dk_argmin", outer, n, inner, 0);
  DK(dk_argmin)(outer, n, inner, IN(all), whole_numbers(lines));
  begin("dk_log_sum_exp", outer, n, inner, 0);
  DK(dk_log_sum_exp)(outer, n, inner, IN(all), OUT(lines));
  begin("dk_softmax", outer, n, inner, 0);
  DK(dk_softmax)(outer, n, inner, IN(all), OUT(all));
  begin("dk_log_softmax", outer, n, inner, 0);
  DK(dk_log_softmax)(outer, n, inner, IN(all), OUT(all));
  begin("dk_softmax_backward", outer, n, inner, 0);
  DK(dk_softmax_backward)(outer, n, inner, SHARES(all), IN(all), OUT(all));
  begin("dk_log_softmax_backward", outer, n, inner, 0);
  DK(dk_log_softmax_backward)(outer, n, inner, IN(all), IN(all), OUT(all));
  for (int reverse = 0; reverse < 2; reverse++) {
    begin("dk_cumulative_sum", outer, n, inner, reverse);
    DK(dk_cumulative_sum)(outer, n, inner, reverse, IN(all), OUT(all));
    begin("dk_cumulative_log_sum_exp", outer, n, inner, reverse);
    DK(dk_cumulative_log_sum_exp)(outer, n, inner, reverse, IN(all), OUT(all));
  }
  begin("dk_gather", outer, n, inner, k);
  DK(dk_gather)(outer, n, inner, indices(k, n), k, IN(all), OUT(outer * k * inner));
  begin("dk_scatter_add", outer, n, inner, k);
  DK(dk_scatter_add)(outer, n, inner, indices(k, n), k, IN(outer * k * inner), OUT(all));
  begin("dk_take_along", outer, n, inner, k);
  DK(dk_take_along)(outer, n, k, inner, indices(outer * k * inner, n), IN(all),
                    OUT(outer * k * inner));
  begin("dk_take_along_add", outer, n, inner, k);
  DK(dk_take_along_add)(outer, n, k, inner, indices(outer * k * inner, n),
                        IN(outer * k * inner), OUT(all));
}

static void DK(rows_of)(long rows, long n) {
  long all = rows * n;
  begin("dk_one_hot", rows, n, 0, 0);
  DK(dk_one_hot)(rows, n, indices(rows, n), OUT(all));
  begin("dk_dot", rows, n, 0, 0);
  DK(dk_dot)(rows, n, IN(all), IN(all), OUT(rows));
  begin("dk_bernoulli_log_probability", rows, n, 0, 0);
  DK(dk_bernoulli_log_probability)(rows, n, IN(n), 1, BITS(all), rows, OUT(rows), NULL);
  DK(dk_bernoulli_log_probability)(rows, n, IN(all), rows, BITS(n), 1, OUT(rows), OUT(all));
  begin("dk_relative_entropy", rows, n, 0, 0);
  DK(dk_relative_entropy)(rows, n, IN(all), IN(n), 1, OUT(rows));
  DK(dk_relative_entropy_backward)(rows, n, IN(rows), IN(all), IN(n), 1, OUT(all));
  begin("dk_bernoulli_log_probability_backward", rows, n, 0, 0);
  DK(dk_bernoulli_log_probability_backward)(rows, n, IN(rows), IN(n), 1, BITS(all), rows, OUT(n));
  DK(dk_bernoulli_log_probability_backward)(rows, n, IN(rows), IN(all), rows, BITS(n), 1, OUT(all));
  begin("dk_class_log_probability", rows, n, 0, 0);
  DK(dk_class_log_probability)(rows, n, IN(all), indices(rows, n), OUT(rows), OUT(rows));
  begin("dk_class_log_probability_backward", rows, n, 0, 0);
  DK(dk_class_log_probability_backward)(rows, n, IN(all), indices(rows, n), IN(rows), IN(rows),
                                        OUT(all));
  begin("dk_lstm_cell", rows, n, 0, 0);
  DK(dk_lstm_cell)(rows, n, IN(4 * all), IN(4 * all), OUT(4 * all), IN(all), OUT(all), OUT(all));
  begin("dk_lstm_cell_backward", rows, n, 0, 0);
  DK(dk_lstm_cell_backward)(rows, n, SHARES(4 * all), OUT(4 * all), IN(all), IN(all), IN(all),
                            IN(all), IN(all), IN(all));
  begin("dk_gru_cell", rows, n, 0, 0);
  DK(dk_gru_cell)(rows, n, IN(3 * all), IN(3 * all), IN(all), OUT(all));
  begin("dk_gru_cell_backward", rows, n, 0, 0);
  DK(dk_gru_cell_backward)(rows, n, SHARES(3 * all), IN(3 * all), IN(all), IN(all));
}

static void DK(draws)(long rows, long n) {
  long all = rows * n, places = (n + 1) / 2;
  uint64_t offset = (uint64_t)(n % 67);
  begin("dk_random", rows, n, 0, 0);
  DK(dk_random_uniform)(1, offset, n, OUT(n));
  DK(dk_random_exponential)(1, offset, n, OUT(n));
  DK(dk_random_gumbel)(1, offset, n, OUT(n));
  DK(dk_random_normal)(1, offset, n, OUT(n));
  DK(dk_bernoulli)(1, n, 0.3, OUT(n));
  DK(dk_binarize)(1, offset, n, bytes(n), OUT(n));
  dk_random_words(1, offset, n, (uint32_t *)whole_numbers(n));
  dk_bernoulli_bytes(1, n, 0.3, bytes(n));
  begin("dk_bernoulli_probabilities", rows, n, 0, 0);
  DK(dk_bernoulli_probabilities)(1, rows, n, SHARES(n), 1, OUT(all));
  begin("dk_bernoulli_logits", rows, n, 0, 0);
  DK(dk_bernoulli_logits)(1, rows, n, IN(n), 1, OUT(all));
  begin("dk_gumbel_softmax", rows, n, 0, 0);
  DK(dk_gumbel_softmax)(1, rows, n, 2, IN(n), 1, OUT(all), OUT(all));
  DK(dk_gumbel_softmax)(1, rows, n, 2, IN(all), rows, OUT(all), NULL);
  begin("dk_gumbel_softmax_backward", rows, n, 0, 0);
  DK(dk_gumbel_softmax_backward)(rows, n, 2, SHARES(all), IN(all), OUT(all));
  begin("dk_categorical", rows, n, 0, 0);
  DK(dk_categorical)(1, rows, n, IN(n), 1, whole_numbers(rows));
  DK(dk_categorical)(1, rows, n, IN(all), rows, whole_numbers(rows));
  begin("dk_categorical_gumbel", rows, n, 0, 0);
  DK(dk_categorical_gumbel)(1, rows, n, IN(n), 1, whole_numbers(rows));
  for (long inputs = 1; inputs < 40; inputs += 19) {
    begin("dk_affine_categorical", rows, inputs, n, 0);
    DK(dk_affine_categorical)(1, rows, inputs, n, IN(rows * inputs), IN(inputs * n), IN(n),
                              whole_numbers(rows));
  }
  begin("dk_plackett_luce", rows, n, places, 0);
  DK(dk_plackett_luce)(1, rows, n, places, IN(n), 1, whole_numbers(rows * places));
  begin("dk_descending", rows, n, places, 0);
  DK(dk_descending)(rows, n, places, IN(all), whole_numbers(rows * places));
  for (int whole = 0; whole < 2; whole++) {
    begin("dk_order_log_probability", rows, n, n, whole);
    DK(dk_order_log_probability)(rows, n, n, whole, IN(n), 1, indices(all, n), OUT(rows), OUT(all));
    begin("dk_order_log_probability", 1, n, places, whole);
    DK(dk_order_log_probability)(1, n, places, whole, IN(n), 1, indices(places, n), OUT(1), NULL);
  }
  begin("dk_ranked_lists", rows, n, 0, 0);
  int32_t *starts = whole_numbers(rows + 1), *ranked = whole_numbers(rows);
  for (long i = 0; i <= rows; i++) starts[i] = (int32_t)(i * n);
  for (long i = 0; i < rows; i++) ranked[i] = (int32_t)places;
  DK(dk_ranked_lists)(rows, starts, ranked, IN(all), IN(all), OUT(all), OUT(rows), OUT(all),
                      OUT(all));
}

/// The orders of rows of scores.
static int32_t *DK(orders)(long rows, long n, const REAL *scores) {
  int32_t *y = whole_numbers(rows * n);
  DK(dk_descending)(rows, n, n, scores, y);
  return y;
}

static void DK(sorts)(long batch, long n, long d) {
  long all = batch * n;
  // A narrow band, and every entry.
  for (double cut = 1; cut < 1e9; cut *= 1e6) {
    for (long rows = (n + 1) / 2; rows <= n; rows += n - rows > 0 ? n - rows : 1) {
      begin("dk_neural_sort", batch, n, rows, d);
      const REAL *scores = IN(all);
      const int32_t *order = DK(orders)(batch, n, scores);
      const REAL *payload = IN(all * d);
      REAL *y = OUT(batch * rows * d), *totals = OUT(batch * rows);
      DK(dk_neural_sort)(batch, n, rows, d, 1, cut, scores, order, payload, y, totals);
      DK(dk_neural_sort_backward)(batch, n, rows, d, 1, cut, scores, order, payload, y, totals,
                                  IN(batch * rows * d), OUT(all), OUT(all * d));
    }
    begin("dk_neural_sort_entropy", batch, n, 0, 0);
    const REAL *scores = IN(all);
    const int32_t *order = DK(orders)(batch, n, scores), *ranks = indices(all, n);
    REAL *loss = OUT(all), *totals = OUT(all);
    DK(dk_neural_sort_entropy)(batch, n, 1, cut, scores, order, ranks, loss, totals);
    DK(dk_neural_sort_entropy_backward)(batch, n, 1, cut, scores, order, ranks, totals, IN(all),
                                        OUT(all));
    begin("dk_soft_sort_squared", batch, n, d, 0);
    scores = IN(all);
    order = DK(orders)(batch, n, scores);
    const REAL *payload = IN(all * d);
    REAL *y = OUT(all * d);
    totals = OUT(all);
    DK(dk_soft_sort_squared)(batch, n, d, 1, cut, scores, order, payload, y, totals);
    DK(dk_soft_sort_squared_backward)(batch, n, d, 1, cut, scores, order, payload, y, totals,
                                      IN(all * d), OUT(all), OUT(all * d));
  }
  begin("dk_soft_sort", batch, n, d, 0);
  const REAL *scores = IN(all);
  const int32_t *order = DK(orders)(batch, n, scores);
  const REAL *payload = IN(all * d);
  REAL *y = OUT(all * d), *totals = OUT(all);
  DK(dk_soft_sort)(batch, n, d, 1, scores, order, payload, y, totals);
  DK(dk_soft_sort_backward)(batch, n, d, 1, scores, order, payload, y, totals, IN(all * d),
                            OUT(all), OUT(all * d));
}

static void DK(matchings)(long batch, long n) {
  long all = batch * n * n;
  begin("dk_sinkhorn", batch, n, 0, 0);
  const REAL *scores = IN(all);
  REAL *plans = OUT(all), *residuals = OUT(batch);
  int32_t *steps = whole_numbers(batch);
  // Within the tolerance, and beyond it, where the way back is another.
  for (double tolerance = 1e-3; tolerance > 0; tolerance = tolerance > 1e-6 ? 1e-30 : 0) {
    DK(dk_sinkhorn)(batch, n, 1, tolerance, 5, scores, plans, residuals, steps);
    DK(dk_sinkhorn_backward)(batch, n, 1, 1e-3, scores, plans, residuals, steps, IN(all),
                             OUT(all));
  }
  begin("dk_assignment", batch, n, 0, 0);
  DK(dk_assignment)(batch, n, IN(all), whole_numbers(batch * n), whole_numbers(batch),
                    OUT(batch * n), OUT(batch * n));
}

static void DK(convolutions)(long side, long channels, long filters) {
  for (long size = 1; size <= 5 && size <= side; size += 2) {
    for (int more = 0; more < 4; more++) {
      long padding = more & 1 ? size / 2 : 0, across = side + 2 * padding - size + 1;
      bool pools = more & 2;
      if (pools && across < 2) continue;
      dk_convolution_shape s = {3, side, side, channels, filters, size, padding, pools};
      long places = pools ? across / 2 : across, results = 3 * places * places * filters;
      long images = 3 * side * side * channels, weights = size * size * channels * filters;
      begin("dk_convolution", side, channels, filters, size * 10 + more);
      const REAL *x = IN(images), *weight = IN(weights);
      uint8_t *chosen = bytes(results);
      DK(dk_convolution)(s, x, weight, IN(filters), OUT(results), chosen);
      DK(dk_convolution_backward)(s, x, weight, chosen, IN(results), OUT(images), OUT(weights),
                                  OUT(filters));
    }
  }
}

static void DK(filters_over_time)(long rows, long steps, long n, long filters) {
  for (long width = 1; width <= steps; width += 2) {
    long places = steps - width + 1;
    begin("dk_largest_responses", rows, steps, n, filters);
    int32_t *chosen = whole_numbers(rows * filters);
    DK(dk_largest_responses)(rows, places, filters, IN(rows * places * filters),
                             OUT(rows * filters), chosen);
    DK(dk_largest_responses_backward)(rows, steps, n, width, filters, IN(rows * steps * n),
                                      IN(filters * width * n), chosen, IN(rows * filters),
                                      OUT(rows * steps * n), OUT(filters * width * n));
  }
}

static void DK(packed_bits)(long rows, long n, long m) {
  begin("dk_bits", rows, n, m, 0);
  long width = (n + 31) / 32, height = (rows + 31) / 32;
  uint32_t *words = (uint32_t *)whole_numbers(rows * width);
  DK(dk_pack_bits)(rows, n, BITS(rows * n), words);
  dk_transpose_bits(rows, n, words, (uint32_t *)whole_numbers(n * height));
  int32_t *starts = whole_numbers(rows + 1), *columns = whole_numbers(rows * n);
  dk_list_bits(rows, n, words, starts, columns);
  // As long as they are, and no longer.
  int32_t *listed = whole_numbers(starts[rows]);
  for (long i = 0; i < starts[rows]; i++) listed[i] = columns[i];
  DK(dk_bits_product)(rows, n, m, starts, listed, IN(n * m), IN(m), IN(rows), OUT(rows * m));
  DK(dk_centered_bias)(n, m, IN(n), IN(n * m), IN(m), OUT(m));
  begin("dk_packed_product", rows, n, m, 0);
  for (int is_signed = 0; is_signed < 2; is_signed++) {
    DK(dk_packed_product)(
        rows, n, m, words, is_signed, IN(n * m), IN(m), IN(n), OUT(rows * m));
    DK(dk_packed_slopes)(
        rows, n, m, words, is_signed, IN(n * m), IN(rows), OUT(rows * m), OUT(m));
  }
}

/// A row of nodes, each derived from any of the `width` before it.
static void DK(charts)(long nodes, long width) {
  begin("dk_chart", nodes, width, 0, 0);
  long count = 1 + (nodes - 1) * width;
  long *starts = place((size_t)(nodes + 1) * sizeof *starts);
  long *parts = place((size_t)nodes * sizeof *parts);
  dk_edge *edges = place((size_t)count * sizeof *edges);
  for (long node = 0; node < nodes; node++) {
    parts[node] = node - 1;
    starts[node] = node == 0 ? 0 : 1 + (node - 1) * width;
  }
  starts[nodes] = count;
  edges[0] = (dk_edge){-1, -1, -1, -1};
  for (long node = 1; node < nodes; node++)
    for (long i = 0; i < width; i++)
      edges[starts[node] + i] = (dk_edge){-1, (int32_t)((node - 1) * i / width), -1, -1};
  const dk_graph graph = {nodes, starts, parts, edges};
  for (long lanes = 1; lanes <= dk_chart_lanes; lanes += dk_chart_lanes - 1) {
    size_t places = (size_t)((nodes + 1) * lanes);
    double *lines[8];
    for (int i = 0; i < 8; i++) {
      lines[i] = place(places * sizeof(double));
      for (size_t j = 0; j < places; j++) lines[i][j] = 0;
    }
    double *chances = place((size_t)(count * lanes) * sizeof *chances);
    double *slopes = place((size_t)(count * lanes) * sizeof *slopes);
    double *entropies = place((size_t)lanes * sizeof *entropies);
    for (long l = 0; l < lanes; l++) lines[2][nodes * lanes + l] = 1;
    dk_chart_inside(lanes, &graph, lines[0], lines[1], chances);
    dk_chart_outside(lanes, &graph, chances, lines[2], lines[3]);
    dk_chart_entropy(lanes, &graph, chances, lines[2], entropies);
    dk_chart_covariance(
        lanes, &graph, chances, lines[2], lines[4], lines[5], slopes, lines[6], lines[7]);
  }

  begin("dk_eliminate", nodes, 0, 0, 0);
  const long stride = dk_tree_stride(nodes);
  int32_t *arcs = place((size_t)(nodes * stride) * sizeof *arcs);
  double *scores = place((size_t)(nodes * nodes) * sizeof *scores);
  double *chances = place((size_t)(nodes * nodes) * sizeof *chances);
  double *numbers = place((size_t)dk_tree_size(nodes) * sizeof *numbers);
  double *space = place((size_t)dk_tree_space(nodes) * sizeof *space);
  for (long i = 0; i < nodes * nodes; i++) scores[i] = chances[i] = 0;
  for (long i = 0; i < nodes * stride; i++) {
    long modifier = i / stride, head = i % stride;
    bool is_arc = modifier > 0 && head < nodes && head != modifier;
    arcs[i] = is_arc ? (int32_t)(modifier * nodes + head) : -1;
  }
  for (int one = 0; one < 2; one++) {
    const dk_arcs graph = {nodes, arcs, one == 1};
    dk_eliminate(&graph, scores, numbers, space);
    dk_arc_chances(&graph, numbers, place((size_t)(nodes * stride) * sizeof(double)));
    dk_tree_marginals(&graph, numbers, chances, space);
    dk_tree_covariance(&graph, numbers, scores, chances, space);
  }
}

void DK(kernel_sweep)(void) {
  static const long few[] = {1, 2, 3, 7, 16, 33};
  for (int side = 0; side < 2; side++) {
    at_start(side);
    // Every width of a vector with every rest, then those of tiles and blocks.
    for (long n = 1; n < 1100; n += n < 70 ? 1 : n < 300 ? 29 : 191) {
      DK(elementwise)(n);
      DK(optimizers)(n);
      for (int i = 0; i < COUNT(few); i++) {
        long rows = few[i];
        DK(rows_of)(rows, n);
        DK(draws)(rows, n);
        if (n > 140) continue;
        DK(strided)(rows, n);
        for (int j = 0; j < COUNT(few) && i < 3; j++) {
          DK(axes)(rows, n, few[j]);
          DK(packed_bits)(rows, few[j], n);
          DK(packed_bits)(rows, n, few[j]);
        }
        for (int j = 0; j < 4 && i < 2; j++) DK(sorts)(rows, n, few[j]);
        if (i < 2 && n < 70) DK(matchings)(rows, n);
        DK(charts)(n, rows);
      }
    }
    DK(packed_bits)(40, 1040, 257);
    for (int i = 0; i < COUNT(few); i++)
      for (int j = 0; j < COUNT(few); j++) {
        for (long image = 1; image < 15; image++) DK(convolutions)(image, few[i], few[j]);
        for (long steps = 1; steps < 6; steps++)
          for (long n = 1; n < 40; n += 3) DK(filters_over_time)(few[i], steps, n, few[j]);
      }
  }
}

#undef IN
#undef OUT
#undef SHARES
#undef BITS
