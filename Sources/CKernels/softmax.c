#ifndef REAL

#include "philox.h"
#include "tile.h"

typedef enum { log_sum_exp, softmax, log_softmax, softmax_backward, log_softmax_backward } family;

#define DK_SOURCE "softmax.c"
#include "twice.h"

#else

// Lines are worked on side by side: neighbors of the inner axis, or, where the axis itself is
// contiguous and short, sixteen after a transposition. Along a long contiguous line the loops run
// by themselves.
enum { DK(width) = 256, DK(short_line) = 128 };

DK_INLINE REAL DK(line_maximum)(long n, const REAL *x) {
  REAL parts[32], m = -(REAL)INFINITY;
  for (int l = 0; l < 32; l++) parts[l] = m;
  long j = 0;
  for (; j + 32 <= n; j += 32)
    for (int l = 0; l < 32; l++) parts[l] = x[j + l] > parts[l] ? x[j + l] : parts[l];
  for (int l = 0; j + l < n; l++) parts[l] = x[j + l] > parts[l] ? x[j + l] : parts[l];
  for (int l = 0; l < 32; l++) m = parts[l] > m ? parts[l] : m;
  return m;
}

#define LINE_SUM(name, parameters, expression)                        \
  DK_INLINE REAL DK(name) parameters {                                \
    REAL parts[32], total = 0;                                        \
    for (int l = 0; l < 32; l++) parts[l] = 0;                        \
    long j = 0;                                                       \
    for (; j + 32 <= n; j += 32)                                      \
      for (int l = 0; l < 32; l++) {                                  \
        long i = j + l;                                               \
        parts[l] += expression;                                       \
      }                                                               \
    for (long i = j; i < n; i++) parts[i - j] += expression;          \
    for (int l = 0; l < 32; l++) total += parts[l];                   \
    return total;                                                     \
  }

LINE_SUM(line_sum, (long n, const REAL *c), c[i])
LINE_SUM(line_dot, (long n, const REAL *x, const REAL *c), (x[i] * c[i]))
LINE_SUM(line_exp_sum, (long n, const REAL *x, REAL shift), DK(exp_negative)(x[i] - shift))
#undef LINE_SUM

/// What to subtract: the maximum, or 0 where that is infinite.
DK_INLINE REAL DK(shift)(REAL m) { return DK(absolute)(m) < (REAL)INFINITY ? m : 0; }

DK_CLONES static void DK(line)(family f, long n, const REAL *x, const REAL *c, REAL *y) {
  switch (f) {
    case log_sum_exp: {
      REAL m = DK(line_maximum)(n, x);
      if (m == (REAL)INFINITY) *y = m;
      else *y = DK(shift)(m) + DK(log)(DK(line_exp_sum)(n, x, DK(shift)(m)));
      break;
    }
    case softmax: {
      REAL m = DK(line_maximum)(n, x);
      for (long i = 0; i < n; i++) y[i] = DK(exp_negative)(x[i] - m);
      REAL scale = 1 / DK(line_sum)(n, y);
      for (long i = 0; i < n; i++) y[i] *= scale;
      break;
    }
    case log_softmax: {
      REAL m = DK(line_maximum)(n, x), s = DK(log)(DK(line_exp_sum)(n, x, m));
      for (long i = 0; i < n; i++) y[i] = x[i] - m - s;
      break;
    }
    case softmax_backward: {
      REAL s = DK(line_dot)(n, x, c);
      for (long i = 0; i < n; i++) y[i] = x[i] * (c[i] - s);
      break;
    }
    case log_softmax_backward: {
      REAL s = DK(line_sum)(n, c);
      for (long i = 0; i < n; i++) y[i] = c[i] - DK(exp_negative)(x[i]) * s;
      break;
    }
  }
}

DK_INLINE void DK(lines_inlined)(
    family f, long n, long inner, long width, const REAL *x, const REAL *c, REAL *y) {
  REAL m[DK(width)], s[DK(width)];
  for (long i = 0; i < width; i++) m[i] = -(REAL)INFINITY, s[i] = 0;
  if (f == log_sum_exp || f == softmax || f == log_softmax) {
    for (long j = 0; j < n; j++)
      for (long i = 0; i < width; i++) m[i] = x[j * inner + i] > m[i] ? x[j * inner + i] : m[i];
  }
  switch (f) {
    case log_sum_exp:
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++)
          s[i] += DK(exp_negative)(x[j * inner + i] - DK(shift)(m[i]));
      for (long i = 0; i < width; i++)
        y[i] = m[i] == (REAL)INFINITY ? m[i] : DK(shift)(m[i]) + DK(log)(s[i]);
      break;
    case softmax:
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) {
          REAL e = DK(exp_negative)(x[j * inner + i] - m[i]);
          y[j * inner + i] = e;
          s[i] += e;
        }
      for (long i = 0; i < width; i++) s[i] = 1 / s[i];
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) y[j * inner + i] *= s[i];
      break;
    case log_softmax:
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) s[i] += DK(exp_negative)(x[j * inner + i] - m[i]);
      for (long i = 0; i < width; i++) s[i] = DK(log)(s[i]);
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) y[j * inner + i] = x[j * inner + i] - m[i] - s[i];
      break;
    case softmax_backward:
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) s[i] += x[j * inner + i] * c[j * inner + i];
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++)
          y[j * inner + i] = x[j * inner + i] * (c[j * inner + i] - s[i]);
      break;
    case log_softmax_backward:
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++) s[i] += c[j * inner + i];
      for (long j = 0; j < n; j++)
        for (long i = 0; i < width; i++)
          y[j * inner + i] = c[j * inner + i] - DK(exp_negative)(x[j * inner + i]) * s[i];
      break;
  }
}

DK_CLONES static void DK(lines)(
    family f, long n, long inner, long width, const REAL *x, const REAL *c, REAL *y) {
  DK(lines_inlined)(f, n, inner, width, x, c, y);
}

/// `count` rows of n contiguous elements, n at most `short_line`.
DK_CLONES static void DK(short_lines)(
    family f, long n, int count, const REAL *x, const REAL *c, REAL *y) {
  REAL tx[DK(short_line) * 16], tc[DK(short_line) * 16], ty[DK(short_line) * 16];
  long out = f == log_sum_exp ? 1 : n;
  const REAL *rows[16];
  REAL *results[16];
  // The first row stands in for those beyond the last.
  for (int r = 0; r < 16; r++) rows[r] = x + (r < count ? r : 0) * n;
  DK(tile_in)(n, rows, tx);
  if (c) {
    for (int r = 0; r < 16; r++) rows[r] = c + (r < count ? r : 0) * n;
    DK(tile_in)(n, rows, tc);
  }
  DK(lines_inlined)(f, n, 16, 16, tx, tc, ty);
  for (int r = 0; r < count; r++) results[r] = y + r * out;
  DK(tile_out)(out, count, ty, results);
}

/// The inner product of rows whose length is a multiple of sixteen.
DK_INLINE REAL DK(sixteens_dot)(long n, const REAL *x, const REAL *c) {
  DK(lanes) total = 0, a, b;
  for (long j = 0; j < n; j += 16) {
    memcpy(&a, x + j, sizeof a);
    memcpy(&b, c + j, sizeof b);
    total += a * b;
  }
  REAL parts[16];
  memcpy(parts, &total, sizeof parts);
  for (int width = 8; width; width /= 2)
    for (int l = 0; l < width; l++) parts[l] += parts[l + width];
  return parts[0];
}

/// Rows whose length is a multiple of sixteen need no transposition to have their cotangents
/// weighed.
DK_CLONES static void DK(sixteens_backward)(
    long n, long rows, const REAL *x, const REAL *c, REAL *y) {
  for (long o = 0; o < rows; o++, x += n, c += n, y += n) {
    REAL s = DK(sixteens_dot)(n, x, c);
    for (long j = 0; j < n; j += 16)
      for (int l = 0; l < 16; l++) y[j + l] = x[j + l] * (c[j + l] - s);
  }
}

typedef struct {
  family f;
  long n, inner;
  REAL scale;
  const REAL *x, *c;
  REAL *y;
} DK(job);

static void DK(run)(void *context, long start, long end) {
  const DK(job) *k = context;
  long n = k->n, inner = k->inner, out = k->f == log_sum_exp ? 1 : n;
  bool are_short = inner == 1 && n <= DK(short_line);
  for (long o = start, step; o < end; o += step) {
    const REAL *x = k->x + o * n * inner, *c = k->c ? k->c + o * n * inner : NULL;
    REAL *y = k->y + o * out * inner;
    step = are_short ? dk_min(16, end - o) : 1;
    if (are_short && k->f == softmax_backward && n % 16 == 0) {
      DK(sixteens_backward)(n, step, x, c, y);
    } else if (are_short) {
      DK(short_lines)(k->f, n, (int)step, x, c, y);
    } else if (inner == 1) {
      DK(line)(k->f, n, x, c, y);
    } else {
      for (long i = 0; i < inner; i += DK(width))
        DK(lines)(
            k->f, n, inner, dk_min(DK(width), inner - i), x + i, c ? c + i : NULL, y + i);
    }
    // While it is in cache.
    if (k->scale != 1)
      for (long i = 0; i < step * out * inner; i++) y[i] *= k->scale;
  }
}

static void DK(start)(
    family f, long outer, long n, long inner, const REAL *x, const REAL *c, REAL *y) {
  DK(job) k = {f, n, inner, 1, x, c, y};
  dk_blocks(outer, (dk_lines(n * inner * 2) + 15) / 16 * 16, DK(run), &k);
}

void DK(dk_gumbel_softmax_backward)(
    long rows, long n, REAL scale, const REAL *y, const REAL *c, REAL *out) {
  DK(job) k = {softmax_backward, n, 1, scale, y, c, out};
  dk_blocks(rows, (dk_lines(n * 2) + 15) / 16 * 16, DK(run), &k);
}

typedef struct {
  long n;
  const REAL *x, *c;
  REAL *y;
} DK(dot_job);

DK_CLONES static void DK(dot_rows)(void *context, long start, long end) {
  const DK(dot_job) *k = context;
  for (long o = start; o < end; o++) {
    const REAL *x = k->x + o * k->n, *c = k->c + o * k->n;
    k->y[o] = k->n % 16 ? DK(line_dot)(k->n, x, c) : DK(sixteens_dot)(k->n, x, c);
  }
}

void DK(dk_dot)(long rows, long n, const REAL *x, const REAL *c, REAL *y) {
  DK(dot_job) k = {n, x, c, y};
  dk_blocks(rows, dk_lines(n * 2), DK(dot_rows), &k);
}

typedef struct {
  uint64_t key;
  long n, logit_rows;
  REAL inverse;
  const REAL *logits;
  REAL *y, *hard;
} DK(gumbel_job);

// The largest logit of a row is subtracted before its noise is added, which would else lose its
// digits.

/// Relaxed samples of rows n long, n more than `short_line`, and the one-hot rows of their largest;
/// y holds the Gumbels.
DK_CLONES static void DK(long_relaxed)(
    long n, REAL inverse, const REAL *logits, REAL *y, REAL *hard) {
  REAL largest = DK(shift)(DK(line_maximum)(n, logits));
  for (long i = 0; i < n; i++) y[i] = (logits[i] - largest + y[i]) * inverse;
  if (hard) {
    REAL m = DK(line_maximum)(n, y);
    long place = 0;
    while (place + 1 < n && y[place] != m) place++;
    for (long i = 0; i < n; i++) hard[i] = 0;
    hard[place] = 1;
  }
  DK(line)(softmax, n, y, NULL, y);
}

/// The same of `count` shorter rows.
DK_CLONES static void DK(short_relaxed)(
    long n, int count, REAL inverse, const REAL *const logits[16], REAL *y, REAL *hard) {
  REAL t[DK(short_line) * 16], z[DK(short_line) * 16], m[16], best[16];
  int32_t place[16];
  const REAL *noise[16];
  REAL *results[16];
  for (int r = 0; r < 16; r++) noise[r] = y + (r < count ? r : 0) * n;
  DK(tile_in)(n, logits, t);
  DK(tile_in)(n, noise, z);
  for (int r = 0; r < 16; r++) m[r] = best[r] = -(REAL)INFINITY, place[r] = 0;
  for (long j = 0; j < n; j++)
    for (int r = 0; r < 16; r++) m[r] = t[j * 16 + r] > m[r] ? t[j * 16 + r] : m[r];
  for (int r = 0; r < 16; r++) m[r] = DK(shift)(m[r]);
  for (long j = 0; j < n; j++)
    for (int r = 0; r < 16; r++) z[j * 16 + r] = (t[j * 16 + r] - m[r] + z[j * 16 + r]) * inverse;
  if (hard) {
    for (long j = 0; j < n; j++)
      for (int r = 0; r < 16; r++) {
        bool better = z[j * 16 + r] > best[r];
        best[r] = better ? z[j * 16 + r] : best[r];
        place[r] = better ? (int32_t)j : place[r];
      }
    for (long j = 0; j < n; j++)
      for (int r = 0; r < 16; r++) t[j * 16 + r] = place[r] == j ? 1 : 0;
    for (int r = 0; r < count; r++) results[r] = hard + r * n;
    DK(tile_out)(n, count, t, results);
  }
  DK(lines_inlined)(softmax, n, 16, 16, z, NULL, z);
  for (int r = 0; r < count; r++) results[r] = y + r * n;
  DK(tile_out)(n, count, z, results);
}

static void DK(gumbel_rows)(void *context, long start, long end) {
  const DK(gumbel_job) *k = context;
  long n = k->n, most = n <= DK(short_line) ? dk_max(16, 4096 / n / 16 * 16) : 1;
  for (long row = start, step; row < end; row += step) {
    step = dk_min(most, end - row);
    REAL *y = k->y + row * n, *hard = k->hard ? k->hard + row * n : NULL;
    DK(dk_gumbel_here)(k->key, (uint64_t)(row * n), step * n, y);
    if (n > DK(short_line)) {
      DK(long_relaxed)(n, k->inverse, k->logits + row % k->logit_rows * n, y, hard);
      continue;
    }
    for (long r = 0; r < step; r += 16) {
      int count = (int)dk_min(16, step - r);
      const REAL *logits[16];
      // Logits go round; the first row stands in for those beyond the last.
      for (int l = 0; l < 16; l++)
        logits[l] = k->logits + (row + r + (l < count ? l : 0)) % k->logit_rows * n;
      DK(short_relaxed)(n, count, k->inverse, logits, y + r * n, hard ? hard + r * n : NULL);
    }
  }
}

void DK(dk_gumbel_softmax)(
    uint64_t key, long rows, long n, REAL inverse, const REAL *logits, long logit_rows, REAL *y,
    REAL *hard) {
  DK(gumbel_job) k = {key, n, logit_rows, inverse, logits, y, hard};
  dk_blocks(rows, (dk_lines(n * 2) + 15) / 16 * 16, DK(gumbel_rows), &k);
}

void DK(dk_log_sum_exp)(long outer, long n, long inner, const REAL *x, REAL *y) {
  DK(start)(log_sum_exp, outer, n, inner, x, NULL, y);
}
void DK(dk_softmax)(long outer, long n, long inner, const REAL *x, REAL *y) {
  DK(start)(softmax, outer, n, inner, x, NULL, y);
}
void DK(dk_log_softmax)(long outer, long n, long inner, const REAL *x, REAL *y) {
  DK(start)(log_softmax, outer, n, inner, x, NULL, y);
}
void DK(dk_softmax_backward)(
    long outer, long n, long inner, const REAL *y, const REAL *c, REAL *out) {
  DK(start)(softmax_backward, outer, n, inner, y, c, out);
}
void DK(dk_log_softmax_backward)(
    long outer, long n, long inner, const REAL *y, const REAL *c, REAL *out) {
  DK(start)(log_softmax_backward, outer, n, inner, y, c, out);
}

#endif
