#ifndef DK_TILE_H
#define DK_TILE_H

#include "support.h"

// Short rows are worked on sixteen at a time, one to a lane, after a transposition.
enum { tile_rows = 16 };

typedef float lanes_f __attribute__((ext_vector_type(tile_rows)));
typedef double lanes_d __attribute__((ext_vector_type(tile_rows)));

// Four rounds of interleaving vector i with vector i + 8 transpose sixteen vectors.
#define TRANSPOSE(vector)                                                                     \
  for (int round = 0; round < 4; round++) {                                                   \
    vector w[16];                                                                             \
    for (int i = 0; i < 8; i++) {                                                             \
      w[2 * i] = __builtin_shufflevector(                                                     \
          v[i], v[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);            \
      w[2 * i + 1] = __builtin_shufflevector(                                                 \
          v[i], v[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);      \
    }                                                                                         \
    memcpy(v, w, sizeof w);                                                                   \
  }

#define TILE(REAL, suffix)                                                                    \
  DK_INLINE void transpose##suffix(lanes##suffix v[16]) {                                     \
    TRANSPOSE(lanes##suffix)                                                                  \
  }                                                                                           \
  /* t[j][r] = rows[r][j] for j in 0..<n. */                                                  \
  DK_INLINE void tile_in##suffix(long n, const REAL *const rows[16], REAL *t) {               \
    long j = 0;                                                                               \
    for (; j + 16 <= n; j += 16) {                                                            \
      lanes##suffix v[16];                                                                    \
      for (int r = 0; r < 16; r++) memcpy(&v[r], rows[r] + j, sizeof v[r]);                   \
      transpose##suffix(v);                                                                   \
      memcpy(t + j * 16, v, sizeof v);                                                        \
    }                                                                                         \
    for (; j < n; j++)                                                                        \
      for (int r = 0; r < 16; r++) t[j * 16 + r] = rows[r][j];                                \
  }                                                                                           \
  /* rows[r][j] = t[j][r]; only the first `count` rows are written. */                        \
  DK_INLINE void tile_out##suffix(long n, int count, const REAL *t, REAL *const rows[16]) {   \
    long j = 0;                                                                               \
    for (; j + 16 <= n; j += 16) {                                                            \
      lanes##suffix v[16];                                                                    \
      memcpy(v, t + j * 16, sizeof v);                                                        \
      transpose##suffix(v);                                                                   \
      for (int r = 0; r < count; r++) memcpy(rows[r] + j, &v[r], sizeof v[r]);                \
    }                                                                                         \
    for (; j < n; j++)                                                                        \
      for (int r = 0; r < count; r++) rows[r][j] = t[j * 16 + r];                             \
  }

TILE(float, _f)
TILE(double, _d)
#undef TILE
#undef TRANSPOSE

#endif
