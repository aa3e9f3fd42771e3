#ifndef REAL

#include "support.h"

typedef struct {
  long width;
  const uint32_t *words;
  const int32_t *starts;
  int32_t *columns;
} lists;

static void list_rows(void *context, long start, long end) {
  const lists *k = context;
  int32_t *columns = k->columns + k->starts[start];
  for (long r = start; r < end; r++)
    for (long b = 0; b < k->width; b++)
      for (uint32_t word = k->words[r * k->width + b]; word; word &= word - 1)
        *columns++ = (int32_t)(32 * b) + __builtin_ctz(word);
}

void dk_list_bits(long rows, long n, const uint32_t *words, int32_t *starts, int32_t *columns) {
  lists k = {(n + 31) / 32, words, starts, columns};
  starts[0] = 0;
  for (long r = 0; r < rows; r++) {
    starts[r + 1] = starts[r];
    for (long b = 0; b < k.width; b++) starts[r + 1] += __builtin_popcount(words[r * k.width + b]);
  }
  dk_blocks(rows, dk_lines(n), list_rows, &k);
}

typedef float sums_f __attribute__((ext_vector_type(16)));
typedef double sums_d __attribute__((ext_vector_type(16)));

enum { center_strip = 32, block_strip = 64, block_rows = 128, second_cache = 1 << 18 };

#define DK_SOURCE "bits.c"
#include "twice.h"

#else

/// 16 `vectors` columns of the scaled bias and the listed rows of w, summed in registers.
DK_INLINE void DK(sum_strip)(
    const int vectors, long m, const int32_t *listed, long count, const REAL *w, const REAL *bias,
    REAL scale, REAL *y) {
  DK(sums) sums[8];
  if (bias) memcpy(sums, bias, (size_t)vectors * sizeof sums[0]);
  else memset(sums, 0, sizeof sums);
  for (int v = 0; v < vectors; v++) sums[v] *= scale;
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
    long m, const int32_t *listed, long count, const REAL *w, const REAL *bias, REAL scale,
    REAL *y) {
#define STRIP(vectors)                                                                  \
  for (; s < m && m - s > 8 * vectors && m >= 16 * vectors; s += 16 * vectors) {        \
    /* The last strip of a width is pushed back into the row, over the one before it. */ \
    long at = dk_min(s, m - 16 * vectors);                                              \
    DK(sum_strip)(vectors, m, listed, count, w + at, bias ? bias + at : NULL, scale,    \
                        y + at);                                                        \
  }
  long s = 0;
  STRIP(8)
  STRIP(4)
  STRIP(2)
  for (; s < m && m >= 16; s += 16) {
    long at = dk_min(s, m - 16);
    DK(sum_strip)(1, m, listed, count, w + at, bias ? bias + at : NULL, scale, y + at);
  }
  for (; s < m; s++) {
    REAL sum = bias ? scale * bias[s] : 0;
    for (long c = 0; c < count; c++) sum += w[listed[c] * m + s];
    y[s] = sum;
  }
#undef STRIP
}

typedef struct {
  long rows, n, m;
  const int32_t *starts, *lists;
  const REAL *w, *bias, *scales;
  REAL *y;
} DK(product);

static void DK(product_rows)(void *context, long start, long end) {
  const DK(product) *p = context;
  for (long r = start; r < end; r++)
    DK(sum_rows)(
        p->m, p->lists + p->starts[r], p->starts[r + 1] - p->starts[r], p->w, p->bias,
        p->scales ? p->scales[r] : 1, p->y + r * p->m);
}

/// Columns at..<at + 64 of rows first..<first + rows of y: 128 rows of w, 32 KiB in single
/// precision, stay in the first cache while these rows pass by.
DK_CLONES static void DK(sum_block)(const DK(product) *p, long first, long rows, long at) {
  DK(sums) sums[block_rows][block_strip / 16];
  int32_t next[block_rows];
  for (long r = 0; r < rows; r++) {
    next[r] = p->starts[first + r];
    if (p->bias) memcpy(sums[r], p->bias + at, sizeof sums[r]);
    else memset(sums[r], 0, sizeof sums[r]);
    for (int v = 0; v < block_strip / 16; v++) sums[r][v] *= p->scales ? p->scales[first + r] : 1;
  }
  for (long end = block_rows; end < p->n + block_rows; end += block_rows)
    for (long r = 0; r < rows; r++) {
      DK(sums) total[block_strip / 16];
      memcpy(total, sums[r], sizeof total);
      int32_t c = next[r], last = p->starts[first + r + 1];
      for (; c < last && p->lists[c] < end; c++) {
        DK(sums) row[block_strip / 16];
        memcpy(row, p->w + p->lists[c] * p->m + at, sizeof row);
        for (int v = 0; v < block_strip / 16; v++) total[v] += row[v];
      }
      memcpy(sums[r], total, sizeof total);
      next[r] = c;
    }
  for (long r = 0; r < rows; r++) memcpy(p->y + (first + r) * p->m + at, sums[r], sizeof sums[r]);
}

static void DK(product_strips)(void *context, long start, long end) {
  const DK(product) *p = context;
  for (long s = start; s < end; s++)
    for (long r = 0; r < p->rows; r += block_rows)
      DK(sum_block)(
          p, r, dk_min(block_rows, p->rows - r), dk_min(s * block_strip, p->m - block_strip));
}

void DK(dk_bits_product)(
    long rows, long n, long m, const int32_t *starts, const int32_t *columns, const REAL *w,
    const REAL *bias, const REAL *scales, REAL *y) {
  DK(product) p = {rows, n, m, starts, columns, w, bias, scales, y};
  long each = m * (1 + starts[rows] / dk_max(1, rows));
  // With fewer bits set the bookkeeping of blocks takes longer than what they save.
  bool is_dense = 16L * starts[rows] >= rows * n;
  if (is_dense && n * m > second_cache && m >= 4 * block_strip && rows >= block_rows / 4)
    dk_blocks((m + block_strip - 1) / block_strip, 1, DK(product_strips), &p);
  else dk_blocks(rows, dk_lines(each / 4), DK(product_rows), &p);
}

// MARK: Centers

typedef struct {
  long n, m;
  const REAL *center, *w, *bias;
  REAL *y;
} DK(centering);

DK_CLONES static void DK(center_strip)(const DK(centering) *k, long start, long end) {
  if (end - start == center_strip) {
    DK(sums) sums[center_strip / 16];
    memcpy(sums, k->bias + start, sizeof sums);
    for (long j = 0; j < k->n; j++) {
      DK(sums) row[center_strip / 16];
      memcpy(row, k->w + j * k->m + start, sizeof row);
      for (int v = 0; v < center_strip / 16; v++) sums[v] -= k->center[j] * row[v];
    }
    memcpy(k->y + start, sums, sizeof sums);
    return;
  }
  for (long c = start; c < end; c++) {
    REAL sum = k->bias[c];
    for (long j = 0; j < k->n; j++) sum -= k->center[j] * k->w[j * k->m + c];
    k->y[c] = sum;
  }
}

static void DK(center_block)(void *k, long start, long end) { DK(center_strip)(k, start, end); }

void DK(dk_centered_bias)(
    long n, long m, const REAL *center, const REAL *w, const REAL *bias, REAL *y) {
  DK(centering) k = {n, m, center, w, bias, y};
  if (n * m < 16384)
    for (long c = 0; c < m; c += center_strip)
      DK(center_strip)(&k, c, dk_min(m, c + center_strip));
  else dk_blocks(m, center_strip, DK(center_block), &k);
}

#endif
