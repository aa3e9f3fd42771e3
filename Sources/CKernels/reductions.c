#ifndef REAL

#include "functions.h"

#define DK_SOURCE "reductions.c"
#include "twice.h"

#else

DK_INLINE REAL DK(larger)(REAL a, REAL b) { return ((a > b) | (a != a)) ? a : b; }
DK_INLINE REAL DK(smaller)(REAL a, REAL b) { return ((a < b) | (a != a)) ? a : b; }
DK_INLINE REAL DK(plus)(REAL a, REAL b) { return a + b; }
DK_INLINE REAL DK(times)(REAL a, REAL b) { return a * b; }

// A row is folded in 64 interleaved parts, then the parts by halves: a fixed order that vectorises without reassociation.
#define FOLD(name, combine)                                                                      \
  DK_CLONES static REAL DK(fold_##name)(long n, const REAL *x, REAL start) {                     \
    REAL parts[64];                                                                              \
    for (int l = 0; l < 64; l++) parts[l] = start;                                               \
    long j = 0;                                                                                  \
    for (; j + 64 <= n; j += 64)                                                                 \
      for (int l = 0; l < 64; l++) parts[l] = DK(combine)(parts[l], x[j + l]);                   \
    for (int l = 0; j + l < n; l++) parts[l] = DK(combine)(parts[l], x[j + l]);                  \
    for (int width = 32; width > 0; width /= 2)                                                  \
      for (int l = 0; l < width; l++) parts[l] = DK(combine)(parts[l], parts[l + width]);        \
    return parts[0];                                                                             \
  }                                                                                              \
  DK_CLONES static void DK(fold_rows_##name)(                                                    \
      long n, long inner, const REAL *x, long width, REAL start, REAL *y) {                      \
    for (long i = 0; i < width; i++) y[i] = start;                                               \
    for (long j = 0; j < n; j++)                                                                 \
      for (long i = 0; i < width; i++) y[i] = DK(combine)(y[i], x[j * inner + i]);               \
  }

FOLD(sum, plus)
FOLD(maximum, larger)
FOLD(minimum, smaller)
FOLD(product, times)
#undef FOLD

static REAL DK(fold)(dk_reduction op, long n, const REAL *x) {
  switch (op) {
    case dk_reduction_sum: return DK(fold_sum)(n, x, 0);
    case dk_reduction_maximum: return DK(fold_maximum)(n, x, -(REAL)INFINITY);
    case dk_reduction_minimum: return DK(fold_minimum)(n, x, (REAL)INFINITY);
    case dk_reduction_product: return DK(fold_product)(n, x, 1);
  }
}

static void DK(fold_rows)(
    dk_reduction op, long n, long inner, const REAL *x, long width, REAL *y) {
  switch (op) {
    case dk_reduction_sum: return DK(fold_rows_sum)(n, inner, x, width, 0, y);
    case dk_reduction_maximum:
      return DK(fold_rows_maximum)(n, inner, x, width, -(REAL)INFINITY, y);
    case dk_reduction_minimum:
      return DK(fold_rows_minimum)(n, inner, x, width, (REAL)INFINITY, y);
    case dk_reduction_product: return DK(fold_rows_product)(n, inner, x, width, 1, y);
  }
}

typedef struct {
  dk_reduction op;
  long n, inner;
  const REAL *x;
  REAL *y;
} DK(reduction);

static void DK(reduce_rows)(void *context, long start, long end) {
  const DK(reduction) *r = context;
  for (long o = start; o < end; o++) {
    if (r->inner == 1) r->y[o] = DK(fold)(r->op, r->n, r->x + o * r->n);
    else
      DK(fold_rows)(
          r->op, r->n, r->inner, r->x + o * r->n * r->inner, r->inner, r->y + o * r->inner);
  }
}

static void DK(reduce_columns)(void *context, long start, long end) {
  const DK(reduction) *r = context;
  DK(fold_rows)(r->op, r->n, r->inner, r->x + start, end - start, r->y + start);
}

// A long row: one part per block, folded again.
static void DK(reduce_part)(void *context, long start, long end) {
  const DK(reduction) *r = context;
  r->y[start / r->inner] = DK(fold)(r->op, end - start, r->x + start);
}

void DK(dk_reduce)(dk_reduction op, long outer, long n, long inner, const REAL *x, REAL *y) {
  enum { part = 65536 };
  if (inner == 1 && n > part) {
    long parts = (n + part - 1) / part;
    REAL *partial = dk_allocate((size_t)parts * sizeof(REAL));
    for (long o = 0; o < outer; o++) {
      DK(reduction) r = {op, n, part, x + o * n, partial};
      dk_blocks(n, part, DK(reduce_part), &r);
      y[o] = DK(fold)(op, parts, partial);
    }
    dk_release(partial, (size_t)parts * sizeof(REAL));
    return;
  }
  DK(reduction) r = {op, n, inner, x, y};
  if (outer == 1 && inner > 1) dk_blocks(inner, dk_max(64, dk_lines(n)), DK(reduce_columns), &r);
  else dk_blocks(outer, dk_lines(n * inner), DK(reduce_rows), &r);
}

// MARK: argmax

#define ARG(name, better)                                                                  \
  DK_CLONES void DK(dk_##name)(long outer, long n, long inner, const REAL *x, int32_t *y) { \
    for (long o = 0; o < outer; o++, x += n * inner, y += inner) {                          \
      if (inner == 1) {                                                                     \
        long best = 0;                                                                      \
        for (long j = 1; j < n; j++)                                                        \
          if ((x[j] better x[best]) | ((x[best] != x[best]) & (x[j] == x[j]))) best = j;    \
        *y = (int32_t)best;                                                                 \
        continue;                                                                           \
      }                                                                                     \
      for (long i = 0; i < inner; i++) y[i] = 0;                                            \
      for (long j = 1; j < n; j++)                                                          \
        for (long i = 0; i < inner; i++) {                                                  \
          REAL candidate = x[j * inner + i], best = x[y[i] * inner + i];                    \
          if ((candidate better best) | ((best != best) & (candidate == candidate)))        \
            y[i] = (int32_t)j;                                                              \
        }                                                                                   \
    }                                                                                       \
  }

ARG(argmax, >)
ARG(argmin, <)
#undef ARG

#endif
