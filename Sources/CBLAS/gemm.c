#include "CBLAS.h"

#include "CKernels.h"
#include "library.h"

#define REAL float
#define DK(name) name##_f
#define GEMM library_sgemm
#include "gemm.h"
#undef REAL
#undef DK
#undef GEMM
#define REAL double
#define DK(name) name##_d
#define GEMM library_dgemm
#include "gemm.h"
