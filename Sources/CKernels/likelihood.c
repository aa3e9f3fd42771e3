#ifndef REAL

#include "functions.h"

// A softplus takes as long as six passes over its scalar.
enum { work = 6 };
// A product of so many terms, each at most two, is finite in single precision.
enum { terms_of_product = 64 };

#define DK_SOURCE "likelihood.c"
#include "twice.h"

#else

/// A term of log-probability x l - softplus(l), as minus the larger of t and 0 and of log1p(e), for
/// t = (1 - 2 x) l and e = exp(-|l|): no cancellation, and infinite logits are no NaN.
///
/// The terms 1 + e are multiplied, and the logarithm is taken of the product alone; it is kept less
/// one, so that small terms count.
DK_INLINE void DK(add_term)(
    const bool has_slope, REAL l, REAL x, REAL *linear, REAL *product, REAL *slope) {
  REAL t = (1 - 2 * x) * l, e = DK(exp_negative)(-DK(absolute)(l));
  *linear += t > 0 ? t : 0;
  *product += e + *product * e;
  if (has_slope) *slope = x - (l < 0 ? e : 1) / (1 + e);
}

/// The slopes in the logits are written where they are asked for.
DK_INLINE REAL DK(log_probability_of)(
    const bool has_slopes, long n, const REAL *restrict logits, const REAL *restrict bits,
    REAL *restrict slopes) {
  REAL parts[32], total = 0;
  for (int l = 0; l < 32; l++) parts[l] = 0;
  for (long start = 0; start < n; start += 32 * terms_of_product) {
    REAL products[32];
    for (int l = 0; l < 32; l++) products[l] = 0;
    long j = start, end = dk_min(n, start + 32 * terms_of_product);
    for (; j + 32 <= end; j += 32)
      for (int l = 0; l < 32; l++)
        DK(add_term)(
            has_slopes, logits[j + l], bits[j + l], parts + l, products + l,
            has_slopes ? slopes + j + l : NULL);
    for (long i = j; i < end; i++)
      DK(add_term)(
          has_slopes, logits[i], bits[i], parts + i - j, products + i - j,
          has_slopes ? slopes + i : NULL);
    for (int l = 0; l < 32; l++) parts[l] += DK(log1p)(products[l]);
  }
  for (int l = 0; l < 32; l++) total += parts[l];
  return -total;
}

DK_CLONES static REAL DK(log_probability_row)(long n, const REAL *logits, const REAL *bits) {
  return DK(log_probability_of)(false, n, logits, bits, NULL);
}

DK_CLONES static REAL DK(log_probability_and_slopes_row)(
    long n, const REAL *logits, const REAL *bits, REAL *slopes) {
  return DK(log_probability_of)(true, n, logits, bits, slopes);
}

DK_CLONES static void DK(log_probability_row_backward)(
    long n, REAL c, const REAL *restrict logits, const REAL *restrict bits, REAL *restrict out,
    bool first) {
  if (first)
    for (long j = 0; j < n; j++) out[j] = c * (bits[j] - DK(sigmoid)(logits[j]));
  else
    for (long j = 0; j < n; j++) out[j] += c * (bits[j] - DK(sigmoid)(logits[j]));
}

typedef struct {
  long rows, n, logits_rows, bits_rows;
  const REAL *cotangent, *logits, *bits;
  REAL *out, *slopes;
} DK(likelihood);

static void DK(log_probability_rows)(void *context, long start, long end) {
  const DK(likelihood) *k = context;
  for (long r = start; r < end; r++) {
    const REAL *logits = k->logits + r % k->logits_rows * k->n;
    const REAL *bits = k->bits + r % k->bits_rows * k->n;
    k->out[r] = k->slopes
        ? DK(log_probability_and_slopes_row)(k->n, logits, bits, k->slopes + r * k->n)
        : DK(log_probability_row)(k->n, logits, bits);
  }
}

static void DK(log_probability_rows_backward)(void *context, long start, long end) {
  const DK(likelihood) *k = context;
  for (long l = start; l < end; l++)
    for (long r = l; r < k->rows; r += k->logits_rows)
      DK(log_probability_row_backward)(
          k->n, k->cotangent[r], k->logits + l * k->n, k->bits + r % k->bits_rows * k->n,
          k->out + l * k->n, r == l);
}

void DK(dk_bernoulli_log_probability)(
    long rows, long n, const REAL *logits, long logits_rows, const REAL *bits, long bits_rows,
    REAL *out, REAL *slopes) {
  DK(likelihood) k = {rows, n, logits_rows, bits_rows, NULL, logits, bits, out, slopes};
  dk_blocks(rows, dk_lines(work * n), DK(log_probability_rows), &k);
}

void DK(dk_bernoulli_log_probability_backward)(
    long rows, long n, const REAL *cotangent, const REAL *logits, long logits_rows,
    const REAL *bits, long bits_rows, REAL *out) {
  DK(likelihood) k = {rows, n, logits_rows, bits_rows, cotangent, logits, bits, out, NULL};
  if (rows < logits_rows)
    memset(out + rows * n, 0, (size_t)((logits_rows - rows) * n) * sizeof(REAL));
  long repeats = dk_max(1, rows / dk_max(1, logits_rows));
  dk_blocks(
      dk_min(rows, logits_rows), dk_lines(work * n * repeats), DK(log_probability_rows_backward),
      &k);
}

// MARK: Relative entropy

/// At most 1,024 terms at a time, so that the sum over many classes keeps its digits.
DK_CLONES static REAL DK(relative_entropy_part)(long n, const REAL *l, const REAL *others) {
  REAL parts[32], total = 0;
  for (int i = 0; i < 32; i++) parts[i] = 0;
  for (long j = 0; j < n; j += 32)
    for (long i = j; i < dk_min(n, j + 32); i++) {
      REAL p = DK(exp_negative)(l[i]), ratio = l[i] - others[i];
      parts[i - j] += p > 0 ? p * ratio : p;
    }
  for (int i = 0; i < 32; i++) total += parts[i];
  return total;
}

static REAL DK(relative_entropy_row)(long n, const REAL *l, const REAL *others) {
  REAL total = 0;
  for (long j = 0; j < n; j += 1024)
    total += DK(relative_entropy_part)(dk_min(1024, n - j), l + j, others + j);
  return total;
}

DK_CLONES static void DK(relative_entropy_row_backward)(
    long n, REAL c, const REAL *restrict l, const REAL *restrict others, REAL *restrict out) {
  for (long i = 0; i < n; i++) {
    REAL p = DK(exp_negative)(l[i]), ratio = l[i] - others[i];
    out[i] = p > 0 ? c * (p * ratio + p) : p;
  }
}

typedef struct {
  long n, other_rows;
  const REAL *cotangent, *l, *others;
  REAL *out;
} DK(divergence);

static void DK(relative_entropy_rows)(void *context, long start, long end) {
  const DK(divergence) *k = context;
  for (long r = start; r < end; r++)
    k->out[r] = DK(relative_entropy_row)(
        k->n, k->l + r * k->n, k->others + r % k->other_rows * k->n);
}

static void DK(relative_entropy_rows_backward)(void *context, long start, long end) {
  const DK(divergence) *k = context;
  for (long r = start; r < end; r++)
    DK(relative_entropy_row_backward)(
        k->n, k->cotangent[r], k->l + r * k->n, k->others + r % k->other_rows * k->n,
        k->out + r * k->n);
}

void DK(dk_relative_entropy)(
    long rows, long n, const REAL *l, const REAL *others, long other_rows, REAL *out) {
  DK(divergence) k = {n, other_rows, NULL, l, others, out};
  dk_blocks(rows, dk_lines(2 * n), DK(relative_entropy_rows), &k);
}

void DK(dk_relative_entropy_backward)(
    long rows, long n, const REAL *cotangent, const REAL *l, const REAL *others, long other_rows,
    REAL *out) {
  DK(divergence) k = {n, other_rows, cotangent, l, others, out};
  dk_blocks(rows, dk_lines(2 * n), DK(relative_entropy_rows_backward), &k);
}

#endif
