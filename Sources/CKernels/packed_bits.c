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

typedef uint32_t square __attribute__((ext_vector_type(32)));

/// Squares of `side` bits change places within squares twice as wide.
#define EXCHANGE(side, mask, ...)                                              \
  {                                                                            \
    square other = __builtin_shufflevector(*x, *x, __VA_ARGS__);               \
    square low = (*x & mask) | (other & mask) << side;                         \
    square high = (*x & ~mask) | (other >> side & mask);                       \
    *x = (lane & side) != 0 ? high : low;                                      \
  }

/// Row i becomes column i.
DK_INLINE void transpose_square(square *x) {
  square lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
                 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  EXCHANGE(16, 0x0000ffffu, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
           0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  EXCHANGE(8, 0x00ff00ffu, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7,
           24, 25, 26, 27, 28, 29, 30, 31, 16, 17, 18, 19, 20, 21, 22, 23)
  EXCHANGE(4, 0x0f0f0f0fu, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11,
           20, 21, 22, 23, 16, 17, 18, 19, 28, 29, 30, 31, 24, 25, 26, 27)
  EXCHANGE(2, 0x33333333u, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
           18, 19, 16, 17, 22, 23, 20, 21, 26, 27, 24, 25, 30, 31, 28, 29)
  EXCHANGE(1, 0x55555555u, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14,
           17, 16, 19, 18, 21, 20, 23, 22, 25, 24, 27, 26, 29, 28, 31, 30)
}
#undef EXCHANGE

DK_CLONES void dk_transpose_bits(long rows, long n, const uint32_t *words, uint32_t *y) {
  long width = (n + 31) / 32, height = (rows + 31) / 32;
  for (long b = 0; b < height; b++)
    for (long c = 0; c < width; c++) {
      uint32_t lines[32] = {0};
      for (long r = 0; r < dk_min(32, rows - 32 * b); r++)
        lines[r] = words[(32 * b + r) * width + c];
      square x;
      memcpy(&x, lines, sizeof x);
      transpose_square(&x);
      memcpy(lines, &x, sizeof x);
      for (long j = 0; j < dk_min(32, n - 32 * c); j++) y[(32 * c + j) * height + b] = lines[j];
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
  const REAL *w, *bias;
  const REAL *center;      // of n, or NULL
  const REAL *row_center;  // of rows, or NULL
  REAL *y, *sums;          // sums may be NULL
} DK(lookup);

/// `width` of 16 `vectors` scalars, the others zero. A whole row has a branch of its own: of one
/// copy of either size the compiler makes a call.
DK_INLINE void DK(read_lanes)(
    const int vectors, const bool is_whole, long width, const REAL *x, DK(lookup_lanes) *lanes) {
  if (is_whole)
    for (int v = 0; v < vectors; v++) memcpy(lanes + v, x + 16 * v, sizeof *lanes);
  else memcpy(lanes, x, (size_t)width * sizeof *x);
}

DK_INLINE void DK(write_lanes)(
    const int vectors, const bool is_whole, long width, const DK(lookup_lanes) *lanes, REAL *x) {
  if (is_whole)
    for (int v = 0; v < vectors; v++) memcpy(x + 16 * v, lanes + v, sizeof *lanes);
  else memcpy(x, lanes, (size_t)width * sizeof *x);
}

/// The sixteen sums over subsets of rows first..<first + 4 of w, those after the last being zero;
/// with signs a row that is not in the subset is subtracted. The rows are also added to `total`, by
/// the weights of the center if there is one.
DK_INLINE void DK(subset_sums)(
    const int vectors, const bool is_whole, const DK(lookup) *k, long first, long at, long width,
    DK(lookup_lanes) *table, DK(lookup_lanes) *total) {
  DK(lookup_lanes) w[4][2] = {0}, low[4][2], high[4][2];
  const REAL *row = k->w + first * k->m + at;
  if (first + 4 <= k->n)
    for (int i = 0; i < 4; i++)
      DK(read_lanes)(vectors, is_whole, width, row + i * k->m, w[i]);
  else
    for (long i = 0; i < k->n - first; i++)
      DK(read_lanes)(vectors, is_whole, width, row + i * k->m, w[i]);
  for (int i = 0; i < 4; i++) {
    REAL weight = k->center && first + i < k->n ? k->center[first + i] : 1;
    for (int v = 0; v < vectors; v++) total[v] += weight * w[i][v];
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

/// Asks for the 32 rows of w that the next tables are made of: they lie too far apart for the
/// processor to foresee.
DK_INLINE void DK(fetch_rows)(const int vectors, const DK(lookup) *k, long first, long at) {
  for (long i = first; i < dk_min(first + 32, k->n); i++)
    for (int v = 0; v < vectors; v++) __builtin_prefetch(k->w + i * k->m + at + 16 * v);
}

/// Columns at..<at + width of y, width at most 16 `vectors`.
DK_INLINE void DK(look_up)(
    const int vectors, const bool is_whole, const DK(lookup) *k, long at, long width) {
  DK(lookup_lanes) sums[chunk_rows * vectors], tables[tables_at_once * 16 * vectors];
  DK(lookup_lanes) start[2] = {0}, total[2];
  if (k->bias) DK(read_lanes)(vectors, is_whole, width, k->bias + at, start);
  long words = (k->n + 31) / 32, chunks = dk_max(1, (k->rows + chunk_rows - 1) / chunk_rows);
  for (long c = 0; c < chunks; c++) {
    long first = c * k->rows / chunks, rows = (c + 1) * k->rows / chunks - first;
    memset(total, 0, sizeof total);
    for (long r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sums[r * vectors + v] = start[v];
    for (long b = 0; b < words; b++) {
      long count = dk_min(tables_at_once, (k->n - 32 * b + 3) / 4);
      for (long g = 0; g < count; g++)
        DK(subset_sums)(
            vectors, is_whole, k, 32 * b + 4 * g, at, width, tables + 16 * vectors * g, total);
      DK(fetch_rows)(vectors, k, 32 * (b + 1), at);
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
    if (k->sums && c == 0) DK(write_lanes)(vectors, is_whole, width, total, k->sums + at);
    for (long r = 0; r < rows; r++) {
      if (k->center || k->row_center) {
        REAL weight = k->row_center ? k->row_center[first + r] : 1;
        for (int v = 0; v < vectors; v++) sums[r * vectors + v] -= weight * total[v];
      }
      DK(write_lanes)(
          vectors, is_whole, width, sums + r * vectors, k->y + (first + r) * k->m + at);
    }
  }
}
DK_CLONES static void DK(look_up_strip)(const DK(lookup) *k, long at) {
  long width = dk_min(strip, k->m - at);
  if (width == strip) DK(look_up)(2, true, k, at, width);
  else if (width > 16) DK(look_up)(2, false, k, at, width);
  else if (width == 16) DK(look_up)(1, true, k, at, width);
  else DK(look_up)(1, false, k, at, width);
}

static void DK(look_up_strips)(void *context, long start, long end) {
  for (long s = start; s < end; s++) DK(look_up_strip)(context, s * strip);
}

void DK(dk_packed_product)(
    long rows, long n, long m, const uint32_t *words, bool is_signed, const REAL *w,
    const REAL *bias, const REAL *center, REAL *y) {
  DK(lookup) k = {rows, n, m, words, is_signed, w, bias, center, NULL, y, NULL};
  dk_blocks((m + strip - 1) / strip, 1, DK(look_up_strips), &k);
}

void DK(dk_packed_slopes)(
    long rows, long n, long m, const uint32_t *words, bool is_signed, const REAL *w,
    const REAL *center, REAL *y, REAL *sums) {
  DK(lookup) k = {rows, n, m, words, is_signed, w, NULL, NULL, center, y, sums};
  dk_blocks((m + strip - 1) / strip, 1, DK(look_up_strips), &k);
}

#endif
