#ifndef REAL

#include "functions.h"

// The matrix of NeuralSort is never formed. In sorted order entry (i, r) is exp(-D(i, r)) over its
// row's sum, where D(i, i) = 0 and D grows by gaps of neighboring scores on both sides:
//
//   along a row      D(i, r + 1) = D(i, r) + (2 (r - i) + 1) gap(r)              r >= i
//   down a column    D(i + 1, r) = D(i, r) + gap(i) + 2 (s(r) - s(i))            i >= r
//
// and the same mirrored, with gap(r - 1) and gap(i - 1). D holds the temperature already.
#include "band.h"

#define DK_SOURCE "neural_sort.c"
#include "twice.h"

#else

#include "band.h"

DK_RUN_BAND(neural_rows)
DK_RUN_BAND(neural_columns)

/// How many columns the first `rows` rows reach.
static long DK(reach)(const DK(band) *k, long rows) {
  if (rows == 0 || rows == k->n) return rows;
  REAL x = 0;
  long r = rows - 1;
  for (; r < k->n && x <= k->cut; r++) x += (REAL)(2 * (r - rows + 1) + 1) * k->gaps[r];
  return r;
}

static void DK(sort_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, d = k->d, stride = band_stride(n);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    REAL *gaps = DK(make_gaps)(n, k->inverse, k->scores + b * n, order), *lines = DK(lines)(stride, 2 * d + 1);
    DK(load_payload)(k, k->payload + b * n * d, order, lines);
    REAL *sums = lines + d * stride, *totals = lines + 2 * d * stride;
    DK(band) band = {n, stride, d, (REAL)k->cut, gaps, lines, sums, NULL, totals};
    DK(run_neural_rows)(&band, k->rows);
    REAL *y = k->result + b * k->rows * d;
    for (long i = 0; i < k->rows; i++) {
      REAL scale = 1 / totals[i];
      for (long c = 0; c < d; c++) y[i * d + c] = sums[c * stride + i] * scale;
    }
    memcpy(k->totals + b * k->rows, totals, (size_t)k->rows * sizeof(REAL));
    DK(free_lines)(lines, stride, 2 * d + 1);
    DK(free_lines)(gaps, stride, 1);
  }
}

/// The gradient of scores from a = column sums and c = column sums with weights i - r of the
/// gradient of the logits; equal scores share the middle of their places, as the sign of 0 is 0.
static void DK(score_slopes)(
    const DK(sequences) *k, const REAL *scores, const int32_t *order, const REAL *a, const REAL *c,
    REAL *slopes) {
  double before = 0;
  for (long first = 0, last; first < k->n; first = last) {
    double group = 0;
    for (last = first; last < k->n && scores[order[last]] == scores[order[first]]; last++)
      group += a[last];
    double middle = 0.5 * (double)(first + last - 1);
    for (long m = first; m < last; m++)
      slopes[order[m]] = (REAL)(
          k->inverse
          * (2 * (middle - (double)m) * a[m] - 2 * (double)c[m] + 2 * before + group));
    before += group;
  }
}

static void DK(backward_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, d = k->d, stride = band_stride(n), count = 4 * d + 3;
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    const REAL *scores = k->scores + b * n, *y = k->y + b * k->rows * d;
    const REAL *z = k->z + b * k->rows, *g = k->g + b * k->rows * d;
    REAL *gaps = DK(make_gaps)(n, k->inverse, scores, order), *lines = DK(lines)(stride, count);
    REAL *sums = lines + (d + 1) * stride, *moments = lines + 2 * (d + 1) * stride;
    REAL *payload = lines + 3 * (d + 1) * stride;
    // The cotangent of a row over its total, and as one more channel its product with the row.
    for (long i = 0; i < k->rows; i++) {
      REAL scale = 1 / z[i], dot = 0;
      for (long c = 0; c < d; c++) {
        lines[c * stride + i] = g[i * d + c] * scale;
        dot += g[i * d + c] * y[i * d + c];
      }
      lines[d * stride + i] = dot * scale;
    }
    DK(band) band = {n, stride, d + 1, (REAL)k->cut, gaps, lines, sums, moments, NULL};
    DK(run_neural_columns)(&band, DK(reach)(&band, k->rows));
    if (k->dpayload) {
      REAL *slopes = k->dpayload + b * n * d;
      for (long r = 0; r < n; r++)
        for (long c = 0; c < d; c++) slopes[order[r] * d + c] = sums[c * stride + r];
    }
    if (k->dscores) {
      DK(load_payload)(k, k->payload + b * n * d, order, payload);
      REAL *a = sums + d * stride, *m = moments + d * stride;
      for (long r = 0; r < n; r++) a[r] = -a[r], m[r] = -m[r];
      for (long c = 0; c < d; c++)
        for (long r = 0; r < n; r++) {
          a[r] += sums[c * stride + r] * payload[c * stride + r];
          m[r] += moments[c * stride + r] * payload[c * stride + r];
        }
      DK(score_slopes)(k, scores, order, a, m, k->dscores + b * n);
    }
    DK(free_lines)(lines, stride, count);
    DK(free_lines)(gaps, stride, 1);
  }
}

static void DK(entropy_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, stride = band_stride(n);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n, *ranks = k->ranks + b * n;
    const REAL *scores = k->scores + b * n;
    REAL *gaps = DK(make_gaps)(n, k->inverse, scores, order), *totals = DK(lines)(stride, 1);
    DK(band) band = {n, stride, 0, (REAL)k->cut, gaps, NULL, NULL, NULL, totals};
    DK(run_neural_rows)(&band, n);
    // D of any entry from prefix sums of what lies below the largest score.
    double *drops = dk_allocate((size_t)(n + 1) * sizeof(double)), largest = scores[order[0]];
    drops[0] = 0;
    for (long q = 0; q < n; q++) drops[q + 1] = drops[q] + (largest - scores[order[q]]);
    REAL *loss = k->result + b * n;
    for (long i = 0; i < n; i++) {
      long low = dk_min(i, ranks[i]), high = dk_max(i, ranks[i]), inner = high - low - 1;
      double top = largest - scores[order[low]], bottom = largest - scores[order[high]];
      double between = low == high ? 0 : drops[high] - drops[low + 1];
      double distance = low == high ? 0
                        : i < ranks[i]
                            ? bottom - top + 2 * ((double)inner * bottom - between)
                            : bottom - top + 2 * (between - (double)inner * top);
      loss[i] = (REAL)(distance * k->inverse) + DK(log)(totals[i]);
    }
    memcpy(k->totals + b * n, totals, (size_t)n * sizeof(REAL));
    dk_release(drops, (size_t)(n + 1) * sizeof(double));
    DK(free_lines)(totals, stride, 1);
    DK(free_lines)(gaps, stride, 1);
  }
}

static void DK(entropy_backward_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, stride = band_stride(n);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n, *ranks = k->ranks + b * n;
    const REAL *scores = k->scores + b * n, *z = k->z + b * n, *g = k->g + b * n;
    REAL *gaps = DK(make_gaps)(n, k->inverse, scores, order), *lines = DK(lines)(stride, 3);
    REAL *sums = lines + stride, *moments = lines + 2 * stride;
    for (long i = 0; i < n; i++) lines[i] = g[i] / z[i];
    DK(band) band = {n, stride, 1, (REAL)k->cut, gaps, lines, sums, moments, NULL};
    DK(run_neural_columns)(&band, n);
    for (long i = 0; i < n; i++) {
      sums[ranks[i]] -= g[i];
      moments[ranks[i]] -= (REAL)(i - ranks[i]) * g[i];
    }
    DK(score_slopes)(k, scores, order, sums, moments, k->dscores + b * n);
    DK(free_lines)(lines, stride, 3);
    DK(free_lines)(gaps, stride, 1);
  }
}

void DK(dk_neural_sort)(
    long batch, long n, long rows, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, REAL *y, REAL *totals) {
  DK(sequences) k = {n, rows, d, inverse, cut, scores, payload};
  k.order = order, k.result = y, k.totals = totals;
  dk_blocks(batch, 1, DK(sort_sequences), &k);
}

void DK(dk_neural_sort_backward)(
    long batch, long n, long rows, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, const REAL *y, const REAL *totals, const REAL *g,
    REAL *dscores, REAL *dpayload) {
  DK(sequences) k = {n, rows, d, inverse, cut, scores, payload, y, totals, g};
  k.order = order, k.dscores = dscores, k.dpayload = dpayload;
  dk_blocks(batch, 1, DK(backward_sequences), &k);
}

void DK(dk_neural_sort_entropy)(
    long batch, long n, double inverse, double cut, const REAL *scores, const int32_t *order,
    const int32_t *ranks, REAL *loss, REAL *totals) {
  DK(sequences) k = {n, n, 0, inverse, cut, scores};
  k.order = order, k.ranks = ranks, k.result = loss, k.totals = totals;
  dk_blocks(batch, 1, DK(entropy_sequences), &k);
}

void DK(dk_neural_sort_entropy_backward)(
    long batch, long n, double inverse, double cut, const REAL *scores, const int32_t *order,
    const int32_t *ranks, const REAL *totals, const REAL *g, REAL *dscores) {
  DK(sequences) k = {n, n, 0, inverse, cut, scores};
  k.order = order, k.ranks = ranks, k.z = totals, k.g = g, k.dscores = dscores;
  dk_blocks(batch, 1, DK(entropy_backward_sequences), &k);
}

#endif
