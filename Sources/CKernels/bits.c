#ifndef REAL

#include "support.h"

long dk_bits_lists_bytes(long rows, long n, const uint8_t *x, int32_t *starts, int32_t *columns) {
  long count = 0;
  for (long r = 0; r < rows; r++, x += n) {
    starts[r] = (int32_t)count;
    // Written always, kept only where the bit is set: no branch to mispredict.
    for (long j = 0; j < n; j++) {
      columns[count] = (int32_t)j;
      count += x[j] != 0;
    }
  }
  starts[rows] = (int32_t)count;
  return count;
}

#define DK_SOURCE "bits.c"
#include "twice.h"

#else

long DK(dk_bits_lists)(long rows, long n, const REAL *x, int32_t *starts, int32_t *columns) {
  long count = 0;
  for (long r = 0; r < rows; r++, x += n) {
    starts[r] = (int32_t)count;
    for (long j = 0; j < n; j++) {
      columns[count] = (int32_t)j;
      count += x[j] != 0;
    }
  }
  starts[rows] = (int32_t)count;
  return count;
}

// Sums live in registers while a strip of columns runs down the list; sums in memory would wait on their own stores. Vectors
// are of 64 bytes, whole registers or several.
typedef REAL DK(lanes) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias));
enum { DK(lane_count) = 64 / sizeof(REAL) };

/// y[0..<vectors] += the listed rows of w; `vectors` is a constant at every call.
DK_INLINE void DK(sum_strip)(
    int vectors, long m, const int32_t *listed, long count, const REAL *w, REAL *y) {
  DK(lanes) sums[4];
  for (int v = 0; v < vectors; v++) sums[v] = ((const DK(lanes) *)y)[v];
  for (long c = 0; c < count; c++) {
    const DK(lanes) *row = (const DK(lanes) *)(w + listed[c] * m);
    for (int v = 0; v < vectors; v++) sums[v] += row[v];
  }
  for (int v = 0; v < vectors; v++) ((DK(lanes) *)y)[v] = sums[v];
}

/// y[0..<m] = bias + the listed rows of w.
DK_CLONES static void DK(sum_rows)(
    long m, const int32_t *listed, long count, const REAL *w, const REAL *bias, REAL *y) {
  if (bias)
    memcpy(y, bias, (size_t)m * sizeof(REAL));
  else
    memset(y, 0, (size_t)m * sizeof(REAL));
  long s = 0;
  for (; s + 4 * DK(lane_count) <= m; s += 4 * DK(lane_count))
    DK(sum_strip)(4, m, listed, count, w + s, y + s);
  for (; s + DK(lane_count) <= m; s += DK(lane_count))
    DK(sum_strip)(1, m, listed, count, w + s, y + s);
  long rest = m - s;
  for (long c = 0; rest && c < count; c++) {
    const REAL *row = w + listed[c] * m + s;
    for (long i = 0; i < rest; i++) y[s + i] += row[i];
  }
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
