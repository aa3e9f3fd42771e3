#include "CBLAS.h"

#include "CKernels.h"

// The standard's prototypes and values, so that no vendor's header is needed.
enum { row_major = 101, no_transpose = 111, transpose = 112 };
void cblas_sgemm(
    int order, int ta, int tb, int m, int n, int k, float alpha, const float *a,
    int lda, const float *b, int ldb, float beta, float *c, int ldc);
void cblas_dgemm(
    int order, int ta, int tb, int m, int n, int k, double alpha, const double *a,
    int lda, const double *b, int ldb, double beta, double *c, int ldc);

#define REAL float
#define DK(name) name##_f
#define CBLAS(name) cblas_s##name
#include "gemm.h"
#undef REAL
#undef DK
#undef CBLAS
#define REAL double
#define DK(name) name##_d
#define CBLAS(name) cblas_d##name
#include "gemm.h"
