#ifndef REAL

#include "functions.h"

#define DK_SOURCE "scans.c"
#include "twice.h"

#else

DK_CLONES void DK(dk_cumulative_sum)(
    long outer, long n, long inner, bool reverse, const REAL *x, REAL *y) {
  long step = reverse ? -inner : inner;
  for (long o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    if (n == 0) continue;
    const REAL *from = reverse ? x + (n - 1) * inner : x;
    REAL *to = reverse ? y + (n - 1) * inner : y;
    for (long i = 0; i < inner; i++) to[i] = from[i];
    for (long j = 1; j < n; j++) {
      from += step;
      to += step;
      for (long i = 0; i < inner; i++) to[i] = to[i - step] + from[i];
    }
  }
}

/// log(exp(a) + exp(b)).
DK_INLINE REAL DK(add_exp)(REAL a, REAL b) {
  REAL high = a > b ? a : b, low = a > b ? b : a;
  // Where both are infinite alike, high - low is NaN and the answer is either.
  REAL sum = high + DK(log1p_unit)(DK(exp_negative)(low - high));
  return low == high && DK(absolute)(high) == (REAL)INFINITY ? high : sum;
}

DK_CLONES void DK(dk_cumulative_log_sum_exp)(
    long outer, long n, long inner, bool reverse, const REAL *x, REAL *y) {
  long step = reverse ? -inner : inner;
  for (long o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    if (n == 0) continue;
    const REAL *from = reverse ? x + (n - 1) * inner : x;
    REAL *to = reverse ? y + (n - 1) * inner : y;
    for (long i = 0; i < inner; i++) to[i] = from[i];
    for (long j = 1; j < n; j++) {
      from += step;
      to += step;
      for (long i = 0; i < inner; i++) to[i] = DK(add_exp)(to[i - step], from[i]);
    }
  }
}

#endif
