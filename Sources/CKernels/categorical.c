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
  long classes, logits_rows;
  const REAL *logits;
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

// MARK: Inverse CDF, few classes

/// The number of classes whose cumulated weight is at most u times the whole. The first class is
/// counted when its weight is 0, because u is positive, and the last one with a weight is not,
/// because u is less than 1.
DK_CLONES static void DK(invert_tile)(
    long classes, const REAL *const rows[16], const DK(word) *w, int count, int32_t *y) {
  REAL t[few_classes * 16], m[16], total[16], bound[16];
  int32_t chosen[16];
  DK(tile_in)(classes, rows, t);
  for (int r = 0; r < 16; r++) m[r] = -(REAL)INFINITY, total[r] = 0, chosen[r] = 0;
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) m[r] = t[j * 16 + r] > m[r] ? t[j * 16 + r] : m[r];
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) {
      total[r] += DK(exp_negative)(t[j * 16 + r] - m[r]);
      t[j * 16 + r] = total[r];
    }
  for (int r = 0; r < 16; r++) bound[r] = DK(unit)(w[r < count ? r : 0]) * total[r];
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) chosen[r] += t[j * 16 + r] <= bound[r];
  for (int r = 0; r < count; r++) y[r] = chosen[r];
}

// MARK: Inverse CDF, many classes

/// Weights are summed in double precision by blocks; the block that holds the draw is walked again.
DK_CLONES static int32_t DK(invert_row)(long classes, const REAL *logits, double u) {
  enum { block = 64 };
  REAL m = -(REAL)INFINITY, parts[block];
  for (int l = 0; l < block; l++) parts[l] = m;
  long j = 0;
  for (; j + block <= classes; j += block)
    for (int l = 0; l < block; l++) parts[l] = logits[j + l] > parts[l] ? logits[j + l] : parts[l];
  for (; j < classes; j++) m = logits[j] > m ? logits[j] : m;
  for (int l = 0; l < block; l++) m = parts[l] > m ? parts[l] : m;
  if (!(DK(absolute)(m) < (REAL)INFINITY)) return 0;

  double total = 0;
  for (int pass = 0;; pass++) {
    double sum = 0;
    for (j = 0; j < classes; j += block) {
      long n = dk_min(block, classes - j);
      for (long l = 0; l < n; l++) parts[l] = DK(exp_negative)(logits[j + l] - m);
      for (long l = n; l < block; l++) parts[l] = 0;
      double weight = 0;
      for (int l = 0; l < block; l++) weight += (double)parts[l];
      if (pass == 1 && sum + weight > u * total) {
        int32_t last = 0;
        for (long l = 0; l < n; l++) {
          if (parts[l] > 0) last = (int32_t)(j + l);
          sum += (double)parts[l];
          if (sum > u * total) break;
        }
        return last;
      }
      sum += weight;
    }
    total = sum;
  }
}

static void DK(categorical_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  word_d buffer[piece_d + chunk_d];
  if (k->classes > few_classes) {
    for (long r = start; r < end; r++)
      k->y[r] = DK(invert_row)(
          k->classes, k->logits + r % k->logits_rows * k->classes,
          unit_d(*draw_d(k->key, (uint64_t)r, 1, buffer)));
    return;
  }
  for (long i = start; i < end; i += DK(piece)) {
    long n = dk_min(DK(piece), end - i);
    const DK(word) *w = DK(draw)(k->key, (uint64_t)i, n, (DK(word) *)(void *)buffer);
    for (long r = 0; r < n; r += 16) {
      int count = (int)dk_min(16, n - r);
      const REAL *rows[16];
      DK(rows_at)(k, i + r, count, rows);
      DK(invert_tile)(k->classes, rows, w + r, count, k->y + i + r);
    }
  }
}

void DK(dk_categorical)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  DK(categorical_job) k = {key, classes, logits_rows, logits, y};
  dk_blocks(rows, (dk_lines(classes) + 63) / 64 * 64, DK(categorical_rows), &k);
}

// MARK: Gumbel-max

DK_CLONES static void DK(perturb)(
    long n, const REAL *restrict logits, const DK(word) *restrict w, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] = logits[i] + DK(gumbel)(w[i]);
}

/// The first place of the largest of each of sixteen rows.
DK_CLONES static void DK(best_of_tile)(
    long classes, const REAL *const rows[16], int count, int32_t *y) {
  REAL t[few_classes * 16], best[16];
  int32_t place[16];
  DK(tile_in)(classes, rows, t);
  for (int r = 0; r < 16; r++) best[r] = -(REAL)INFINITY, place[r] = 0;
  for (long j = 0; j < classes; j++)
    for (int r = 0; r < 16; r++) {
      bool better = t[j * 16 + r] > best[r];
      best[r] = better ? t[j * 16 + r] : best[r];
      place[r] = better ? (int32_t)j : place[r];
    }
  for (int r = 0; r < count; r++) y[r] = place[r];
}

static void DK(gumbel_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  long classes = k->classes;
  DK(word) buffer[DK(piece) + DK(chunk)];
  REAL perturbed[few_classes * 16];
  if (classes <= few_classes) {
    for (long row = start; row < end; row += 16) {
      int count = (int)dk_min(16, end - row);
      const REAL *logits[16], *rows[16];
      DK(rows_at)(k, row, count, logits);
      for (int r = 0; r < 16; r++) rows[r] = perturbed + (r < count ? r : 0) * classes;
      for (int r = 0; r < count;) {
        // Rows whose logits lie one behind the other, and whose words fit a piece, go together.
        int run = 1;
        while (r + run < count && logits[r + run] == logits[r] + run * classes
               && (run + 1) * classes <= DK(piece))
          run++;
        long n = run * classes;
        const DK(word) *w = DK(draw)(k->key, (uint64_t)((row + r) * classes), n, buffer);
        DK(perturb)(n, logits[r], w, perturbed + r * classes);
        r += run;
      }
      DK(best_of_tile)(classes, rows, count, k->y + row);
    }
    return;
  }
  for (long row = start; row < end; row++) {
    const REAL *logits = k->logits + row % k->logits_rows * classes;
    REAL best = -(REAL)INFINITY;
    int32_t place = 0;
    for (long j = 0; j < classes; j += few_classes) {
      long n = dk_min(few_classes, classes - j);
      DK(perturb)(
          n, logits + j, DK(draw)(k->key, (uint64_t)(row * classes + j), n, buffer), perturbed);
      for (long i = 0; i < n; i++)
        if (perturbed[i] > best) best = perturbed[i], place = (int32_t)(j + i);
    }
    k->y[row] = place;
  }
}

void DK(dk_categorical_gumbel)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  DK(categorical_job) k = {key, classes, logits_rows, logits, y};
  dk_blocks(rows, (dk_lines(classes) + 15) / 16 * 16, DK(gumbel_rows), &k);
}

#endif
