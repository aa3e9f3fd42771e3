#include "CBLAS.h"

#include <pthread.h>
#include <string.h>

#include "CKernels.h"
#include "library.h"

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void enter_library(void) {
  if (library_is_sequential) pthread_mutex_lock(&turn);
}

static void leave_library(void) {
  if (library_is_sequential) pthread_mutex_unlock(&turn);
}

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
