#ifndef REAL

#include "philox.h"

/// A word is below the threshold with probability p, to 2^-32.
static uint64_t threshold(double p) {
  return p >= 1 ? (uint64_t)1 << 32 : p > 0 ? (uint64_t)(p * 4294967296.0 + 0.5) : 0;
}

typedef struct {
  uint64_t key, below;
  uint8_t *y;
} bytes_job;

DK_CLONES static void bytes_below(long n, const uint32_t *words, uint32_t below, uint8_t *y) {
  for (long i = 0; i < n; i++) y[i] = words[i] < below;
}

static void bytes_block(void *context, long start, long end) {
  const bytes_job *k = context;
  if (k->below >> 32) {
    memset(k->y + start, 1, (size_t)(end - start));
    return;
  }
  uint32_t buffer[piece + chunk];
  for (long i = start; i < end; i += piece) {
    long n = dk_min(piece, end - i);
    bytes_below(n, dk_piece(k->key, (uint64_t)i, n, buffer), (uint32_t)k->below, k->y + i);
  }
}

void dk_bernoulli_bytes(uint64_t key, long n, double p, uint8_t *y) {
  bytes_job k = {key, threshold(p), y};
  dk_blocks(n, task_words, bytes_block, &k);
}


#define DK_SOURCE "bernoulli.c"
#include "twice.h"

#else

DK_CLONES static void DK(below)(
    long n, const uint32_t *restrict words, uint32_t below, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] = words[i] < below ? 1 : 0;
}

// A bit of probability p above a half is zero where the word, counted from its other end, is below
// 1 - p: so the rarer outcome has its digits, whichever it is.

DK_CLONES static void DK(below_probabilities)(
    long n, const DK(word) *restrict w, const REAL *restrict p, REAL *restrict y) {
  for (long i = 0; i < n; i++) {
    bool is_rare = !(p[i] > (REAL)0.5);
    y[i] = (DK(fraction)(is_rare ? w[i] : ~w[i]) < (is_rare ? p[i] : 1 - p[i])) == is_rare ? 1 : 0;
  }
}

DK_CLONES static void DK(below_logits)(
    long n, const DK(word) *restrict w, const REAL *restrict l, REAL *restrict y) {
  for (long i = 0; i < n; i++) {
    bool is_rare = !(l[i] > 0);
    REAL e = DK(exp_negative)(-DK(absolute)(l[i]));
    y[i] = (DK(fraction)(is_rare ? w[i] : ~w[i]) < e / (1 + e)) == is_rare ? 1 : 0;
  }
}

#if DK_SINGLE

/// Draws again, with further bits, where a word is so small that 32 bits are too few.
static void refine_bits(
    uint64_t key, uint64_t element, bool logits, long n, const word_f *w, const float *p, float *y) {
  for (long i = 0; i < n; i++) {
    bool is_rare = !(p[i] > (logits ? 0 : 0.5f));
    word_f word = is_rare ? w[i] : ~w[i];
    if (word >= near_zero) continue;
    double odds = exp(-fabs((double)p[i]));
    double rare = logits ? odds / (1 + odds) : is_rare ? (double)p[i] : 1 - (double)p[i];
    y[i] = (refined(key, element + (uint64_t)i, word) < rare) == is_rare ? 1 : 0;
  }
}

/// Whether a word is near either end.
DK_CLONES static bool any_near_end(long n, const word_f *restrict w) {
  word_f least = UINT32_MAX;
  for (long i = 0; i < n; i++) least = w[i] + near_zero < least ? w[i] + near_zero : least;
  return least < 2 * near_zero;
}

#endif

typedef struct {
  uint64_t key, below;
  long period;
  bool logits;
  const REAL *p;
  REAL *y;
} DK(bernoulli_job);

static void DK(bernoulli_block)(void *context, long start, long end) {
  const DK(bernoulli_job) *k = context;
  if (!k->p) {
    if (k->below >> 32) {
      DK(dk_fill)(end - start, 1, k->y + start);
      return;
    }
    uint32_t buffer[piece + chunk];
    for (long i = start; i < end; i += piece) {
      long n = dk_min(piece, end - i);
      DK(below)(n, dk_piece(k->key, (uint64_t)i, n, buffer), (uint32_t)k->below, k->y + i);
    }
    return;
  }
  DK(word) buffer[DK(piece) + DK(chunk)];
  for (long i = start; i < end;) {
    long at = i % k->period;
    long n = dk_min(DK(piece), end - i);
    const DK(word) *w = DK(draw)(k->key, (uint64_t)i, n, buffer);
#if DK_SINGLE
    bool is_doubtful = any_near_end(n, w);
#endif
    for (long j = 0; j < n;) {
      long run = dk_min(n - j, k->period - at);
      if (k->logits) DK(below_logits)(run, w + j, k->p + at, k->y + i + j);
      else DK(below_probabilities)(run, w + j, k->p + at, k->y + i + j);
#if DK_SINGLE
      if (is_doubtful)
        refine_bits(
            k->key, (uint64_t)(i + j), k->logits, run, w + j, k->p + at, k->y + i + j);
#endif
      j += run;
      at = 0;
    }
    i += n;
  }
}

void DK(dk_bernoulli)(uint64_t key, long n, double p, REAL *y) {
  DK(bernoulli_job) k = {key, threshold(p), 0, false, NULL, y};
  dk_blocks(n, task_words, DK(bernoulli_block), &k);
}

void DK(dk_bernoulli_probabilities)(
    uint64_t key, long rows, long n, const REAL *probabilities, long probability_rows, REAL *y) {
  DK(bernoulli_job) k = {key, 0, probability_rows * n, false, probabilities, y};
  dk_blocks(rows * n, task_words, DK(bernoulli_block), &k);
}

void DK(dk_bernoulli_logits)(
    uint64_t key, long rows, long n, const REAL *logits, long logits_rows, REAL *y) {
  DK(bernoulli_job) k = {key, 0, logits_rows * n, true, logits, y};
  dk_blocks(rows * n, task_words, DK(bernoulli_block), &k);
}

// MARK: Binarization

DK_CLONES static void DK(binarize)(
    long n, const uint32_t *restrict words, const uint8_t *restrict intensity, REAL *restrict y) {
  // floor(255 w / 2^32) is uniform on 0..<255 but for 2^-32.
  for (long i = 0; i < n; i++)
    y[i] = (uint32_t)((uint64_t)words[i] * 255 >> 32) < intensity[i] ? 1 : 0;
}

typedef struct {
  uint64_t key, offset;
  const uint8_t *intensity;
  REAL *y;
} DK(binarize_job);

static void DK(binarize_block)(void *context, long start, long end) {
  const DK(binarize_job) *k = context;
  uint32_t buffer[piece + chunk];
  for (long i = start; i < end; i += piece) {
    long n = dk_min(piece, end - i);
    const uint32_t *w = dk_piece(k->key, k->offset + (uint64_t)i, n, buffer);
    DK(binarize)(n, w, k->intensity + i, k->y + i);
  }
}

void DK(dk_binarize)(uint64_t key, uint64_t offset, long n, const uint8_t *intensity, REAL *y) {
  DK(binarize_job) k = {key, offset, intensity, y};
  dk_blocks(n, task_words, DK(binarize_block), &k);
}

#endif
