#ifndef REAL

#include "functions.h"

#define DK_SOURCE "ranked_lists.c"
#include "twice.h"

#else

// MARK: Plackett-Luce lists of different lengths

typedef struct {
  const int32_t *starts, *ranked;
  const REAL *x, *v;
  REAL *remaining, *values, *slopes, *products;
} DK(ranked_job);

/// log(exp(a) + exp(b)) of numbers of which b is finite.
DK_INLINE REAL DK(log_add)(REAL a, REAL b) {
  REAL high = a > b ? a : b, low = a > b ? b : a;
  return high + DK(log)(1 + DK(exp_negative)(low - high));
}

/// The choice at place r falls on one of the items from r on, with probability
/// exp(x - remaining[r]).
static void DK(ranked_lists)(void *context, long start, long end) {
  const DK(ranked_job) *k = context;
  for (long list = start; list < end; list++) {
    long first = k->starts[list], n = k->starts[list + 1] - first, places = k->ranked[list];
    const REAL *x = k->x + first, *v = k->v ? k->v + first : NULL;
    REAL *remaining = k->remaining + first, *product = v ? k->products + first : NULL;
    REAL sum = 0, mean = 0;
    for (long j = n - 1; j >= 0; j--) {
      remaining[j] = j == n - 1 ? x[j] : DK(log_add)(remaining[j + 1], x[j]);
      if (j < places) sum += x[j] - remaining[j];
      if (v) {
        REAL p = DK(exp_negative)(x[j] - remaining[j]);
        product[j] = mean = p * v[j] + (1 - p) * mean;
      }
    }
    k->values[list] = sum;
    // The logarithm of the sum of 1 / exp(remaining) over the places so far, and the mean of the
    // means by it.
    REAL taken = 0, middle = 0;
    for (long j = 0; j < n && places > 0; j++) {
      if (j < places) {
        REAL next = j == 0 ? -remaining[0] : DK(log_add)(taken, -remaining[j]);
        REAL share = DK(exp_negative)(-remaining[j] - next);
        if (v) middle = share * product[j] + (1 - share) * middle;
        taken = next;
      }
      REAL lost = (REAL)exp(x[j] + taken);
      k->slopes[first + j] = (j < places) - lost;
      if (v) product[j] = -lost * (v[j] - middle);
    }
    for (long j = 0; j < n && places == 0; j++) {
      k->slopes[first + j] = 0;
      if (v) product[j] = 0;
    }
  }
}

void DK(dk_ranked_lists)(
    long lists, const int32_t *starts, const int32_t *ranked, const REAL *x, const REAL *v,
    REAL *remaining, REAL *values, REAL *slopes, REAL *products) {
  DK(ranked_job) k = {starts, ranked, x, v, remaining, values, slopes, products};
  long total = starts[lists];
  dk_blocks(lists, dk_lines(16 * (total / dk_max(1, lists))), DK(ranked_lists), &k);
}

#endif
