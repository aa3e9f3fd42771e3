#ifndef REAL

#include "philox.h"

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011).
enum { rounds = 10 };
static const uint32_t multiplier0 = 0xD2511F53u, multiplier1 = 0xCD9E8D57u;
static const uint32_t weyl0 = 0x9E3779B9u, weyl1 = 0xBB67AE85u;

typedef uint64_t wide __attribute__((ext_vector_type(lanes)));
typedef uint32_t narrow __attribute__((ext_vector_type(lanes)));

/// The 64 words of one chunk: sixteen blocks side by side.
DK_INLINE void words_of_chunk(uint64_t key, uint64_t index, uint32_t *restrict y) {
  uint64_t first = index * lanes;
  // One word to a 64-bit lane, where a multiplication leaves both halves of its product; what
  // stands above the low half of a lane never matters. The sixteen counters of a chunk share their
  // high word.
  wide a = (wide){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + first;
  wide b = (wide)(first >> 32), c = 0, d = 0;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
  for (int r = 0; r < rounds; r++, k0 += weyl0, k1 += weyl1) {
    wide p = (a & 0xffffffffu) * (uint64_t)multiplier0;
    wide q = (c & 0xffffffffu) * (uint64_t)multiplier1;
    a = (q >> 32) ^ b ^ k0;
    b = q;
    c = (p >> 32) ^ d ^ k1;
    d = p;
  }
  narrow out[4] = {
      __builtin_convertvector(a, narrow), __builtin_convertvector(b, narrow),
      __builtin_convertvector(c, narrow), __builtin_convertvector(d, narrow)};
  memcpy(y, out, sizeof out);
}

/// n whole chunks.
DK_CLONES static void words(uint64_t key, uint64_t index, long n, uint32_t *y) {
  for (long i = 0; i < n; i++) words_of_chunk(key, index + (uint64_t)i, y + i * chunk);
}

const uint32_t *dk_piece(uint64_t key, uint64_t offset, long n, uint32_t buffer[piece + chunk]) {
  long skipped = (long)(offset % chunk);
  words(key, offset / chunk, (skipped + n + chunk - 1) / chunk, buffer);
  return buffer + skipped;
}

typedef struct {
  uint64_t key, offset;
  uint32_t *y;
} words_job;

static void words_block(void *context, long start, long end) {
  const words_job *k = context;
  uint32_t buffer[piece + chunk];
  for (long i = start; i < end; i += piece) {
    long n = dk_min(piece, end - i);
    memcpy(k->y + i, dk_piece(k->key, k->offset + (uint64_t)i, n, buffer), (size_t)n * 4);
  }
}

void dk_random_words(uint64_t key, uint64_t offset, long n, uint32_t *y) {
  words_job k = {key, offset, y};
  dk_blocks(n, task_words, words_block, &k);
}

typedef enum { uniform, exponential, gumbel, logistic, normal } law;

// MARK: Sine and cosine of a quarter turn's neighborhood, |r| <= pi / 4

DK_INLINE float sine_f(float r) {
  float z = r * r, p = -1.9515295891e-4f;
  p = p * z + 8.3321608736e-3f;
  p = p * z - 1.6666654611e-1f;
  return p * z * r + r;
}
DK_INLINE float cosine_f(float r) {
  float z = r * r, p = 2.443315711809948e-5f;
  p = p * z - 1.388731625493765e-3f;
  p = p * z + 4.166664568298827e-2f;
  return p * z * z - 0.5f * z + 1.0f;
}
DK_INLINE double sine_d(double r) {
  double z = r * r, p = -1.0 / 1307674368000;
  p = p * z + 1.0 / 6227020800;
  p = p * z - 1.0 / 39916800;
  p = p * z + 1.0 / 362880;
  p = p * z - 1.0 / 5040;
  p = p * z + 1.0 / 120;
  p = p * z - 1.0 / 6;
  return p * z * r + r;
}
DK_INLINE double cosine_d(double r) {
  double z = r * r, p = 1.0 / 20922789888000;
  p = p * z - 1.0 / 87178291200;
  p = p * z + 1.0 / 479001600;
  p = p * z - 1.0 / 3628800;
  p = p * z + 1.0 / 40320;
  p = p * z - 1.0 / 720;
  p = p * z + 1.0 / 24;
  return p * z * z - 0.5 * z + 1.0;
}

#define DK_SOURCE "random.c"
#include "twice.h"

#else

REAL DK(dk_word_uniform)(DK(word) w) { return DK(unit)(w); }
REAL DK(dk_word_fraction)(DK(word) w) { return DK(fraction)(w); }
REAL DK(dk_word_exponential)(DK(word) w) { return DK(exponential)(w); }
REAL DK(dk_word_gumbel)(DK(word) w) { return DK(gumbel)(w); }

#if DK_SINGLE

/// Whether a word is near an end of the unit interval, which is where 32 bits are too few.
static bool is_near_end(word_f w) { return w + near_one < near_one + near_zero; }

/// The words nearest to an end, as one smallest number.
DK_CLONES static word_f nearest_to_end(long n, const word_f *restrict w) {
  word_f least = UINT32_MAX;
  for (long i = 0; i < n; i++) least = w[i] + near_one < least ? w[i] + near_one : least;
  return least - near_one;
}

/// Replaces what words near an end were made into.
static void refine(law l, uint64_t key, uint64_t offset, long n, const word_f *w, float *y) {
  if (!is_near_end(nearest_to_end(n, w))) return;
  for (long i = 0; i < n; i++) {
    if (!is_near_end(w[i])) continue;
    double e = refined_exponential(key, offset + (uint64_t)i, w[i]);
    // The logarithm of the odds of t, where e = -log(1 - t).
    y[i] = (float)(l == exponential ? e : l == gumbel ? -log(e) : log(expm1(e)));
  }
}

#endif

DK_CLONES static void DK(transform)(
    law l, long n, const DK(word) *restrict w, REAL *restrict y) {
  switch (l) {
    case uniform:
      for (long i = 0; i < n; i++) y[i] = DK(unit)(w[i]);
      break;
    case exponential:
      for (long i = 0; i < n; i++) y[i] = DK(exponential)(w[i]);
      break;
    case gumbel:
      for (long i = 0; i < n; i++) y[i] = DK(gumbel)(w[i]);
      break;
    case logistic:
      for (long i = 0; i < n; i++) y[i] = DK(logistic)(w[i]);
      break;
    case normal:
      // Box and Muller, whole chunks: the first half of a chunk gives radii, the second angles.
      for (long start = 0; start < n; start += DK(chunk)) {
        enum { half = DK(chunk) / 2 };
        for (long i = start; i < start + half; i++) {
          REAL radius = __builtin_elementwise_sqrt(2 * DK(exponential)(w[i]));
          REAL turn = 4 * DK(unit)(w[i + half]);
          REAL quarters = __builtin_elementwise_floor(turn + (REAL)0.5);
          REAL r = (turn - quarters) * (REAL)1.5707963267948966;
          REAL s = DK(sine)(r), c = DK(cosine)(r);
          int q = (int)quarters;
          REAL across = q & 1 ? c : s, along = q & 1 ? s : c;
          y[i] = radius * ((q + 1) & 2 ? -along : along);
          y[i + half] = radius * (q & 2 ? -across : across);
        }
      }
      break;
  }
}

typedef struct {
  law l;
  uint64_t key, offset;
  REAL *y;
} DK(law_job);

static void DK(law_block)(void *context, long start, long end) {
  const DK(law_job) *k = context;
  DK(word) buffer[DK(piece) + DK(chunk)];
  REAL whole[DK(piece) + DK(chunk)];
  for (long i = start; i < end; i += DK(piece)) {
    long n = dk_min(DK(piece), end - i);
    uint64_t offset = k->offset + (uint64_t)i;
    if (k->l != normal) {
      const DK(word) *w = DK(draw)(k->key, offset, n, buffer);
      DK(transform)(k->l, n, w, k->y + i);
#if DK_SINGLE
      if (k->l != uniform) refine(k->l, k->key, offset, n, w, k->y + i);
#endif
      continue;
    }
    long skipped = (long)(offset % DK(chunk));
    long chunks = (skipped + n + DK(chunk) - 1) / DK(chunk);
    const DK(word) *w = DK(draw)(k->key, offset - (uint64_t)skipped, chunks * DK(chunk), buffer);
    DK(transform)(normal, chunks * DK(chunk), w, whole);
    memcpy(k->y + i, whole + skipped, (size_t)n * sizeof(REAL));
  }
}

static void DK(run_law)(law l, uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(law_job) k = {l, key, offset, y};
  dk_blocks(n, task_words * DK(chunk) / chunk, DK(law_block), &k);
}

void DK(dk_gumbel_here)(uint64_t key, uint64_t offset, long n, REAL *y) {
  // The block writes y[i - start]; offsets count from the job's own.
  DK(law_job) k = {gumbel, key, offset, y};
  DK(law_block)(&k, 0, n);
}

void DK(dk_random_uniform)(uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(run_law)(uniform, key, offset, n, y);
}
void DK(dk_random_exponential)(uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(run_law)(exponential, key, offset, n, y);
}
void DK(dk_random_gumbel)(uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(run_law)(gumbel, key, offset, n, y);
}
void DK(dk_random_logistic)(uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(run_law)(logistic, key, offset, n, y);
}
void DK(dk_random_normal)(uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(run_law)(normal, key, offset, n, y);
}

#endif
