#ifndef REAL

#include "functions.h"
#include "tile.h"

#define DK_SOURCE "scans.c"
#include "twice.h"

#else

// Along a contiguous axis a scan would be one long chain of dependent steps. Short lines go sixteen
// at a time, one to a lane; a long line is cut into sixteen segments that go so, and what came
// before a segment is added to it afterwards.
enum { DK(long_line) = 512, DK(window) = 64 };

DK_INLINE REAL DK(add)(REAL a, REAL b) { return a + b; }

/// log(exp(a) + exp(b)).
DK_INLINE REAL DK(add_exp)(REAL a, REAL b) {
  REAL high = a > b ? a : b, low = a > b ? b : a;
  REAL sum = high + DK(log1p_unit)(DK(exp_negative)(low - high));
  // Where both are the same infinity their difference is not a number.
  return low == high && DK(absolute)(high) == (REAL)INFINITY ? high : sum;
}

typedef struct {
  long n, inner;
  bool reverse;
  const REAL *x;
  REAL *y;
} DK(scan);

#define SCAN(name, combine, identity)                                                            \
  /* Lines side by side, `inner` apart along the axis. */                                        \
  DK_CLONES static void DK(name##_columns)(const DK(scan) *k, const REAL *x, REAL *y) {          \
    long n = k->n, inner = k->inner, step = k->reverse ? -inner : inner;                         \
    const REAL *from = k->reverse ? x + (n - 1) * inner : x;                                     \
    REAL *to = k->reverse ? y + (n - 1) * inner : y;                                             \
    for (long i = 0; i < inner; i++) to[i] = from[i];                                            \
    for (long j = 1; j < n; j++) {                                                               \
      from += step, to += step;                                                                  \
      for (long i = 0; i < inner; i++) to[i] = DK(combine)(to[i - step], from[i]);               \
    }                                                                                            \
  }                                                                                              \
  /* Sixteen lines `stride` apart, of which `count` are there; their totals stay in `carry`. */  \
  DK_CLONES static void DK(name##_rows)(                                                         \
      long n, long stride, int count, bool reverse, const REAL *x, REAL *y, REAL carry[16]) {    \
    REAL t[DK(window) * 16];                                                                     \
    for (int r = 0; r < 16; r++) carry[r] = identity;                                            \
    for (long done = 0, width; done < n; done += width) {                                        \
      width = dk_min(DK(window), n - done);                                                      \
      long first = reverse ? n - done - width : done;                                            \
      const REAL *rows[16];                                                                      \
      REAL *results[16];                                                                         \
      for (int r = 0; r < 16; r++) {                                                             \
        rows[r] = x + (r < count ? r : 0) * stride + first;                                      \
        results[r] = y + (r < count ? r : 0) * stride + first;                                   \
      }                                                                                          \
      DK(tile_in)(width, rows, t);                                                               \
      for (long j = 0; j < width; j++) {                                                         \
        REAL *line = t + 16 * (reverse ? width - 1 - j : j);                                     \
        for (int r = 0; r < 16; r++) line[r] = carry[r] = DK(combine)(carry[r], line[r]);        \
      }                                                                                          \
      DK(tile_out)(width, count, t, results);                                                    \
    }                                                                                            \
  }                                                                                              \
  DK_CLONES static void DK(name##_onto)(long n, REAL before, REAL *y) {                          \
    for (long i = 0; i < n; i++) y[i] = DK(combine)(before, y[i]);                               \
  }                                                                                              \
  static void DK(name##_long)(const DK(scan) *k, const REAL *x, REAL *y) {                       \
    long n = k->n, length = n / 16, rest = n % 16;                                               \
    /* The few elements over come last in scanning order. */                                     \
    long first = k->reverse ? rest : 0;                                                          \
    REAL carry[16], before = identity;                                                           \
    DK(name##_rows)(length, length, 16, k->reverse, x + first, y + first, carry);                \
    for (int i = 0; i < 16; i++) {                                                               \
      int segment = k->reverse ? 15 - i : i;                                                     \
      if (i > 0) DK(name##_onto)(length, before, y + first + segment * length);                  \
      before = DK(combine)(before, carry[segment]);                                              \
    }                                                                                            \
    for (long i = 0; i < rest; i++) {                                                            \
      long at = k->reverse ? rest - 1 - i : n - rest + i;                                        \
      y[at] = before = DK(combine)(before, x[at]);                                               \
    }                                                                                            \
  }                                                                                              \
  static void DK(name##_lines)(void *context, long start, long end) {                            \
    const DK(scan) *k = context;                                                                 \
    for (long o = start, step = 1; o < end; o += step) {                                         \
      const REAL *x = k->x + o * k->n * k->inner;                                                \
      REAL *y = k->y + o * k->n * k->inner, carry[16];                                           \
      if (k->inner > 1) {                                                                        \
        DK(name##_columns)(k, x, y);                                                             \
      } else if (k->n < DK(long_line)) {                                                         \
        step = dk_min(16, end - o);                                                              \
        DK(name##_rows)(k->n, k->n, (int)step, k->reverse, x, y, carry);                         \
      } else {                                                                                   \
        DK(name##_long)(k, x, y);                                                                \
      }                                                                                          \
    }                                                                                            \
  }                                                                                              \
  void DK(dk_cumulative_##name)(                                                                 \
      long outer, long n, long inner, bool reverse, const REAL *x, REAL *y) {                    \
    if (n == 0 || inner == 0) return;                                                            \
    DK(scan) k = {n, inner, reverse, x, y};                                                      \
    dk_blocks(outer, (dk_lines(n * inner) + 15) / 16 * 16, DK(name##_lines), &k);                \
  }

SCAN(sum, add, 0)
SCAN(log_sum_exp, add_exp, -(REAL)INFINITY)
#undef SCAN

#endif
