#ifndef REAL

#include "support.h"

// Sixteen comparisons become sixteen bits of an integer, whose ones are then walked.
typedef bool flags __attribute__((ext_vector_type(16)));

/// Appends first + the places of the ones of `mask`.
DK_INLINE int32_t *list_ones(uint32_t mask, int32_t first, int32_t *columns) {
  for (; mask; mask &= mask - 1) *columns++ = first + __builtin_ctz(mask);
  return columns;
}

#define LISTS(name, type)                                                                        \
  typedef type name##_lanes __attribute__((ext_vector_type(16)));                                \
  DK_CLONES static int32_t *name##_row(long n, const type *x, int32_t *columns) {                \
    long j = 0;                                                                                  \
    for (; j + 16 <= n; j += 16) {                                                               \
      name##_lanes v;                                                                            \
      memcpy(&v, x + j, sizeof v);                                                               \
      flags set = __builtin_convertvector(v != 0, flags);                                        \
      columns = list_ones(__builtin_bit_cast(uint16_t, set), (int32_t)j, columns);               \
    }                                                                                            \
    for (; j < n; j++)                                                                           \
      if (x[j] != 0) *columns++ = (int32_t)j;                                                    \
    return columns;                                                                              \
  }                                                                                              \
  long name(long rows, long n, const type *x, int32_t *starts, int32_t *columns) {               \
    int32_t *end = columns;                                                                      \
    for (long r = 0; r < rows; r++) {                                                            \
      starts[r] = (int32_t)(end - columns);                                                      \
      end = name##_row(n, x + r * n, end);                                                       \
    }                                                                                            \
    starts[rows] = (int32_t)(end - columns);                                                     \
    return end - columns;                                                                        \
  }

LISTS(dk_bits_lists_bytes, uint8_t)
LISTS(dk_bits_lists_f, float)
LISTS(dk_bits_lists_d, double)
#undef LISTS

typedef float sums_f __attribute__((ext_vector_type(16)));
typedef double sums_d __attribute__((ext_vector_type(16)));

#define DK_SOURCE "bits.c"
#include "twice.h"

#else

/// 16 `vectors` columns of the bias and the listed rows of w, summed in registers.
DK_INLINE void DK(sum_strip)(
    const int vectors, long m, const int32_t *listed, long count, const REAL *w, const REAL *bias,
    REAL *y) {
  DK(sums) sums[8];
  if (bias) memcpy(sums, bias, (size_t)vectors * sizeof sums[0]);
  else memset(sums, 0, sizeof sums);
  for (long c = 0; c < count; c++) {
    const REAL *row = w + listed[c] * m;
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      DK(sums) terms;
      memcpy(&terms, row + 16 * v, sizeof terms);
      sums[v] += terms;
    }
  }
  memcpy(y, sums, (size_t)vectors * sizeof sums[0]);
}

DK_CLONES static void DK(sum_rows)(
    long m, const int32_t *listed, long count, const REAL *w, const REAL *bias, REAL *y) {
#define STRIP(vectors)                                                                  \
  for (; s < m && m - s > 8 * vectors && m >= 16 * vectors; s += 16 * vectors) {        \
    /* The last strip of a width is pushed back into the row, over the one before it. */ \
    long at = dk_min(s, m - 16 * vectors);                                              \
    DK(sum_strip)(vectors, m, listed, count, w + at, bias ? bias + at : NULL, y + at);  \
  }
  long s = 0;
  STRIP(8)
  STRIP(4)
  STRIP(2)
  for (; s < m && m >= 16; s += 16) {
    long at = dk_min(s, m - 16);
    DK(sum_strip)(1, m, listed, count, w + at, bias ? bias + at : NULL, y + at);
  }
  for (; s < m; s++) {
    REAL sum = bias ? bias[s] : 0;
    for (long c = 0; c < count; c++) sum += w[listed[c] * m + s];
    y[s] = sum;
  }
#undef STRIP
}

typedef struct {
  long m;
  const int32_t *starts, *lists;
  const REAL *w, *bias;
  REAL *y;
} DK(product);

static void DK(product_rows)(void *context, long start, long end) {
  const DK(product) *p = context;
  for (long r = start; r < end; r++)
    DK(sum_rows)(
        p->m, p->lists + p->starts[r], p->starts[r + 1] - p->starts[r], p->w, p->bias,
        p->y + r * p->m);
}

void DK(dk_bits_product)(
    long rows, long n, long m, const int32_t *starts, const int32_t *columns, const REAL *w,
    const REAL *bias, REAL *y) {
  DK(product) p = {m, starts, columns, w, bias, y};
  long each = m * (1 + starts[rows] / dk_max(1, rows));
  dk_blocks(rows, dk_lines(each / 4), DK(product_rows), &p);
}

void DK(dk_bits_product_gradient)(
    long rows, long n, long m, const int32_t *starts, const int32_t *columns, const REAL *g,
    REAL *dw) {
  long count = starts[rows];
  size_t bytes = (size_t)(n + 2 + count) * sizeof(int32_t);
  int32_t *first = dk_allocate(bytes), *lists = first + n + 2;
  memset(first, 0, (size_t)(n + 2) * sizeof(int32_t));
  // Counting sort: first[j + 1] runs from the start of column j to its end.
  for (long i = 0; i < count; i++) first[columns[i] + 2]++;
  for (long j = 0; j < n; j++) first[j + 2] += first[j + 1];
  for (long r = 0; r < rows; r++)
    for (long i = starts[r]; i < starts[r + 1]; i++) lists[first[columns[i] + 1]++] = (int32_t)r;
  DK(product) p = {m, first, lists, g, NULL, dw};
  long each = m * (1 + count / dk_max(1, n));
  dk_blocks(n, dk_lines(each / 4), DK(product_rows), &p);
  dk_release(first, bytes);
}

#endif
