#if defined(__linux__)
#define _GNU_SOURCE  // for `environ` and the program's name
#endif
#include "library.h"

#include "CBLAS.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

sgemm *library_sgemm;
dgemm *library_dgemm;
bool library_is_sequential;

/// Kernels by the name that OpenBLAS gives them; an empty one leaves the choice to OpenBLAS.
typedef struct {
  const char *name;
  bool runs;
} kernels;

enum { choices = 4 };

/// The kernels that this processor may run, the fastest first.
static void list(kernels choice[choices]) {
  memset(choice, 0, choices * sizeof *choice);
#if defined(__x86_64__)
  // OpenBLAS would tell processors apart by vendor and family, and runs those that are newer than
  // itself on slow kernels.
  __builtin_cpu_init();
  bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd")
              && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
              && __builtin_cpu_supports("avx512vl");
  choice[0] = (kernels){"SkylakeX", wide};
  choice[1] =
      (kernels){"Haswell", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")};
  choice[2] = (kernels){"Nehalem", __builtin_cpu_supports("sse4.2")};
  choice[3] = (kernels){"Prescott", __builtin_cpu_supports("sse3")};
#else
  choice[0] = (kernels){"", true};
#if defined(__aarch64__)
  choice[1] = (kernels){"ARMV8", true};
#endif
#endif
}

/// The first, or the one the user names.
static const char *chosen(void) {
  kernels choice[choices];
  list(choice);
  const char *wish = getenv("DISCRETE_BLAS_KERNELS");
  bool any = !wish || !*wish;
  for (int i = 0; i < choices; i++)
    if (choice[i].runs && (any || !strcasecmp(choice[i].name, wish))) return choice[i].name;
  if (any) return "";
  fprintf(
      stderr, "%s: DISCRETE_BLAS_KERNELS is '%s', expected kernels that run here:",
      program_invocation_short_name, wish);
  for (int i = 0; i < choices; i++)
    if (choice[i].runs && *choice[i].name) fprintf(stderr, " %s", choice[i].name);
  fprintf(stderr, "\n");
  exit(EX_CONFIG);
}

static char name[64];

/// Where a build of OpenBLAS that several threads may call at once is looked for, and then any.
///
/// The build without threads shares one buffer: of 16,000 products on eight threads 903 came out
/// wrong. Fedora's name for the build with threads comes first, then Debian's place for it.
static const char *const places[] = {
    "libopenblasp.so.0",
#if defined(__x86_64__)
    "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0",
#elif defined(__aarch64__)
    "/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0",
#endif
    "libopenblas.so.0",
};

/// OpenBLAS reads variables of the environment that choose kernels, block sizes and threads when it
/// is loaded. It finds ours alone. The main function has not begun, so that another thread cannot
/// miss its own.
__attribute__((constructor)) static void load(void) {
  const char *wanted = chosen();
  char core[64];
  snprintf(core, sizeof core, "OPENBLAS_CORETYPE=%s", wanted);
  // The threads are ours. The second variable is for builds of OpenBLAS upon OpenMP.
  char *own[] = {"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", *wanted ? core : NULL, NULL};
  char **users = environ;
  environ = own;
  void *library = NULL;
  for (unsigned i = 0; !library && i < sizeof places / sizeof *places; i++)
    library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
  environ = users;
  if (library) {
    library_sgemm = (sgemm *)dlsym(library, "cblas_sgemm");
    library_dgemm = (dgemm *)dlsym(library, "cblas_dgemm");
  }
  if (!library_sgemm || !library_dgemm) {
    fprintf(
        stderr, "%s: cannot load OpenBLAS, Debian's libopenblas0-pthread: %s\n",
        program_invocation_short_name, dlerror());
    exit(EX_CONFIG);
  }
  int (*threading)(void) = (int (*)(void))dlsym(library, "openblas_get_parallel");
  library_is_sequential = !threading || threading() == 0;
  char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
  char *(*running)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
  // The configuration begins with "OpenBLAS 0.3.21 ".
  int version = 0;
  const char *text = config ? config() : "OpenBLAS";
  sscanf(text, "%*s %*s%n", &version);
  snprintf(
      name, sizeof name, "%.*s %s", version ? version : (int)strlen(text), text,
      running ? running() : wanted);
}

const char *dk_gemm_library(void) { return name; }

#else

sgemm cblas_sgemm;
dgemm cblas_dgemm;
sgemm *library_sgemm = cblas_sgemm;
dgemm *library_dgemm = cblas_dgemm;
bool library_is_sequential = false;

const char *dk_gemm_library(void) { return "Accelerate"; }

#endif
