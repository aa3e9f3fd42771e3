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

#if defined(__linux__)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
const char *bli_arch_string(int id);

/// Makes BLIS use its kernels of that name; they are chosen by a number that is its own.
static void choose(const char *name) {
  for (int id = 0; id < 16; id++) {
    const char *known = bli_arch_string(id);
    if (!known || strcmp(known, name)) continue;
    char number[4];
    snprintf(number, sizeof number, "%d", id);
    setenv("BLIS_ARCH_TYPE", number, 0);
  }
}
#endif

/// BLIS reads its environment at its first product; what the user has set there stands.
__attribute__((constructor)) static void configure(void) {
  // The threads are ours: with OMP_NUM_THREADS set, each of them would get a team of its own.
  setenv("BLIS_NUM_THREADS", "1", 0);
#if defined(__x86_64__)
  // BLIS 0.9 knows AMD's processors up to Zen 3 by family and runs newer ones on its portable
  // kernels: 37 GFLOP/s a core on Zen 5, against 187 with those for AVX-512 ("skx") that it selects
  // on Intel's only. Zen 4, of Zen 3's family, halves AVX-512: on two cores 136 GFLOP/s against 201
  // with Zen 3's own.
  __builtin_cpu_init();
  if (__builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    choose(__builtin_cpu_is("amdfam19h") ? "zen3" : "skx");
#endif
}
#endif

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
