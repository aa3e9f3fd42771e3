#ifndef REAL

#include "philox.h"
#include "tile.h"

// Classes come in blocks that fit the first cache; rows eight at a time, whose sums stay in
// registers.
enum { class_block = 256, strip = 2 * tile_rows, row_strip = 8, most_blocks = 256 };

#define DK_SOURCE "affine_categorical.c"
#include "twice.h"

#else

typedef struct {
  uint64_t key;
  long inputs, classes;
  const REAL *x, *weight, *bias;
  int32_t *y;
} DK(affine_job);

/// Logits of one strip of classes for eight rows.
DK_INLINE void DK(strip_logits)(
    const DK(affine_job) *k, const REAL *const x[row_strip], long first,
    REAL out[row_strip][class_block], long at) {
  DK(lanes) low[row_strip], high[row_strip], v, w;
  memcpy(&v, k->bias + first, sizeof v);
  memcpy(&w, k->bias + first + tile_rows, sizeof w);
  for (int r = 0; r < row_strip; r++) low[r] = v, high[r] = w;
  for (long i = 0; i < k->inputs; i++) {
    const REAL *column = k->weight + i * k->classes + first;
    memcpy(&v, column, sizeof v);
    memcpy(&w, column + tile_rows, sizeof w);
#pragma clang loop unroll(full)
    for (int r = 0; r < row_strip; r++) low[r] += x[r][i] * v, high[r] += x[r][i] * w;
  }
  for (int r = 0; r < row_strip; r++) {
    memcpy(&out[r][at], &low[r], sizeof low[r]);
    memcpy(&out[r][at + tile_rows], &high[r], sizeof high[r]);
  }
}

/// The logits of one row from class `first` on.
DK_INLINE void DK(row_logits)(
    const DK(affine_job) *k, const REAL *x, long first, long n, REAL *restrict out) {
  for (long l = 0; l < n; l++) out[l] = k->bias[first + l];
  for (long i = 0; i < k->inputs; i++) {
    const REAL a = x[i], *w = k->weight + i * k->classes + first;
    for (long l = 0; l < n; l++) out[l] += a * w[l];
  }
}

/// The largest of n logits, and the sum of exp(logit - largest), which stand in their place.
DK_INLINE REAL DK(weigh)(long n, REAL *logits, double *sum) {
  enum { lanes = 16 };
  REAL largest[lanes], m = -(REAL)INFINITY;
  for (int l = 0; l < lanes; l++) largest[l] = m;
  long j = 0;
  for (; j + lanes <= n; j += lanes)
    for (int l = 0; l < lanes; l++)
      largest[l] = logits[j + l] > largest[l] ? logits[j + l] : largest[l];
  for (; j < n; j++) m = logits[j] > m ? logits[j] : m;
  for (int l = 0; l < lanes; l++) m = largest[l] > m ? largest[l] : m;
  *sum = 0;
  if (!(DK(absolute)(m) < (REAL)INFINITY)) return -(REAL)INFINITY;
  for (j = 0; j < n; j++) logits[j] = DK(exp_negative)(logits[j] - m);
  // In double precision: one weight may dwarf the rest, and a class that no sum holds would never
  // be drawn.
  lanes_d parts = 0;
  for (j = 0; j + lanes <= n; j += lanes) {
    DK(lanes) weights;
    memcpy(&weights, logits + j, sizeof weights);
    parts += __builtin_convertvector(weights, lanes_d);
  }
  for (; j < n; j++) *sum += (double)logits[j];
  for (int l = 0; l < lanes; l++) *sum += parts[l];
  return m;
}

DK_CLONES static void DK(choose_strip)(const DK(affine_job) *k, long row, int count) {
  REAL logits[row_strip][class_block], largest[row_strip][most_blocks];
  double sums[row_strip][most_blocks];
  const REAL *x[row_strip];
  for (int r = 0; r < row_strip; r++) x[r] = k->x + (row + (r < count ? r : 0)) * k->inputs;
  int blocks = 0;
  for (long first = 0; first < k->classes; first += class_block, blocks++) {
    long n = dk_min(class_block, k->classes - first), at = 0;
    for (; at + strip <= n; at += strip) DK(strip_logits)(k, x, first + at, logits, at);
    for (int r = 0; r < count; r++) {
      if (at < n) DK(row_logits)(k, x[r], first + at, n - at, &logits[r][at]);
      largest[r][blocks] = DK(weigh)(n, logits[r], &sums[r][blocks]);
    }
  }
  for (int r = 0; r < count; r++) {
    word_d buffer[piece_d + chunk_d];
    REAL m = -(REAL)INFINITY;
    double total = 0, passed = 0;
    for (int b = 0; b < blocks; b++) m = largest[r][b] > m ? largest[r][b] : m;
    k->y[row + r] = 0;
    if (!(DK(absolute)(m) < (REAL)INFINITY)) continue;
    for (int b = 0; b < blocks; b++) {
      sums[r][b] *= (double)DK(exp_negative)(largest[r][b] - m);
      total += sums[r][b];
    }
    double bound = unit_d(*draw_d(k->key, (uint64_t)(row + r), 1, buffer)) * total;
    int chosen = 0;
    for (int b = 0; b < blocks; b++) {
      if (!(sums[r][b] > 0)) continue;
      chosen = b;
      if (passed + sums[r][b] > bound) break;
      passed += sums[r][b];
    }
    // Only the block that holds the draw is made again.
    long first = (long)chosen * class_block, n = dk_min(class_block, k->classes - first);
    double weight, scale = (double)DK(exp_negative)(largest[r][chosen] - m);
    DK(row_logits)(k, x[r], first, n, logits[0]);
    DK(weigh)(n, logits[0], &weight);
    for (long l = 0; l < n; l++) {
      if (logits[0][l] > 0) k->y[row + r] = (int32_t)(first + l);
      passed += (double)logits[0][l] * scale;
      if (passed > bound) break;
    }
  }
}

static void DK(affine_rows)(void *context, long start, long end) {
  const DK(affine_job) *k = context;
  for (long row = start; row < end; row += row_strip)
    DK(choose_strip)(k, row, (int)dk_min(row_strip, end - row));
}

bool DK(dk_affine_categorical)(
    uint64_t key, long rows, long inputs, long classes, const REAL *x, const REAL *weight,
    const REAL *bias, int32_t *y) {
  if (classes > (long)class_block * most_blocks) return false;
  DK(affine_job) k = {key, inputs, classes, x, weight, bias, y};
  dk_blocks(rows, dk_lines(classes * inputs / 16) * row_strip, DK(affine_rows), &k);
  return true;
}

#endif
