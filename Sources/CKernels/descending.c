#ifndef REAL

#include "support.h"

#define DK_SOURCE "descending.c"
#include "twice.h"

#else

#if DK_SINGLE
typedef uint32_t DK(key);
#else
typedef uint64_t DK(key);
#endif

typedef struct {
  DK(key) key;
  int32_t place;
} DK(keyed);

/// Integers that ascend as the scores descend; both zeros are one.
DK_INLINE DK(key) DK(descending_key)(REAL x) {
  x += 0;
  DK(key) u, sign = (DK(key))1 << (8 * sizeof(DK(key)) - 1);
  memcpy(&u, &x, sizeof u);
  return u & sign ? u : ~(u | sign);
}

typedef struct {
  long n;
  const REAL *x;
  int32_t *order;
} DK(descending);

// Stable passes over bytes, the lowest first; a byte in which all agree needs none.
static void DK(sort_lines)(void *context, long start, long end) {
  const DK(descending) *k = context;
  enum { bytes = sizeof(DK(key)) };
  long n = k->n;
  size_t size = (size_t)n * sizeof(DK(keyed));
  DK(keyed) *from = dk_allocate(size), *to = dk_allocate(size);
  for (long b = start; b < end; b++) {
    uint32_t counts[bytes][256];
    memset(counts, 0, sizeof counts);
    for (long i = 0; i < n; i++) {
      DK(key) key = DK(descending_key)(k->x[b * n + i]);
      from[i] = (DK(keyed)){key, (int32_t)i};
      for (int byte = 0; byte < bytes; byte++) counts[byte][key >> (8 * byte) & 255]++;
    }
    for (int byte = 0; byte < bytes; byte++) {
      uint32_t *count = counts[byte], sum = 0;
      if (count[from[0].key >> (8 * byte) & 255] == n) continue;
      for (int digit = 0; digit < 256; digit++) {
        uint32_t here = count[digit];
        count[digit] = sum;
        sum += here;
      }
      for (long i = 0; i < n; i++) to[count[from[i].key >> (8 * byte) & 255]++] = from[i];
      DK(keyed) *other = from;
      from = to, to = other;
    }
    for (long i = 0; i < n; i++) k->order[b * n + i] = from[i].place;
  }
  dk_release(from, size);
  dk_release(to, size);
}

void DK(dk_descending_order)(long batch, long n, const REAL *x, int32_t *order) {
  if (n == 0) return;
  DK(descending) k = {n, x, order};
  dk_blocks(batch, dk_lines(n * 8), DK(sort_lines), &k);
}

#endif
