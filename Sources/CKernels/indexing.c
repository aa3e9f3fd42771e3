#ifndef REAL

#include "support.h"

#define DK_SOURCE "indexing.c"
#include "twice.h"

#else

void DK(dk_gather)(
    long outer, long axis, long inner, const int32_t *index, long k, const REAL *x, REAL *y) {
  for (long o = 0; o < outer; o++, x += axis * inner) {
    if (inner == 1) {
      for (long j = 0; j < k; j++) *y++ = x[index[j]];
    } else {
      for (long j = 0; j < k; j++, y += inner)
        memcpy(y, x + index[j] * inner, (size_t)inner * sizeof(REAL));
    }
  }
}

DK_CLONES void DK(dk_scatter_add)(
    long outer, long axis, long inner, const int32_t *index, long k, const REAL *x, REAL *y) {
  for (long o = 0; o < outer; o++, y += axis * inner) {
    for (long j = 0; j < k; j++, x += inner) {
      REAL *target = y + index[j] * inner;
      for (long i = 0; i < inner; i++) target[i] += x[i];
    }
  }
}

void DK(dk_take_along)(
    long outer, long axis, long k, long inner, const int32_t *index, const REAL *x, REAL *y) {
  for (long o = 0; o < outer; o++, x += axis * inner)
    for (long j = 0; j < k; j++)
      for (long i = 0; i < inner; i++) *y++ = x[*index++ * inner + i];
}

void DK(dk_take_along_add)(
    long outer, long axis, long k, long inner, const int32_t *index, const REAL *x, REAL *y) {
  for (long o = 0; o < outer; o++, y += axis * inner)
    for (long j = 0; j < k; j++)
      for (long i = 0; i < inner; i++) y[*index++ * inner + i] += *x++;
}

void DK(dk_one_hot)(long n, long classes, const int32_t *index, REAL *y) {
  memset(y, 0, (size_t)(n * classes) * sizeof(REAL));
  for (long i = 0; i < n; i++) y[i * classes + index[i]] = 1;
}

#endif
