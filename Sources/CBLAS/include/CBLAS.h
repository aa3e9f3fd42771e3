#ifndef CBLAS_GEMM_H
#define CBLAS_GEMM_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

// Both precisions have one name in Swift.
#define DK_GEMM __attribute__((swift_name("gemm(_:_:_:_:_:_:_:_:_:_:_:_:_:)")))

/// c[m, n] = alpha op(a) op(b) + beta c, row-major, op(x) transposed where asked; with beta 0 c is
/// only written. The rows or columns of c are split over the threads of CKernels.
DK_GEMM void dk_gemm_f(
    bool transpose_a, bool transpose_b, long m, long n, long k, float alpha, const float *a,
    long lda, const float *b, long ldb, float beta, float *c, long ldc);
DK_GEMM void dk_gemm_d(
    bool transpose_a, bool transpose_b, long m, long n, long k, double alpha, const double *a,
    long lda, const double *b, long ldb, double beta, double *c, long ldc);
#undef DK_GEMM

#define DK_AFFINE __attribute__((swift_name("affine(_:_:_:_:_:_:_:_:_:_:squashes:_:)")))

/// c[m, n] = op(a) op(b) + row, or its hyperbolic tangent where it is squashed.
DK_AFFINE void dk_affine_f(
    bool transpose_a, bool transpose_b, long m, long n, long k, const float *a, long lda,
    const float *b, long ldb, const float *row, bool squashes, float *c);
DK_AFFINE void dk_affine_d(
    bool transpose_a, bool transpose_b, long m, long n, long k, const double *a, long lda,
    const double *b, long ldb, const double *row, bool squashes, double *c);
#undef DK_AFFINE

/// The library that multiplies, and the kernels it uses, such as "OpenBLAS 0.3.21 SkylakeX".
const char *dk_gemm_library(void);

#pragma clang assume_nonnull end

#endif
