// BLIS 0.9, Debian's, recognises AMD processors by family number and runs generic code, five times slower, on those that are
// newer than it. This names the kernels such a processor can run before BLIS first looks.

#if defined(__linux__) && defined(__x86_64__)

#include <cpuid.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A table of names, free of side effects. Weak, because another BLAS may stand in for BLIS.
extern const char *bli_arch_string(int id) __attribute__((weak));

enum { newest_known_family = 0x19, places_searched = 8 };

static bool is_newer_amd(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(0, &a, &b, &c, &d) || b != signature_AMD_ebx) return false;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
  unsigned family = (a >> 8 & 0xf) + (a >> 20 & 0xff);
  return family > newest_known_family;
}

// BLIS takes the number of an architecture, which changes between its versions; the name does not. Those wanted stand early in its
// table, whose end cannot be asked for.
static int architecture(const char *name) {
  for (int id = 0; id < places_searched; id++) {
    const char *found = bli_arch_string(id);
    if (found && strcmp(found, name) == 0) return id;
  }
  return -1;
}

__attribute__((constructor)) static void name_processor(void) {
  if (!bli_arch_string || getenv("BLIS_ARCH_TYPE") || !is_newer_amd()) return;
  __builtin_cpu_init();
  bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  bool narrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int id = wide ? architecture("skx") : narrow ? architecture("haswell") : -1;
  if (id < 0) return;
  char text[16];
  snprintf(text, sizeof text, "%d", id);
  setenv("BLIS_ARCH_TYPE", text, 0);
}

#endif
