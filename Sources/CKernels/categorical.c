#ifndef REAL

#include "philox.h"
#include "tile.h"

// Up to this many classes rows are drawn sixteen at a time.
enum { few_classes = 128 };

#define DK_SOURCE "categorical.c"
#include "twice.h"

#else

typedef struct {
  uint64_t key;
  long classes, logits_rows, blocks;
  const REAL *logits;
  /// Of rows that are drawn from more than once: the sums up to the end of each block, and the
  /// largest logit.
  double *ends;
  REAL *largest;
  int32_t *y;
} DK(categorical_job);

/// Rows row, row + 1, ...; beyond `count` the first one stands in.
DK_INLINE void DK(rows_at)(
    const DK(categorical_job) *k, long row, int count, const REAL *rows[16]) {
  for (int r = 0; r < 16; r++) {
    long at = r < count ? row + r : row;
    rows[r] = k->logits + (at < k->logits_rows ? at : at % k->logits_rows) * k->classes;
  }
}

// MARK: Inverse CDF, many classes

// Weights are summed in double precision by blocks; only the block that holds a draw is walked
// through.
enum { DK(block) = 64 };

DK_CLONES static REAL DK(largest_of)(long classes, const REAL *logits) {
  REAL m = -(REAL)INFINITY, parts[DK(block)];
  for (int l = 0; l < DK(block); l++) parts[l] = m;
  long j = 0;
  for (; j + DK(block) <= classes; j += DK(block))
    for (int l = 0; l < DK(block); l++)
      parts[l] = logits[j + l] > parts[l] ? logits[j + l] : parts[l];
  for (; j < classes; j++) m = logits[j] > m ? logits[j] : m;
  for (int l = 0; l < DK(block); l++) m = parts[l] > m ? parts[l] : m;
  return m;
}

/// The weights of one block, and their sum.
DK_INLINE double DK(weigh_block)(long n, const REAL *logits, REAL m, REAL weights[DK(block)]) {
  for (long l = 0; l < n; l++) weights[l] = DK(exp_negative)(logits[l] - m);
  for (long l = n; l < DK(block); l++) weights[l] = 0;
  double parts[16], sum = 0;
  for (int l = 0; l < 16; l++) parts[l] = (double)weights[l];
  for (int i = 16; i < DK(block); i += 16)
    for (int l = 0; l < 16; l++) parts[l] += (double)weights[i + l];
  for (int l = 0; l < 16; l++) sum += parts[l];
  return sum;
}

/// The sums of the weights up to the end of each block; the last is that of all.
DK_CLONES static void DK(sum_blocks)(long classes, const REAL *logits, REAL m, double *ends) {
  REAL weights[DK(block)];
  double sum = 0;
  for (long j = 0; j < classes; j += DK(block)) {
    sum += DK(weigh_block)(dk_min(DK(block), classes - j), logits + j, m, weights);
    *ends++ = sum;
  }
}

/// The first of n classes whose weight, with all before it, exceeds `bound`, or the last that has a
/// weight.
DK_INLINE int32_t DK(pick)(
    long n, long first, const REAL weights[DK(block)], double before, double bound) {
  int32_t last = 0;
  for (long l = 0; l < n; l++) {
    if (weights[l] > 0) last = (int32_t)(first + l);
    before += (double)weights[l];
    if (before > bound) break;
  }
  return last;
}

/// A draw from sums of blocks, by bisection.
DK_CLONES static int32_t DK(search)(
    long classes, const REAL *logits, REAL m, const double *ends, double u) {
  REAL weights[DK(block)];
  if (!(DK(absolute)(m) < (REAL)INFINITY)) return 0;
  long blocks = (classes + DK(block) - 1) / DK(block), low = 0, high = blocks - 1;
  double bound = u * ends[blocks - 1];
  while (low < high) {
    long middle = (low + high) / 2;
    if (ends[middle] > bound) high = middle;
    else low = middle + 1;
  }
  long first = low * DK(block), n = dk_min(DK(block), classes - first);
  DK(weigh_block)(n, logits + first, m, weights);
  return DK(pick)(n, first, weights, low > 0 ? ends[low - 1] : 0, bound);
}

/// A draw that walks the row twice, with nothing stored.
DK_CLONES static int32_t DK(invert_row)(long classes, const REAL *logits, double u) {
  REAL m = DK(largest_of)(classes, logits), weights[DK(block)];
  if (!(DK(absolute)(m) < (REAL)INFINITY)) return 0;
  double total = 0, before = 0;
  for (long j = 0; j < classes; j += DK(block))
    total += DK(weigh_block)(dk_min(DK(block), classes - j), logits + j, m, weights);
  for (long j = 0;; j += DK(block)) {
    long n = dk_min(DK(block), classes - j);
    double sum = DK(weigh_block)(n, logits + j, m, weights);
    // The last block holds whatever is left, also where a logit is not a number.
    if (before + sum > u * total || j + n == classes)
      return DK(pick)(n, j, weights, before, u * total);
    before += sum;
  }
}

// MARK: Inverse CDF, few classes

/// The number of classes whose cumulated weight is at most u times the whole, and whether rounding
/// may have changed any row's; such a row gets -1.
///
/// Sums and uniforms of single precision have the tail of a row wrong where one class dwarfs the
/// rest; rows so near the border of a class are drawn again in double precision. In double
/// precision no number of draws would show it.
DK_CLONES static bool DK(invert_tile)(
    long classes, const REAL *const rows[16], const DK(word) *w, int count, int32_t *y) {
  REAL t[few_classes * 16], m[16], total[16], low[16], high[16];
  int32_t chosen[16], upper[16], doubtful = 0;
  // Of the sum's rounding, that of the weights, and that of the word.
  const REAL doubt = DK_SINGLE ? (REAL)(classes + 4) * (REAL)1.1920929e-7 : 0;
  DK(tile_in)(classes, rows, t);
  for (int r = 0; r < 16; r++) m[r] = -(REAL)INFINITY, total[r] = 0, chosen[r] = upper[r] = 0;
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) m[r] = t[j * 16 + r] > m[r] ? t[j * 16 + r] : m[r];
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) {
      total[r] += DK(exp_negative)(t[j * 16 + r] - m[r]);
      t[j * 16 + r] = total[r];
    }
  for (int r = 0; r < 16; r++) {
    REAL u = DK(unit)(w[r < count ? r : 0]);
    low[r] = (u - doubt) * total[r];
    high[r] = (u + doubt) * total[r];
  }
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) {
      chosen[r] += t[j * 16 + r] <= low[r];
      upper[r] += t[j * 16 + r] <= high[r];
    }
  for (int r = 0; r < 16; r++) {
    doubtful |= chosen[r] ^ upper[r];
    chosen[r] = chosen[r] == upper[r] ? chosen[r] : -1;
  }
  for (int r = 0; r < count; r++) y[r] = chosen[r];
  return doubtful;
}

static void DK(categorical_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  word_d buffer[piece_d + chunk_d];
  if (k->classes > few_classes) {
    for (long r = start; r < end; r++) {
      long row = r % k->logits_rows;
      const REAL *logits = k->logits + row * k->classes;
      double u = unit_d(*draw_d(k->key, (uint64_t)r, 1, buffer));
      k->y[r] = k->ends ? DK(search)(k->classes, logits, k->largest[row], k->ends + row * k->blocks, u)
                        : DK(invert_row)(k->classes, logits, u);
    }
    return;
  }
  for (long i = start; i < end; i += DK(piece)) {
    long n = dk_min(DK(piece), end - i);
    const DK(word) *w = DK(draw)(k->key, (uint64_t)i, n, (DK(word) *)(void *)buffer);
    for (long r = 0; r < n; r += 16) {
      int count = (int)dk_min(16, n - r);
      const REAL *rows[16];
      int32_t *y = k->y + i + r;
      DK(rows_at)(k, i + r, count, rows);
      if (!DK(invert_tile)(k->classes, rows, w + r, count, y)) continue;
      for (int l = 0; l < count; l++) {
        if (y[l] >= 0) continue;
#if DK_SINGLE
        double u = refined(k->key, (uint64_t)(i + r + l), w[r + l]);
#else
        double u = unit_d(w[r + l]);
#endif
        y[l] = DK(invert_row)(k->classes, rows[l], u);
      }
    }
  }
}

static void DK(prepare_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  for (long r = start; r < end; r++) {
    const REAL *logits = k->logits + r * k->classes;
    k->largest[r] = DK(largest_of)(k->classes, logits);
    DK(sum_blocks)(k->classes, logits, k->largest[r], k->ends + r * k->blocks);
  }
}

void DK(dk_categorical)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  long blocks = (classes + DK(block) - 1) / DK(block);
  DK(categorical_job) k = {key, classes, logits_rows, blocks, logits, NULL, NULL, y};
  // Rows that are drawn from again and again are summed once.
  bool is_shared = classes > few_classes && rows > logits_rows;
  size_t bytes = (size_t)logits_rows * ((size_t)blocks * sizeof(double) + sizeof(REAL));
  if (is_shared) {
    k.ends = dk_allocate(bytes);
    k.largest = (REAL *)(void *)(k.ends + logits_rows * blocks);
    dk_blocks(logits_rows, dk_lines(classes), DK(prepare_rows), &k);
  }
  long work = is_shared ? DK(block) : classes;
  dk_blocks(rows, (dk_lines(work) + 63) / 64 * 64, DK(categorical_rows), &k);
  if (is_shared) dk_release(k.ends, bytes);
}

// MARK: Gumbel-max

/// The first place of the largest sum of logit and Gumbel in each of sixteen rows.
///
/// The largest logit is subtracted first: noise added to a large number would lose its digits.
DK_CLONES static void DK(best_of_tile)(
    long classes, const REAL *const rows[16], const REAL *const gumbels[16], int count,
    int32_t *y) {
  REAL t[few_classes * 16], noise[few_classes * 16], m[16], best[16];
  int32_t place[16];
  DK(tile_in)(classes, rows, t);
  DK(tile_in)(classes, gumbels, noise);
  for (int r = 0; r < 16; r++) m[r] = best[r] = -(REAL)INFINITY, place[r] = 0;
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) m[r] = t[j * 16 + r] > m[r] ? t[j * 16 + r] : m[r];
  for (int r = 0; r < 16; r++) m[r] = DK(absolute)(m[r]) < (REAL)INFINITY ? m[r] : 0;
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) {
      REAL key = t[j * 16 + r] - m[r] + noise[j * 16 + r];
      bool better = key > best[r];
      best[r] = better ? key : best[r];
      place[r] = better ? (int32_t)j : place[r];
    }
  for (int r = 0; r < count; r++) y[r] = place[r];
}

static void DK(gumbel_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  long classes = k->classes;
  REAL gumbels[few_classes * 16];
  if (classes <= few_classes) {
    for (long row = start; row < end; row += 16) {
      int count = (int)dk_min(16, end - row);
      const REAL *logits[16], *noise[16];
      DK(rows_at)(k, row, count, logits);
      DK(dk_gumbel_here)(k->key, (uint64_t)(row * classes), count * classes, gumbels);
      for (int r = 0; r < 16; r++) noise[r] = gumbels + (r < count ? r : 0) * classes;
      DK(best_of_tile)(classes, logits, noise, count, k->y + row);
    }
    return;
  }
  for (long row = start; row < end; row++) {
    const REAL *logits = k->logits + row % k->logits_rows * classes;
    REAL best = -(REAL)INFINITY, m = DK(largest_of)(classes, logits);
    int32_t place = 0;
    m = DK(absolute)(m) < (REAL)INFINITY ? m : 0;
    for (long j = 0; j < classes; j += few_classes) {
      long n = dk_min(few_classes, classes - j);
      DK(dk_gumbel_here)(k->key, (uint64_t)(row * classes + j), n, gumbels);
      for (long i = 0; i < n; i++) {
        REAL key = logits[j + i] - m + gumbels[i];
        if (key > best) best = key, place = (int32_t)(j + i);
      }
    }
    k->y[row] = place;
  }
}

void DK(dk_categorical_gumbel)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  DK(categorical_job) k = {key, classes, logits_rows, 0, logits, NULL, NULL, y};
  dk_blocks(rows, (dk_lines(classes) + 15) / 16 * 16, DK(gumbel_rows), &k);
}

#endif
