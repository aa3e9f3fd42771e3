#ifndef REAL

#include "functions.h"

#define DK_SOURCE "soft_sort.c"
#include "twice.h"

#else

// exp(-|s_i - s_r|) is a product of decays between neighbours, so the sums over all r of a row are
// two linear recurrences, one from each end. No decay exceeds 1: nothing overflows.

typedef struct {
  long n, d;
  double inverse;
  const REAL *scores, *payload, *y, *z, *g;
  const int32_t *order;
  REAL *result, *totals, *dscores, *dpayload;
} DK(soft_sort);

/// decays[q] between places q and q + 1.
DK_CLONES static void DK(decay)(
    long n, double inverse, const REAL *scores, const int32_t *order, REAL *decays) {
  for (long q = 0; q + 1 < n; q++)
    decays[q] = (REAL)(((double)scores[order[q + 1]] - (double)scores[order[q]]) * inverse);
  for (long q = 0; q + 1 < n; q++) decays[q] = DK(exp_negative)(decays[q]);
}

DK_CLONES static void DK(soft_sort_lines)(void *context, long start, long end) {
  const DK(soft_sort) *k = context;
  long n = k->n, d = k->d;
  size_t size = (size_t)n * sizeof(REAL), width = (size_t)(d + 1) * sizeof(REAL);
  REAL *decays = dk_allocate(size), *behind = dk_allocate(width);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    const REAL *payload = k->payload + b * n * d;
    REAL *y = k->result + b * n * d, *z = k->totals + b * n, below = 0;
    DK(decay)(n, k->inverse, k->scores + b * n, order, decays);
    for (long r = 0; r < n; r++) {
      const REAL *v = payload + order[r] * d;
      REAL decay = r > 0 ? decays[r - 1] : 0;
      z[r] = 1 + decay * (r > 0 ? z[r - 1] : 0);
      for (long c = 0; c < d; c++) y[r * d + c] = v[c] + (r > 0 ? decay * y[(r - 1) * d + c] : 0);
    }
    memset(behind, 0, width);
    for (long r = n - 1; r >= 0; r--) {
      const REAL *v = r + 1 < n ? payload + order[r + 1] * d : payload;
      REAL decay = r + 1 < n ? decays[r] : 0;
      below = decay * (1 + below);
      z[r] += below;
      REAL scale = 1 / z[r];
      for (long c = 0; c < d; c++) {
        behind[c] = decay * (v[c] + behind[c]);
        y[r * d + c] = (y[r * d + c] + behind[c]) * scale;
      }
    }
  }
  dk_release(decays, size);
  dk_release(behind, width);
}

DK_CLONES static void DK(soft_sort_backward_lines)(void *context, long start, long end) {
  const DK(soft_sort) *k = context;
  long n = k->n, d = k->d;
  size_t size = (size_t)n * sizeof(REAL), width = (size_t)(2 * d + 1) * sizeof(REAL);
  REAL *decays = dk_allocate(size), *dots = dk_allocate(size), *slopes = dk_allocate(size);
  REAL *sums = dk_allocate(width), *pulls = sums + d;
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    const REAL *payload = k->payload + b * n * d, *y = k->y + b * n * d, *z = k->z + b * n;
    const REAL *g = k->g + b * n * d;
    REAL *dpayload = k->dpayload + b * n * d;
    DK(decay)(n, k->inverse, k->scores + b * n, order, decays);
    for (long m = 0; m < n; m++) {
      REAL dot = 0;
      for (long c = 0; c < d; c++) dot += g[m * d + c] * y[m * d + c];
      dots[m] = dot / z[m];
    }
    // From each end: the payload summed up before a place, and the cotangents over their totals.
    for (int side = 1; side >= -1; side -= 2) {
      REAL total = 0, pull = 0;
      memset(sums, 0, width);
      for (long step = 0; step < n; step++) {
        long m = side > 0 ? step : n - 1 - step, last = m - side;
        REAL decay = step > 0 ? decays[side > 0 ? m - 1 : m] : 0, slope = 0;
        REAL scale = 1 / z[m], last_scale = step > 0 ? 1 / z[last] : 0;
        const REAL *v = payload + order[m] * d, *w = payload + order[step > 0 ? last : m] * d;
        const REAL *h = g + m * d, *last_h = g + (step > 0 ? last : m) * d;
        REAL *out = dpayload + order[m] * d;
        if (step > 0) {
          total = decay * (total + 1);
          pull = decay * (pull + dots[last]);
        }
        for (long c = 0; c < d; c++) {
          sums[c] = decay * (sums[c] + w[c]);
          pulls[c] = decay * (pulls[c] + last_h[c] * last_scale);
          slope += pulls[c] * v[c] + h[c] * scale * sums[c];
          out[c] = side > 0 ? h[c] * scale + pulls[c] : out[c] + pulls[c];
        }
        slope -= pull + dots[m] * total;
        slopes[m] = side > 0 ? slope : slopes[m] - slope;
      }
    }
    for (long m = 0; m < n; m++)
      k->dscores[b * n + order[m]] = (REAL)((double)slopes[m] * k->inverse);
  }
  dk_release(decays, size), dk_release(dots, size), dk_release(slopes, size);
  dk_release(sums, width);
}

void DK(dk_soft_sort)(
    long batch, long n, long d, double inverse, const REAL *scores, const int32_t *order,
    const REAL *payload, REAL *y, REAL *totals) {
  DK(soft_sort) k = {n, d, inverse, scores, payload};
  k.order = order, k.result = y, k.totals = totals;
  dk_blocks(batch, dk_lines(n * (d + 4)), DK(soft_sort_lines), &k);
}

void DK(dk_soft_sort_backward)(
    long batch, long n, long d, double inverse, const REAL *scores, const int32_t *order,
    const REAL *payload, const REAL *y, const REAL *totals, const REAL *g, REAL *dscores,
    REAL *dpayload) {
  DK(soft_sort) k = {n, d, inverse, scores, payload, y, totals, g};
  k.order = order, k.dscores = dscores, k.dpayload = dpayload;
  dk_blocks(batch, dk_lines(n * (d + 4)), DK(soft_sort_backward_lines), &k);
}

#endif
