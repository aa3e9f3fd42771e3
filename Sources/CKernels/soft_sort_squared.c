#ifndef REAL

#include "functions.h"

// In sorted order entry (i, r) is exp(-(s_i - s_r)^2) over its row's sum: symmetric before it is
// divided, so one pass over the band serves the sums of columns and of rows.
#include "band.h"

#define DK_SOURCE "soft_sort_squared.c"
#include "twice.h"

#else

#include "band.h"

DK_RUN_BAND(square_rows)
DK_RUN_BAND(square_columns)

static void DK(square_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, d = k->d, stride = band_stride(n);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    REAL *gaps = DK(make_gaps)(n, sqrt(k->inverse), k->scores + b * n, order);
    REAL *lines = DK(lines)(stride, 2 * d + 1);
    DK(load_payload)(k, k->payload + b * n * d, order, lines);
    REAL *sums = lines + d * stride, *totals = lines + 2 * d * stride;
    DK(band) band = {n, stride, d, (REAL)k->cut, gaps, lines, sums, NULL, totals};
    DK(run_square_rows)(&band, n);
    REAL *y = k->result + b * n * d;
    for (long i = 0; i < n; i++) {
      REAL scale = 1 / totals[i];
      for (long c = 0; c < d; c++) y[i * d + c] = sums[c * stride + i] * scale;
    }
    memcpy(k->totals + b * n, totals, (size_t)n * sizeof(REAL));
    DK(free_lines)(lines, stride, 2 * d + 1);
    DK(free_lines)(gaps, stride, 1);
  }
}

static void DK(square_backward_sequences)(void *context, long start, long end) {
  const DK(sequences) *k = context;
  long n = k->n, d = k->d, stride = band_stride(n), count = 2 * d + 2;
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    const REAL *y = k->y + b * n * d, *z = k->z + b * n, *g = k->g + b * n * d;
    REAL *dscores = k->dscores + b * n, *dpayload = k->dpayload + b * n * d;
    REAL *gaps = DK(make_gaps)(n, sqrt(k->inverse), k->scores + b * n, order);
    REAL *lines = DK(lines)(stride, 3 * count);
    REAL *sums = lines + count * stride, *moments = lines + 2 * count * stride;
    // Channels: the cotangent of a row over its total, its product with the row, payload, and one.
    REAL *dots = lines + d * stride, *payload = lines + (d + 1) * stride, *ones = payload + d * stride;
    for (long i = 0; i < n; i++) {
      REAL scale = 1 / z[i], dot = 0;
      for (long c = 0; c < d; c++) {
        lines[c * stride + i] = g[i * d + c] * scale;
        dot += g[i * d + c] * y[i * d + c];
      }
      dots[i] = dot * scale;
      ones[i] = 1;
    }
    DK(load_payload)(k, k->payload + b * n * d, order, payload);
    DK(band) band = {n, stride, count, (REAL)k->cut, gaps, lines, sums, moments, NULL};
    DK(run_square_columns)(&band, n);
    // Of the logit -(s_i - s_r)^2: as the column's score, then as the row's. Moments are of
    // i - column.
    const REAL *column = moments, *row = moments + (d + 1) * stride;
    for (long m = 0; m < n; m++) {
      double slope = -column[d * stride + m] - (double)dots[m] * row[d * stride + m];
      for (long c = 0; c < d; c++) {
        slope += (double)payload[c * stride + m] * column[c * stride + m];
        slope += (double)lines[c * stride + m] * row[c * stride + m];
        dpayload[order[m] * d + c] = sums[c * stride + m];
      }
      dscores[order[m]] = (REAL)(2 * sqrt(k->inverse) * slope);
    }
    DK(free_lines)(lines, stride, 3 * count);
    DK(free_lines)(gaps, stride, 1);
  }
}

void DK(dk_soft_sort_squared)(
    long batch, long n, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, REAL *y, REAL *totals) {
  DK(sequences) k = {n, n, d, inverse, cut, scores, payload};
  k.order = order, k.result = y, k.totals = totals;
  dk_blocks(batch, 1, DK(square_sequences), &k);
}

void DK(dk_soft_sort_squared_backward)(
    long batch, long n, long d, double inverse, double cut, const REAL *scores,
    const int32_t *order, const REAL *payload, const REAL *y, const REAL *totals, const REAL *g,
    REAL *dscores, REAL *dpayload) {
  DK(sequences) k = {n, n, d, inverse, cut, scores, payload, y, totals, g};
  k.order = order, k.dscores = dscores, k.dpayload = dpayload;
  dk_blocks(batch, 1, DK(square_backward_sequences), &k);
}

#endif
