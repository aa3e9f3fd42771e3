#ifndef REAL

#include "support.h"

typedef bool flags __attribute__((ext_vector_type(16)));

typedef struct {
  long n;
  const void *x;
  uint32_t *words;
} pack;

#define PACK(name, type)                                                                         \
  typedef type name##_lanes __attribute__((ext_vector_type(16)));                                \
  DK_CLONES static void name##_row(long n, const type *x, uint32_t *words) {                     \
    memset(words, 0, (size_t)((n + 31) / 32) * sizeof *words);                                   \
    long j = 0;                                                                                  \
    for (; j + 16 <= n; j += 16) {                                                               \
      name##_lanes v;                                                                            \
      memcpy(&v, x + j, sizeof v);                                                               \
      flags set = __builtin_convertvector(v != 0, flags);                                        \
      words[j / 32] |= (uint32_t)__builtin_bit_cast(uint16_t, set) << j % 32;                    \
    }                                                                                            \
    for (; j < n; j++) words[j / 32] |= (uint32_t)(x[j] != 0) << j % 32;                         \
  }                                                                                              \
  static void name##_rows(void *context, long start, long end) {                                 \
    const pack *k = context;                                                                     \
    for (long r = start; r < end; r++)                                                           \
      name##_row(k->n, (const type *)k->x + r * k->n, k->words + r * ((k->n + 31) / 32));        \
  }                                                                                              \
  void name(long rows, long n, const type *x, uint32_t *words) {                                 \
    pack k = {n, x, words};                                                                      \
    dk_blocks(rows, dk_lines(n), name##_rows, &k);                                               \
  }

PACK(dk_pack_bits_f, float)
PACK(dk_pack_bits_d, double)
#undef PACK

/// Quarters of quarters change places, down to single bits.
static void transpose_square(uint32_t a[32]) {
  uint32_t mask = 0x0000ffff;
  for (int j = 16; j; j >>= 1, mask ^= mask << j)
    for (int k = 0; k < 32; k = ((k | j) + 1) & ~j) {
      uint32_t t = ((a[k] >> j) ^ a[k | j]) & mask;
      a[k] ^= t << j;
      a[k | j] ^= t;
    }
}

void dk_transpose_bits(long rows, long n, const uint32_t *words, uint32_t *y) {
  long width = (n + 31) / 32, height = (rows + 31) / 32;
  for (long b = 0; b < height; b++)
    for (long c = 0; c < width; c++) {
      uint32_t square[32] = {0};
      for (long r = 0; r < dk_min(32, rows - 32 * b); r++)
        square[r] = words[(32 * b + r) * width + c];
      transpose_square(square);
      for (long j = 0; j < dk_min(32, n - 32 * c); j++)
        y[(32 * c + j) * height + b] = square[j];
    }
}

// Columns of a task, rows that are summed at a time, and tables of four rows of w each. Tables of
// single precision fill 16 KiB, half of the smallest first cache; sums are passed through in order.
enum { strip = 32, chunk_rows = 256, tables_at_once = 8 };

typedef float lookup_lanes_f __attribute__((ext_vector_type(16)));
typedef double lookup_lanes_d __attribute__((ext_vector_type(16)));

#define DK_SOURCE "packed_bits.c"
#include "twice.h"

#else

typedef struct {
  long rows, n, m;
  const uint32_t *words;
  bool is_signed;
  const REAL *w, *bias, *scales;
  REAL *y;
} DK(lookup);

/// The sixteen sums over subsets of rows first..<first + 4 of w, those after the last being zero;
/// with signs a row that is not in the subset is subtracted.
DK_INLINE void DK(subset_sums)(
    const int vectors, const DK(lookup) *k, long first, long at, long width,
    DK(lookup_lanes) *table) {
  DK(lookup_lanes) w[4][2], low[4][2], high[4][2];
  memset(w, 0, sizeof w);
  for (long i = 0; i < dk_min(4, k->n - first); i++) {
    const REAL *row = k->w + (first + i) * k->m + at;
    if (width == 16 * vectors) memcpy(w[i], row, (size_t)vectors * sizeof w[i][0]);
    else memcpy(w[i], row, (size_t)width * sizeof *row);
  }
  for (int v = 0; v < vectors; v++) {
    DK(lookup_lanes) none = {0};
    low[0][v] = k->is_signed ? -w[0][v] - w[1][v] : none;
    low[1][v] = k->is_signed ? w[0][v] - w[1][v] : w[0][v];
    low[2][v] = k->is_signed ? w[1][v] - w[0][v] : w[1][v];
    low[3][v] = w[0][v] + w[1][v];
    high[0][v] = k->is_signed ? -w[2][v] - w[3][v] : none;
    high[1][v] = k->is_signed ? w[2][v] - w[3][v] : w[2][v];
    high[2][v] = k->is_signed ? w[3][v] - w[2][v] : w[3][v];
    high[3][v] = w[2][v] + w[3][v];
  }
#pragma clang loop unroll(full)
  for (int s = 0; s < 16; s++)
    for (int v = 0; v < vectors; v++) table[s * vectors + v] = low[s % 4][v] + high[s / 4][v];
}

DK_INLINE void DK(add_found)(
    const int vectors, const int count, uint32_t word, const DK(lookup_lanes) *tables,
    DK(lookup_lanes) *sums) {
#pragma clang loop unroll(full)
  for (int g = 0; g < count; g++) {
    const DK(lookup_lanes) *found = tables + (16 * g + (word >> 4 * g & 15)) * vectors;
    for (int v = 0; v < vectors; v++) sums[v] += found[v];
  }
}

/// Columns at..<at + width of y, width at most 16 `vectors`.
DK_INLINE void DK(look_up)(const int vectors, const DK(lookup) *k, long at, long width) {
  DK(lookup_lanes) sums[chunk_rows * vectors], tables[tables_at_once * 16 * vectors];
  DK(lookup_lanes) start[2] = {0};
  size_t bytes = (size_t)width * sizeof(REAL);
  if (k->bias) memcpy(start, k->bias + at, bytes);
  long words = (k->n + 31) / 32, chunks = (k->rows + chunk_rows - 1) / chunk_rows;
  for (long c = 0; c < chunks; c++) {
    long first = c * k->rows / chunks, rows = (c + 1) * k->rows / chunks - first;
    for (long r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++)
        sums[r * vectors + v] = k->scales ? start[v] * k->scales[first + r] : start[v];
    for (long b = 0; b < words; b++) {
      long count = dk_min(tables_at_once, (k->n - 32 * b + 3) / 4);
      for (long g = 0; g < count; g++)
        DK(subset_sums)(
            vectors, k, 32 * b + 4 * g, at, width, tables + 16 * vectors * g);
      const uint32_t *word = k->words + first * words + b;
      if (count == tables_at_once)
        for (long r = 0; r < rows; r++)
          DK(add_found)(vectors, tables_at_once, word[r * words], tables, sums + r * vectors);
      else
        for (long r = 0; r < rows; r++)
          for (long g = 0; g < count; g++)
            DK(add_found)(
                vectors, 1, word[r * words] >> 4 * g, tables + 16 * vectors * g,
                sums + r * vectors);
    }
    for (long r = 0; r < rows; r++) {
      REAL *row = k->y + (first + r) * k->m + at;
      if (width == 16 * vectors) memcpy(row, sums + r * vectors, (size_t)vectors * sizeof *sums);
      else memcpy(row, sums + r * vectors, bytes);
    }
  }
}

DK_CLONES static void DK(look_up_strip)(const DK(lookup) *k, long at) {
  long width = dk_min(strip, k->m - at);
  if (width > 16) DK(look_up)(2, k, at, width);
  else DK(look_up)(1, k, at, width);
}

static void DK(look_up_strips)(void *context, long start, long end) {
  for (long s = start; s < end; s++) DK(look_up_strip)(context, s * strip);
}

void DK(dk_packed_product)(
    long rows, long n, long m, const uint32_t *words, bool is_signed, const REAL *w,
    const REAL *bias, const REAL *scales, REAL *y) {
  DK(lookup) k = {rows, n, m, words, is_signed, w, bias, scales, y};
  dk_blocks((m + strip - 1) / strip, 1, DK(look_up_strips), &k);
}

#endif
