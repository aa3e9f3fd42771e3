#ifndef REAL

#include "functions.h"

#include <stdlib.h>

// Rows are worked on sixteen at a time, one to a lane: at a given distance from the diagonal the
// gaps, payloads and results of neighbouring rows are neighbours in memory.
enum { lanes = 16 };

#define DK_SOURCE "neuralsort.c"
#include "twice.h"

#else

typedef struct {
  long n, d, padded;
  REAL inverse, threshold;
  // Of each problem: [padded] gaps with infinities around them, [d][padded] payloads with zeros.
  const REAL *gaps, *v;
  // Backward only: cotangents [d][padded], their inner products with the results, and normalisers.
  const REAL *g, *inner, *z;
  // [d][n] and [n].
  REAL *y, *total;
  // Backward: [d][n], and the sums a and c of permuted logits' cotangents, [n] each.
  REAL *dv, *a, *c;
} DK(sorter);

DK_INLINE bool DK(beyond)(const REAL *distance, REAL limit) {
  REAL least = distance[0];
  for (int l = 1; l < lanes; l++) least = distance[l] < least ? distance[l] : least;
  return !(least <= limit);
}

/// Rows i..<i+16: weights exp(-D / temperature) of all columns within the band.
DK_CLONES static void DK(forward_tile)(const DK(sorter) *k, long problem, long i) {
  long n = k->n, d = k->d, padded = k->padded;
  const REAL *gaps = k->gaps + problem * padded + lanes, *v = k->v + problem * d * padded + lanes;
  REAL total[lanes], limit = k->threshold / k->inverse;
  for (int l = 0; l < lanes; l++) total[l] = 1;
  REAL sums[lanes * d];
  for (long j = 0; j < d; j++)
    for (int l = 0; l < lanes; l++) sums[j * lanes + l] = v[j * padded + i + l];
  for (int side = 0; side < 2; side++) {
    REAL distance[lanes];
    for (int l = 0; l < lanes; l++) distance[l] = 0;
    long most = side == 0 ? n - 1 - i : i + lanes - 1;
    for (long m = 1; m <= most; m++) {
      const REAL *gap = gaps + i + (side == 0 ? m - 1 : -m);
      long column = i + (side == 0 ? m : -m);
      REAL w[lanes];
      for (int l = 0; l < lanes; l++) {
        distance[l] += (REAL)(2 * m - 1) * gap[l];
        w[l] = DK(exp_negative)(-distance[l] * k->inverse);
        total[l] += w[l];
      }
      for (long j = 0; j < d; j++)
        for (int l = 0; l < lanes; l++) sums[j * lanes + l] += w[l] * v[j * padded + column + l];
      if (DK(beyond)(distance, limit)) break;
    }
  }
  for (int l = 0; l < lanes && i + l < n; l++) {
    k->total[problem * n + i + l] = total[l];
    for (long j = 0; j < d; j++)
      k->y[(problem * d + j) * n + i + l] = sums[j * lanes + l] / total[l];
  }
}

/// Columns r..<r+16: what every row within the band sends back to them.
DK_CLONES static void DK(backward_tile)(const DK(sorter) *k, long problem, long r) {
  long n = k->n, d = k->d, padded = k->padded, base = problem * padded + lanes;
  const REAL *gaps = k->gaps + base, *inner = k->inner + base, *z = k->z + base;
  const REAL *v = k->v + problem * d * padded + lanes, *g = k->g + problem * d * padded + lanes;
  REAL limit = k->threshold / k->inverse, a[lanes], c[lanes], dv[lanes * d];
  for (int l = 0; l < lanes; l++) a[l] = c[l] = 0;
  for (long j = 0; j < d * lanes; j++) dv[j] = 0;
  for (int side = 0; side < 2; side++) {
    REAL distance[lanes], span[lanes];
    for (int l = 0; l < lanes; l++) distance[l] = span[l] = 0;
    // The diagonal once, with the first side.
    long most = side == 0 ? r + lanes - 1 : n - 1 - r;
    for (long m = side == 0 ? 0 : 1; m <= most; m++) {
      long row = r + (side == 0 ? -m : m);
      if (m > 0) {
        // To the row m places away: D grows by the gap passed and twice what lies between, all of it positive.
        const REAL *gap = gaps + r + (side == 0 ? -m : m - 1);
        for (int l = 0; l < lanes; l++) {
          distance[l] += gap[l] + 2 * span[l];
          span[l] += gap[l];
        }
      }
      REAL p[lanes], q[lanes];
      for (int l = 0; l < lanes; l++) {
        p[l] = DK(exp_negative)(-distance[l] * k->inverse) / z[row + l];
        q[l] = -inner[row + l];
      }
      for (long j = 0; j < d; j++)
        for (int l = 0; l < lanes; l++) {
          REAL slope = g[j * padded + row + l];
          q[l] += slope * v[j * padded + r + l];
          dv[j * lanes + l] += p[l] * slope;
        }
      for (int l = 0; l < lanes; l++) {
        REAL s = p[l] * q[l];
        a[l] += s;
        c[l] += (REAL)(side == 0 ? -m : m) * s;
      }
      if (m > 0 && DK(beyond)(distance, limit)) break;
    }
  }
  for (int l = 0; l < lanes && r + l < n; l++) {
    k->a[problem * n + r + l] = a[l];
    k->c[problem * n + r + l] = c[l];
    for (long j = 0; j < d; j++) k->dv[(problem * d + j) * n + r + l] = dv[j * lanes + l];
  }
}

static void DK(forward_tiles)(void *context, long start, long end) {
  const DK(sorter) *k = context;
  long tiles = (k->n + lanes - 1) / lanes;
  for (long t = start; t < end; t++) DK(forward_tile)(k, t / tiles, t % tiles * lanes);
}

static void DK(backward_tiles)(void *context, long start, long end) {
  const DK(sorter) *k = context;
  long tiles = (k->n + lanes - 1) / lanes;
  for (long t = start; t < end; t++) DK(backward_tile)(k, t / tiles, t % tiles * lanes);
}

/// Copies `count` lines of n, each with sixteen of `fill` before it and at least sixteen after it.
static REAL *DK(pad)(long count, long n, long padded, const REAL *x, long given, REAL fill) {
  REAL *result = malloc((size_t)(count * padded) * sizeof(REAL));
  if (!result) abort();
  for (long o = 0; o < count; o++) {
    REAL *line = result + o * padded;
    for (long i = 0; i < padded; i++) line[i] = fill;
    memcpy(line + lanes, x + o * given, (size_t)dk_min(n, given) * sizeof(REAL));
  }
  return result;
}

void DK(dk_neural_sort)(
    long problems, long n, long d, REAL inverse, REAL threshold, const REAL *gaps, const REAL *v,
    REAL *y, REAL *total) {
  if (n == 0) return;
  long padded = n + 3 * lanes;
  REAL *wide = DK(pad)(problems, n - 1, padded, gaps, n - 1, (REAL)INFINITY);
  REAL *payload = DK(pad)(problems * d, n, padded, v, n, 0);
  DK(sorter) k = {
      .n = n, .d = d, .padded = padded, .inverse = inverse, .threshold = threshold, .gaps = wide,
      .v = payload, .y = y, .total = total};
  dk_blocks(problems * ((n + lanes - 1) / lanes), 4, DK(forward_tiles), &k);
  free(wide), free(payload);
}

void DK(dk_neural_sort_backward)(
    long problems, long n, long d, REAL inverse, REAL threshold, const REAL *gaps, const REAL *v,
    const REAL *total, const REAL *g, const REAL *inner, REAL *dv, REAL *a, REAL *c) {
  if (n == 0) return;
  long padded = n + 3 * lanes;
  REAL *wide = DK(pad)(problems, n - 1, padded, gaps, n - 1, (REAL)INFINITY);
  REAL *payload = DK(pad)(problems * d, n, padded, v, n, 0);
  REAL *slopes = DK(pad)(problems * d, n, padded, g, n, 0);
  REAL *products = DK(pad)(problems, n, padded, inner, n, 0);
  REAL *totals = DK(pad)(problems, n, padded, total, n, 1);
  DK(sorter) k = {
      .n = n, .d = d, .padded = padded, .inverse = inverse, .threshold = threshold, .gaps = wide,
      .v = payload, .g = slopes, .inner = products, .z = totals, .dv = dv, .a = a, .c = c};
  dk_blocks(problems * ((n + lanes - 1) / lanes), 4, DK(backward_tiles), &k);
  free(wide), free(payload), free(slopes), free(products), free(totals);
}

#endif
