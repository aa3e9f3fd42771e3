#ifndef REAL

#include "functions.h"

#define DK_SOURCE "soft_sort.c"
#include "twice.h"

#else

// exp(-|s_i - s_r|) is a product of decays between neighbors, so the sums over all r of a row are
// two linear recurrences, one from each end. No decay exceeds 1: nothing overflows.

typedef struct {
  long n, d;
  double inverse;
  const REAL *scores, *payload, *y, *z, *g;
  const int32_t *order;
  REAL *result, *totals, *dscores, *dpayload;
} DK(soft_sort);

/// What a sequence needs while it is worked on, in sorted order: decays[q] between places q - 1 and
/// q (the first and the last are 0), the payload, and two states.
typedef struct {
  size_t size;
  REAL *decays, *payload, *dots, *slopes, *dpayload, *states;
} DK(soft_scratch);

static DK(soft_scratch) DK(make_soft_scratch)(long n, long d) {
  DK(soft_scratch) s = {(size_t)(n * (2 * d + 3) + 2 * d + 1) * sizeof(REAL)};
  s.decays = dk_allocate(s.size);
  s.payload = s.decays + n + 1;
  s.dots = s.payload + n * d, s.slopes = s.dots + n;
  s.dpayload = s.slopes + n, s.states = s.dpayload + n * d;
  return s;
}

DK_CLONES static void DK(decay)(
    long n, double inverse, const REAL *scores, const int32_t *order, REAL *decays) {
  for (long q = 1; q < n; q++)
    decays[q] = (REAL)(((double)scores[order[q]] - (double)scores[order[q - 1]]) * inverse);
  for (long q = 1; q < n; q++) decays[q] = DK(exp_negative)(decays[q]);
  decays[0] = decays[n] = 0;
}

static void DK(arrange)(long n, long d, const int32_t *order, const REAL *x, REAL *y) {
  if (d == 1)
    for (long r = 0; r < n; r++) y[r] = x[order[r]];
  else
    for (long r = 0; r < n; r++) memcpy(y + r * d, x + order[r] * d, (size_t)d * sizeof(REAL));
}

/// With the width known, one column stays in registers.
DK_INLINE void DK(soft_forward)(
    long n, const long d, const REAL *decays, const REAL *v, REAL *above, REAL *y, REAL *z) {
  REAL total = 0;
  for (long c = 0; c < d; c++) above[c] = 0;
  for (long r = 0; r < n; r++) {
    REAL decay = decays[r];
    z[r] = total = 1 + decay * total;
    for (long c = 0; c < d; c++) y[r * d + c] = above[c] = v[r * d + c] + decay * above[c];
  }
  // From below without the place itself.
  total = 0;
  for (long c = 0; c < d; c++) above[c] = 0;
  for (long r = n - 1; r >= 0; r--) {
    REAL decay = decays[r];
    z[r] += total;
    REAL scale = 1 / z[r];
    total = decay * (1 + total);
    for (long c = 0; c < d; c++) {
      y[r * d + c] = (y[r * d + c] + above[c]) * scale;
      above[c] = decay * (v[r * d + c] + above[c]);
    }
  }
}

/// From one end, `side` 1 or -1: the payload summed up before a place, and the cotangents over
/// their totals.
DK_INLINE void DK(soft_backward)(
    long n, const long d, const int side, const DK(soft_scratch) *s, const REAL *g, const REAL *z,
    REAL *sums, REAL *pulls) {
  const REAL *v = s->payload;
  REAL total = 0, pull = 0;
  for (long c = 0; c < d; c++) sums[c] = pulls[c] = 0;
  for (long step = 0; step < n; step++) {
    long m = side > 0 ? step : n - 1 - step;
    REAL decay = s->decays[side > 0 ? m + 1 : m], scale = 1 / z[m], dot = s->dots[m];
    REAL slope = -pull - dot * total;
    for (long c = 0; c < d; c++) {
      REAL h = g[m * d + c] * scale, value = v[m * d + c];
      slope += pulls[c] * value + h * sums[c];
      REAL *out = s->dpayload + m * d + c;
      *out = side > 0 ? h + pulls[c] : *out + pulls[c];
      sums[c] = decay * (sums[c] + value);
      pulls[c] = decay * (pulls[c] + h);
    }
    s->slopes[m] = side > 0 ? slope : s->slopes[m] - slope;
    total = decay * (total + 1);
    pull = decay * (pull + dot);
  }
}

static void DK(soft_sort_lines)(void *context, long start, long end) {
  const DK(soft_sort) *k = context;
  long n = k->n, d = k->d;
  DK(soft_scratch) s = DK(make_soft_scratch)(n, d);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    REAL *y = k->result + b * n * d, *z = k->totals + b * n, state[1];
    DK(decay)(n, k->inverse, k->scores + b * n, order, s.decays);
    DK(arrange)(n, d, order, k->payload + b * n * d, s.payload);
    if (d == 1) DK(soft_forward)(n, 1, s.decays, s.payload, state, y, z);
    else DK(soft_forward)(n, d, s.decays, s.payload, s.states, y, z);
  }
  dk_release(s.decays, s.size);
}

static void DK(soft_sort_backward_lines)(void *context, long start, long end) {
  const DK(soft_sort) *k = context;
  long n = k->n, d = k->d;
  DK(soft_scratch) s = DK(make_soft_scratch)(n, d);
  for (long b = start; b < end; b++) {
    const int32_t *order = k->order + b * n;
    const REAL *y = k->y + b * n * d, *z = k->z + b * n, *g = k->g + b * n * d;
    REAL *dscores = k->dscores + b * n, *dpayload = k->dpayload + b * n * d, states[2];
    DK(decay)(n, k->inverse, k->scores + b * n, order, s.decays);
    DK(arrange)(n, d, order, k->payload + b * n * d, s.payload);
    for (long m = 0; m < n; m++) {
      REAL dot = 0;
      for (long c = 0; c < d; c++) dot += g[m * d + c] * y[m * d + c];
      s.dots[m] = dot / z[m];
    }
    if (d == 1) {
      DK(soft_backward)(n, 1, 1, &s, g, z, states, states + 1);
      DK(soft_backward)(n, 1, -1, &s, g, z, states, states + 1);
    } else {
      DK(soft_backward)(n, d, 1, &s, g, z, s.states, s.states + d);
      DK(soft_backward)(n, d, -1, &s, g, z, s.states, s.states + d);
    }
    for (long m = 0; m < n; m++) {
      dscores[order[m]] = (REAL)((double)s.slopes[m] * k->inverse);
      for (long c = 0; c < d; c++) dpayload[order[m] * d + c] = s.dpayload[m * d + c];
    }
  }
  dk_release(s.decays, s.size);
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
