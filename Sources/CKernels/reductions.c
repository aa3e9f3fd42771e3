#ifndef REAL

#include "functions.h"
#include "tile.h"

// Contiguous lines up to this length are reduced sixteen at a time.
enum { short_line = 128 };

#define DK_SOURCE "reductions.c"
#include "twice.h"

#else

DK_INLINE REAL DK(plus)(REAL a, REAL b) { return a + b; }
DK_INLINE REAL DK(times)(REAL a, REAL b) { return a * b; }

// A row is folded in 64 interleaved parts, then the parts by halves: a fixed order that vectorizes
// without reassociation.
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
FOLD(maximum, maximum)
FOLD(minimum, minimum)
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

/// t[j][r] = x[r][j]; the first row stands in for those beyond `count`.
DK_CLONES static void DK(transposed_rows)(long n, int count, const REAL *x, REAL *t) {
  const REAL *rows[16];
  for (int r = 0; r < 16; r++) rows[r] = x + (r < count ? r : 0) * n;
  DK(tile_in)(n, rows, t);
}

static void DK(reduce_rows)(void *context, long start, long end) {
  const DK(reduction) *r = context;
  if (r->inner == 1 && r->n <= short_line) {
    REAL t[short_line * 16], y[16];
    for (long o = start; o < end; o += 16) {
      long count = dk_min(16, end - o);
      DK(transposed_rows)(r->n, (int)count, r->x + o * r->n, t);
      DK(fold_rows)(r->op, r->n, 16, t, 16, y);
      memcpy(r->y + o, y, (size_t)count * sizeof(REAL));
    }
    return;
  }
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
  else dk_blocks(outer, (dk_lines(n * inner) + 15) / 16 * 16, DK(reduce_rows), &r);
}

// MARK: argmax

enum { DK(width) = 256 };

// A number is better than what is not one.
#define ARG(name, better)                                                                         \
  DK_CLONES static void DK(name##_columns)(                                                       \
      long n, long inner, long width, const REAL *x, int32_t *y) {                                \
    REAL best[DK(width)];                                                                         \
    int32_t place[DK(width)];                                                                     \
    for (long i = 0; i < width; i++) best[i] = x[i], place[i] = 0;                                \
    for (long j = 1; j < n; j++)                                                                  \
      for (long i = 0; i < width; i++) {                                                          \
        REAL candidate = x[j * inner + i];                                                        \
        bool wins = (candidate better best[i])                                                    \
                    | ((best[i] != best[i]) & (candidate == candidate));                          \
        best[i] = wins ? candidate : best[i];                                                     \
        place[i] = wins ? (int32_t)j : place[i];                                                  \
      }                                                                                           \
    memcpy(y, place, (size_t)width * sizeof(int32_t));                                            \
  }                                                                                               \
  static int32_t DK(name##_line)(long n, const REAL *x) {                                         \
    long best = 0;                                                                                \
    for (long j = 1; j < n; j++)                                                                  \
      if ((x[j] better x[best]) | ((x[best] != x[best]) & (x[j] == x[j]))) best = j;              \
    return (int32_t)best;                                                                         \
  }                                                                                               \
  void DK(dk_##name)(long outer, long n, long inner, const REAL *x, int32_t *y) {                 \
    if (inner == 1 && n <= short_line) {                                                          \
      REAL t[short_line * 16];                                                                    \
      int32_t places[16];                                                                         \
      for (long o = 0; o < outer; o += 16) {                                                      \
        long count = dk_min(16, outer - o);                                                       \
        DK(transposed_rows)(n, (int)count, x + o * n, t);                                         \
        DK(name##_columns)(n, 16, 16, t, places);                                                 \
        memcpy(y + o, places, (size_t)count * sizeof(int32_t));                                   \
      }                                                                                           \
      return;                                                                                     \
    }                                                                                             \
    for (long o = 0; o < outer; o++, x += n * inner, y += inner) {                                \
      if (inner == 1) *y = DK(name##_line)(n, x);                                                 \
      else                                                                                        \
        for (long i = 0; i < inner; i += DK(width))                                               \
          DK(name##_columns)(n, inner, dk_min(DK(width), inner - i), x + i, y + i);               \
    }                                                                                             \
  }

ARG(argmax, >)
ARG(argmin, <)
#undef ARG

#endif
