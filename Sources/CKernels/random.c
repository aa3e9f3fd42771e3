#ifndef REAL

#include "functions.h"

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011).
enum { rounds = 10, lanes = 16, chunk = 4 * lanes };
static const uint32_t multiplier0 = 0xD2511F53u, multiplier1 = 0xCD9E8D57u;
static const uint32_t weyl0 = 0x9E3779B9u, weyl1 = 0xBB67AE85u;

void dk_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int r = 0; r < rounds; r++, k0 += weyl0, k1 += weyl1) {
    uint64_t p = (uint64_t)multiplier0 * a, q = (uint64_t)multiplier1 * c;
    a = (uint32_t)(q >> 32) ^ b ^ k0;
    b = (uint32_t)q;
    c = (uint32_t)(p >> 32) ^ d ^ k1;
    d = (uint32_t)p;
  }
  out[0] = a, out[1] = b, out[2] = c, out[3] = d;
}

/// The 64 words of one chunk: sixteen blocks side by side.
DK_INLINE void words_of_chunk(uint64_t key, uint64_t index, uint32_t *restrict y) {
  uint32_t a[lanes], b[lanes], c[lanes], d[lanes];
  uint64_t first = index * lanes;
  // The sixteen counters of a chunk share their high word.
  for (int l = 0; l < lanes; l++) {
    a[l] = (uint32_t)first + (uint32_t)l;
    b[l] = (uint32_t)(first >> 32);
    c[l] = d[l] = 0;
  }
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
  for (int r = 0; r < rounds; r++, k0 += weyl0, k1 += weyl1) {
    for (int l = 0; l < lanes; l++) {
      uint64_t p = (uint64_t)multiplier0 * a[l], q = (uint64_t)multiplier1 * c[l];
      a[l] = (uint32_t)(q >> 32) ^ b[l] ^ k0;
      b[l] = (uint32_t)q;
      c[l] = (uint32_t)(p >> 32) ^ d[l] ^ k1;
      d[l] = (uint32_t)p;
    }
  }
  for (int l = 0; l < lanes; l++) {
    y[l] = a[l];
    y[lanes + l] = b[l];
    y[2 * lanes + l] = c[l];
    y[3 * lanes + l] = d[l];
  }
}

/// n whole chunks.
DK_CLONES static void words(uint64_t key, uint64_t index, long n, uint32_t *y) {
  for (long i = 0; i < n; i++) words_of_chunk(key, index + (uint64_t)i, y + i * chunk);
}

// Elements are made in pieces of this many words, which stay in the first-level cache.
enum { piece_chunks = 32, piece = piece_chunks * chunk, task_words = 8 * piece };

/// The words offset..<offset + n, n at most `piece`, behind the returned pointer.
static const uint32_t *piece_words(
    uint64_t key, uint64_t offset, long n, uint32_t buffer[piece + chunk]) {
  uint64_t index = offset / chunk;
  long skipped = (long)(offset % chunk);
  words(key, index, (skipped + n + chunk - 1) / chunk, buffer);
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
    memcpy(k->y + i, piece_words(k->key, k->offset + (uint64_t)i, n, buffer), (size_t)n * 4);
  }
}

void dk_random_words(uint64_t key, uint64_t offset, long n, uint32_t *y) {
  words_job k = {key, offset, y};
  dk_blocks(n, task_words, words_block, &k);
}

typedef enum { uniform, exponential, gumbel, normal } law;

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
    bytes_below(n, piece_words(k->key, (uint64_t)i, n, buffer), (uint32_t)k->below, k->y + i);
  }
}

void dk_bernoulli_bytes(uint64_t key, long n, double p, uint8_t *y) {
  bytes_job k = {key, threshold(p), y};
  dk_blocks(n, task_words, bytes_block, &k);
}


#define DK_SOURCE "random.c"
#include "twice.h"

#else

#if DK_SINGLE
enum { DK(words_each) = 1 };

/// Open interval, 23 bits.
DK_INLINE float DK(unit)(uint32_t w) {
  return from_bits_f(0x3f800000u | w >> 9) - (1.0f - 5.9604645e-8f);
}
/// In (0, 1), floating: small values keep 24 significant bits.
DK_INLINE float DK(fraction)(uint32_t w) {
  float t = ((float)(int32_t)(w >> 8) * 256.0f + ((float)(int32_t)(w & 255) + 0.5f)) * 2.3283064e-10f;
  return t < 0.99999994f ? t : 0.99999994f;
}
typedef uint32_t DK(word);
#else
enum { DK(words_each) = 2 };
DK_INLINE double DK(unit)(uint64_t w) {
  return from_bits_d(0x3ff0000000000000ull | w >> 12) - (1.0 - 1.1102230246251565e-16);
}
DK_INLINE double DK(half_word)(uint64_t w) {
  return from_bits_d(w | bits_d(4503599627370496.0)) - 4503599627370496.0;
}
DK_INLINE double DK(fraction)(uint64_t w) {
  double t = (DK(half_word)(w >> 32) * 4294967296.0 + (DK(half_word)(w & 0xffffffffu) + 0.5))
             * 5.421010862427522e-20;
  return t < 0.99999999999999989 ? t : 0.99999999999999989;
}
typedef uint64_t DK(word);
#endif

// The uniform of an element, as an integer as wide as the element: element e takes word e in single precision; in
// double precision the words 2e (high) and 2e + 1.
enum { DK(piece) = piece / DK(words_each) };

typedef struct {
  DK(word) words[DK(piece) + chunk];
} DK(buffer);

static const DK(word) *DK(draw)(uint64_t key, uint64_t offset, long n, DK(buffer) *buffer) {
#if DK_SINGLE
  return piece_words(key, offset, n, buffer->words);
#else
  return (const uint64_t *)piece_words(key, 2 * offset, 2 * n, (uint32_t *)buffer->words);
#endif
}

DK_INLINE REAL DK(exponential)(DK(word) w) {
  // -log(1 - t), without what 1 - t would lose of a small t.
  REAL t = DK(fraction)(w), u = 1 - t, m;
  REAL k = DK_SINGLE ? (REAL)split_f((float)u, (float *)&m) : 0;
#if !DK_SINGLE
  k = split_d(u, &m);
#endif
  return -DK(log_reduced)(k == 0 ? -t : m - 1, k);
}

DK_CLONES static void DK(transform)(law l, long n, const DK(word) *restrict w, REAL *restrict y) {
  switch (l) {
    case uniform:
      for (long i = 0; i < n; i++) y[i] = DK(unit)(w[i]);
      break;
    case exponential:
      for (long i = 0; i < n; i++) y[i] = DK(exponential)(w[i]);
      break;
    case gumbel:
      for (long i = 0; i < n; i++) y[i] = -DK(log_normal)(DK(exponential)(w[i]));
      break;
    case normal:
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
  DK(buffer) buffer;
  for (long i = start; i < end; i += DK(piece)) {
    long n = dk_min(DK(piece), end - i);
    DK(transform)(
        k->l, n, DK(draw)(k->key, k->offset + (uint64_t)i, n, &buffer), k->y + i);
  }
}

static void DK(run_law)(law l, uint64_t key, uint64_t offset, long n, REAL *y) {
  DK(law_job) k = {l, key, offset, y};
  dk_blocks(n, task_words / DK(words_each), DK(law_block), &k);
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

// MARK: Normal, by Box-Muller: element 2j and 2j + 1 share a radius from an exponential and an angle

void DK(dk_random_normal)(uint64_t key, uint64_t offset, long n, REAL *y) {
  for (long i = 0; i < n; i++) {
    uint64_t e = offset + (uint64_t)i, pair = e / 2 * 2;
    DK(buffer) buffer;
    const DK(word) *w = DK(draw)(key, pair, 2, &buffer);
    REAL radius = __builtin_elementwise_sqrt(2 * DK(exponential)(w[0]));
    REAL angle = (REAL)6.283185307179586 * DK(unit)(w[1]);
    y[i] = radius * (e % 2 ? __builtin_elementwise_sin(angle) : __builtin_elementwise_cos(angle));
  }
}

// MARK: Bernoulli

DK_CLONES static void DK(below)(
    long n, const uint32_t *restrict words, uint32_t below, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] = words[i] < below ? 1 : 0;
}

DK_CLONES static void DK(below_probabilities)(
    long n, const DK(word) *restrict w, const REAL *restrict p, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] = DK(fraction)(w[i]) < p[i] ? 1 : 0;
}

DK_CLONES static void DK(below_logits)(
    long n, const DK(word) *restrict w, const REAL *restrict l, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] = DK(fraction)(w[i]) < DK(sigmoid)(l[i]) ? 1 : 0;
}

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
      DK(below)(n, piece_words(k->key, (uint64_t)i, n, buffer), (uint32_t)k->below, k->y + i);
    }
    return;
  }
  DK(buffer) buffer;
  for (long i = start; i < end;) {
    long at = i % k->period;
    long n = dk_min(DK(piece), end - i);
    const DK(word) *w = DK(draw)(k->key, (uint64_t)i, n, &buffer);
    for (long j = 0; j < n;) {
      long run = dk_min(n - j, k->period - at);
      if (k->logits) DK(below_logits)(run, w + j, k->p + at, k->y + i + j);
      else DK(below_probabilities)(run, w + j, k->p + at, k->y + i + j);
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

// MARK: Categorical

typedef struct {
  uint64_t key;
  long classes, logits_rows;
  const REAL *logits;
  int32_t *y;
  bool by_gumbel;
} DK(categorical_job);

DK_CLONES static int32_t DK(invert)(long classes, const REAL *logits, REAL u) {
  REAL m = -(REAL)INFINITY, total = 0;
  for (long j = 0; j < classes; j++) m = logits[j] > m ? logits[j] : m;
  if (!(m > -(REAL)INFINITY)) return 0;
  for (long j = 0; j < classes; j++) total += DK(exp_negative)(logits[j] - m);
  REAL rest = u * total;
  int32_t last = 0;
  for (long j = 0; j < classes; j++) {
    REAL e = DK(exp_negative)(logits[j] - m);
    if (e > 0) last = (int32_t)j;
    rest -= e;
    if (rest < 0 && e > 0) break;
  }
  return last;
}

static void DK(categorical_rows)(void *context, long start, long end) {
  const DK(categorical_job) *k = context;
  DK(buffer) buffer;
  REAL noise[DK(piece)];
  for (long r = start; r < end; r++) {
    const REAL *logits = k->logits + r % k->logits_rows * k->classes;
    if (!k->by_gumbel) {
      k->y[r] = DK(invert)(
          k->classes, logits, DK(unit)(*DK(draw)(k->key, (uint64_t)r, 1, &buffer)));
      continue;
    }
    REAL best = -(REAL)INFINITY;
    int32_t choice = 0;
    for (long j = 0; j < k->classes; j += DK(piece)) {
      long n = dk_min(DK(piece), k->classes - j);
      DK(transform)(
          gumbel, n, DK(draw)(k->key, (uint64_t)(r * k->classes + j), n, &buffer), noise);
      for (long i = 0; i < n; i++)
        if (logits[j + i] + noise[i] > best) best = logits[j + i] + noise[i], choice = (int32_t)(j + i);
    }
    k->y[r] = choice;
  }
}

void DK(dk_categorical)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  DK(categorical_job) k = {key, classes, logits_rows, logits, y, false};
  dk_blocks(rows, dk_lines(classes), DK(categorical_rows), &k);
}

void DK(dk_categorical_gumbel)(
    uint64_t key, long rows, long classes, const REAL *logits, long logits_rows, int32_t *y) {
  DK(categorical_job) k = {key, classes, logits_rows, logits, y, true};
  dk_blocks(rows, dk_lines(classes), DK(categorical_rows), &k);
}

// MARK: Binarisation

DK_CLONES static void DK(binarise)(
    long n, const uint32_t *restrict words, const uint8_t *restrict intensity, REAL *restrict y) {
  // floor(255 w / 2^32) is uniform on 0..<255 but for 2^-32.
  for (long i = 0; i < n; i++)
    y[i] = (uint32_t)((uint64_t)words[i] * 255 >> 32) < intensity[i] ? 1 : 0;
}

typedef struct {
  uint64_t key, offset;
  const uint8_t *intensity;
  REAL *y;
} DK(binarise_job);

static void DK(binarise_block)(void *context, long start, long end) {
  const DK(binarise_job) *k = context;
  uint32_t buffer[piece + chunk];
  for (long i = start; i < end; i += piece) {
    long n = dk_min(piece, end - i);
    const uint32_t *w = piece_words(k->key, k->offset + (uint64_t)i, n, buffer);
    DK(binarise)(n, w, k->intensity + i, k->y + i);
  }
}

void DK(dk_binarise)(uint64_t key, uint64_t offset, long n, const uint8_t *intensity, REAL *y) {
  DK(binarise_job) k = {key, offset, intensity, y};
  dk_blocks(n, task_words, DK(binarise_block), &k);
}

#endif
