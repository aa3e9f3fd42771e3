#ifndef REAL

#include "support.h"

#define DK_SOURCE "log_weights.c"
#include "twice.h"

#else

DK_CLONES
bool DK(dk_are_log_weights)(long n, const REAL *x) {
  int wrong = 0;
  for (long i = 0; i < n; i++) wrong |= !(x[i] < (REAL)INFINITY);
  return !wrong;
}

DK_CLONES
void DK(dk_widen)(long n, const REAL *x, double *y) {
  for (long i = 0; i < n; i++) y[i] = x[i];
}

#endif
