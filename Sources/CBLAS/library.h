#ifndef CBLAS_LIBRARY_H
#define CBLAS_LIBRARY_H

#include <stdbool.h>

// The standard's values and prototypes, so that a vendor's header is not needed.
enum { row_major = 101, no_transpose = 111, transpose = 112 };
typedef void sgemm(
    int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc);
typedef void dgemm(
    int order, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
    const double *b, int ldb, double beta, double *c, int ldc);

extern sgemm *library_sgemm;
extern dgemm *library_dgemm;
/// Whether only one thread may call the library at a time.
extern bool library_is_sequential;

#endif
