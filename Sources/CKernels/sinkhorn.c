#ifndef REAL

#include "functions.h"

#define DK_SOURCE "sinkhorn.c"
#include "twice.h"

#else

// A plan is exp(x + u_i + v_j), x the scores over the temperature. Between two refreshes of
// m = exp(x + u + v) a half-step is a matrix times a vector of factors near 1; where a factor would
// leave the range in which no entry of m that matters can have underflowed, that half-step is done
// in logarithms, in double precision, and m is made anew.

typedef struct {
  long n, iterations;
  double inverse, tolerance;
  const REAL *scores, *plans, *cotangents, *residuals;
  const int32_t *counts;
  REAL *result, *errors;
  int32_t *steps;
} DK(sinkhorn);

typedef struct {
  size_t size;
  double *x, *u, *v, *line, *other;
  REAL *m, *a, *b, *sums;
} DK(sinkhorn_scratch);

/// What the steps were, for their derivative. At step t the plan with columns normalized was
/// diag(before) m diag(columns), and then with its rows normalized diag(rows) m diag(columns), m
/// that of the segment, the steps between two refreshes, whose potentials are us and vs.
typedef struct {
  size_t size;
  double *before, *columns, *rows, *pulls, *us, *vs;
  int32_t *segment, segments;
} DK(sinkhorn_tape);

static DK(sinkhorn_scratch) DK(make_sinkhorn_scratch)(long n) {
  DK(sinkhorn_scratch) s = {0};
  s.size = (size_t)(n * n + 4 * n) * sizeof(double) + (size_t)(n * n + 3 * n) * sizeof(REAL);
  s.x = dk_allocate(s.size);
  s.u = s.x + n * n, s.v = s.u + n, s.line = s.v + n, s.other = s.line + n;
  s.m = (REAL *)(void *)(s.other + n), s.a = s.m + n * n, s.b = s.a + n, s.sums = s.b + n;
  return s;
}

DK_INLINE REAL DK(dot_line)(long n, const REAL *x, const REAL *y) {
  REAL parts[16], total = 0;
  for (int l = 0; l < 16; l++) parts[l] = 0;
  long j = 0;
  for (; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) parts[l] += x[j + l] * y[j + l];
  for (long i = j; i < n; i++) parts[i - j] += x[i] * y[i];
  for (int l = 0; l < 16; l++) total += parts[l];
  return total;
}

DK_CLONES static void DK(scale_scores)(long count, double inverse, const REAL *s, double *x) {
  for (long i = 0; i < count; i++) x[i] = (double)s[i] * inverse;
}

/// y = exp(x + u + v), no entry of which exceeds 1 by more than rounding.
DK_CLONES static void DK(exp_plan)(
    long n, const double *x, const double *u, const double *v, REAL *y) {
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++)
      y[i * n + j] = DK(exp_negative)((REAL)(x[i * n + j] + u[i] + v[j]));
}

/// u = -log sum_j exp(x + v).
DK_CLONES static void DK(log_rows)(long n, const double *x, const double *v, double *u) {
  for (long i = 0; i < n; i++) {
    const double *row = x + i * n;
    double most = -INFINITY, sum = 0;
    for (long j = 0; j < n; j++) most = row[j] + v[j] > most ? row[j] + v[j] : most;
    for (long j = 0; j < n; j++) sum += exp_negative_d(row[j] + v[j] - most);
    u[i] = -most - log(sum);
  }
}

/// v = -log sum_i exp(x + u).
DK_CLONES static void DK(log_columns)(
    long n, const double *x, const double *u, double *v, double *most, double *sums) {
  for (long j = 0; j < n; j++) most[j] = -INFINITY, sums[j] = 0;
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) {
      double value = x[i * n + j] + u[i];
      most[j] = value > most[j] ? value : most[j];
    }
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) sums[j] += exp_negative_d(x[i * n + j] + u[i] - most[j]);
  for (long j = 0; j < n; j++) v[j] = -most[j] - log(sums[j]);
}

/// sums = m b.
DK_CLONES static void DK(row_sums)(long n, const REAL *m, const REAL *b, REAL *sums) {
  for (long i = 0; i < n; i++) sums[i] = DK(dot_line)(n, m + i * n, b);
}

/// sums = m' a.
DK_CLONES static void DK(column_sums)(
    long n, const REAL *restrict m, const REAL *a, REAL *restrict sums) {
  for (long j = 0; j < n; j++) sums[j] = 0;
  for (long i = 0; i < n; i++) {
    REAL factor = a[i];
    for (long j = 0; j < n; j++) sums[j] += factor * m[i * n + j];
  }
}

DK_INLINE bool DK(within)(long n, const REAL *sums) {
  const REAL limit = DK_SINGLE ? (REAL)1e6 : (REAL)1e40;
  bool is_within = true;
  for (long j = 0; j < n; j++) is_within &= sums[j] > 1 / limit && sums[j] < limit;
  return is_within;
}

DK_INLINE REAL DK(largest_error)(long n, const REAL *sums, const REAL *b) {
  REAL error = 0;
  for (long j = 0; j < n; j++) {
    REAL e = DK(absolute)(sums[j] * b[j] - 1);
    error = e > error ? e : error;
  }
  return error;
}

/// Moves the factors into the potentials.
static void DK(absorb)(long n, double *u, REAL *a) {
  for (long i = 0; i < n; i++) {
    if (a[i] != 1) u[i] += log((double)a[i]);
    a[i] = 1;
  }
}

DK_CLONES static void DK(write_plan)(
    long n, const REAL *m, const REAL *a, const REAL *b, REAL *y) {
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) y[i * n + j] = a[i] * m[i * n + j] * b[j];
}

static void DK(begin_segment)(long n, const DK(sinkhorn_scratch) *s, DK(sinkhorn_tape) *tape) {
  memcpy(tape->us + tape->segments * n, s->u, (size_t)n * sizeof(double));
  memcpy(tape->vs + tape->segments * n, s->v, (size_t)n * sizeof(double));
  tape->segments++;
}

static void DK(record)(
    long n, long step, const DK(sinkhorn_scratch) *s, const double *before, DK(sinkhorn_tape) *tape) {
  for (long i = 0; i < n; i++) {
    tape->before[step * n + i] = before[i];
    tape->columns[step * n + i] = (double)s->b[i];
    tape->rows[step * n + i] = (double)s->a[i];
  }
  tape->segment[step] = tape->segments - 1;
}

/// One plan in s->a, s->m and s->b, whose rows are normalized last. Returns the number of row
/// steps, which are written down where there is a tape.
static int32_t DK(sinkhorn_plan)(
    const DK(sinkhorn) *k, DK(sinkhorn_scratch) *s, const REAL *scores, REAL *residual,
    DK(sinkhorn_tape) *tape) {
  long n = k->n;
  double *before = s->other;
  DK(scale_scores)(n * n, k->inverse, scores, s->x);
  for (long j = 0; j < n; j++) s->v[j] = 0, s->a[j] = s->b[j] = 1, before[j] = 1;
  DK(log_rows)(n, s->x, s->v, s->u);
  DK(exp_plan)(n, s->x, s->u, s->v, s->m);
  if (tape) DK(begin_segment)(n, s, tape), DK(record)(n, 0, s, before, tape);
  for (int32_t step = 1;; step++) {
    DK(column_sums)(n, s->m, s->a, s->sums);
    *residual = DK(largest_error)(n, s->sums, s->b);
    if (*residual <= (REAL)k->tolerance || step == k->iterations) return step;
    bool fits = DK(within)(n, s->sums);
    if (fits) {
      for (long j = 0; j < n; j++) s->b[j] = 1 / s->sums[j];
      DK(row_sums)(n, s->m, s->b, s->sums);
      fits = DK(within)(n, s->sums);
      if (fits) {
        for (long i = 0; i < n; i++) before[i] = (double)s->a[i], s->a[i] = 1 / s->sums[i];
        if (tape) DK(record)(n, step, s, before, tape);
        continue;
      }
      DK(absorb)(n, s->v, s->b);
      DK(absorb)(n, s->u, s->a);
    } else {
      DK(absorb)(n, s->u, s->a);
      DK(log_columns)(n, s->x, s->u, s->v, s->line, s->other);
      for (long j = 0; j < n; j++) s->b[j] = 1;
    }
    // At most n, however far apart the potentials are.
    for (long i = 0; i < n; i++) before[i] = s->u[i];
    DK(log_rows)(n, s->x, s->v, s->u);
    for (long i = 0; i < n; i++) before[i] = exp(before[i] - s->u[i]);
    DK(exp_plan)(n, s->x, s->u, s->v, s->m);
    if (tape) DK(begin_segment)(n, s, tape), DK(record)(n, step, s, before, tape);
  }
}

static void DK(sinkhorn_plans)(void *context, long start, long end) {
  const DK(sinkhorn) *k = context;
  long n = k->n;
  DK(sinkhorn_scratch) s = DK(make_sinkhorn_scratch)(n);
  for (long p = start; p < end; p++) {
    k->steps[p] = DK(sinkhorn_plan)(k, &s, k->scores + p * n * n, k->errors + p, NULL);
    DK(write_plan)(n, s.m, s.a, s.b, k->result + p * n * n);
  }
  dk_release(s.x, s.size);
}

void DK(dk_sinkhorn)(
    long batch, long n, double inverse, double tolerance, long iterations, const REAL *scores,
    REAL *y, REAL *residuals, int32_t *steps) {
  DK(sinkhorn) k = {n, iterations, inverse, tolerance, scores};
  k.result = y, k.errors = residuals, k.steps = steps;
  dk_blocks(batch, dk_lines(n * n * 8), DK(sinkhorn_plans), &k);
}

// MARK: Backward

/// y = p x and y = p' x in double precision.
DK_CLONES static void DK(times)(long n, const REAL *p, const double *x, double *y) {
  for (long i = 0; i < n; i++) {
    double parts[8] = {0}, total = 0;
    long j = 0;
    for (; j + 8 <= n; j += 8)
      for (int l = 0; l < 8; l++) parts[l] += (double)p[i * n + j + l] * x[j + l];
    for (; j < n; j++) total += (double)p[i * n + j] * x[j];
    for (int l = 0; l < 8; l++) total += parts[l];
    y[i] = total;
  }
}

DK_CLONES static void DK(transposed_times)(
    long n, const REAL *restrict p, const double *x, double *restrict y) {
  for (long j = 0; j < n; j++) y[j] = 0;
  for (long i = 0; i < n; i++) {
    double factor = x[i];
    for (long j = 0; j < n; j++) y[j] += factor * (double)p[i * n + j];
  }
}

DK_INLINE double DK(dot_d)(long n, const double *x, const double *y) {
  double total = 0;
  for (long i = 0; i < n; i++) total += x[i] * y[i];
  return total;
}

/// The sums over rows and columns of p and of p * g.
DK_CLONES static void DK(marginals)(
    long n, const REAL *restrict p, const REAL *restrict g, double *restrict rows,
    double *restrict columns, double *restrict pull_rows, double *restrict pull_columns) {
  for (long j = 0; j < n; j++) columns[j] = pull_columns[j] = 0;
  for (long i = 0; i < n; i++) {
    double row = 0, pull = 0;
    for (long j = 0; j < n; j++) {
      double value = (double)p[i * n + j], product = value * (double)g[i * n + j];
      row += value, pull += product;
      columns[j] += value, pull_columns[j] += product;
    }
    rows[i] = row, pull_rows[i] = pull;
  }
}

DK_CLONES static void DK(implicit_slopes)(
    long n, double inverse, const REAL *p, const REAL *g, const double *rows,
    const double *columns, REAL *y) {
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++)
      y[i * n + j] = (REAL)((double)p[i * n + j]
                            * ((double)g[i * n + j] - rows[i] - columns[j]) * inverse);
}

/// Solves (columns - p' p / rows) mu = right by conjugate gradients; `right` becomes the residual.
static void DK(solve)(
    long n, const REAL *p, const double *rows, const double *columns, double *right, double *mu,
    double *direction, double *image, double *between) {
  const double precision = DK_SINGLE ? 1e-8 : 1e-14;
  for (long j = 0; j < n; j++) mu[j] = 0, direction[j] = right[j];
  double size = DK(dot_d)(n, right, right), target = size * precision * precision;
  for (long step = 0; step < 4 * n + 20 && size > target; step++) {
    DK(times)(n, p, direction, between);
    for (long i = 0; i < n; i++) between[i] /= rows[i];
    DK(transposed_times)(n, p, between, image);
    for (long j = 0; j < n; j++) image[j] = columns[j] * direction[j] - image[j];
    double curvature = DK(dot_d)(n, direction, image);
    // Nothing but rounding is left, as along blocks that do not mix.
    if (!(curvature > 1e-16 * DK(dot_d)(n, direction, direction))) break;
    double length = size / curvature;
    for (long j = 0; j < n; j++) mu[j] += length * direction[j], right[j] -= length * image[j];
    double next = DK(dot_d)(n, right, right), ratio = next / size;
    for (long j = 0; j < n; j++) direction[j] = right[j] + ratio * direction[j];
    size = next;
  }
}

/// Of a plan whose marginals are held: rows + p mu = pull_rows and p' rows + columns
/// mu = pull_columns.
static void DK(implicit_backward)(
    long n, double inverse, const REAL *p, const REAL *g, double *work, REAL *y) {
  double *rows = work, *columns = rows + n, *pull_rows = columns + n, *right = pull_rows + n;
  double *mu = right + n, *direction = mu + n, *image = direction + n, *between = image + n;
  DK(marginals)(n, p, g, rows, columns, pull_rows, right);
  for (long i = 0; i < n; i++) between[i] = pull_rows[i] / rows[i];
  DK(transposed_times)(n, p, between, image);
  for (long j = 0; j < n; j++) right[j] -= image[j];
  DK(solve)(n, p, rows, columns, right, mu, direction, image, between);
  DK(times)(n, p, mu, between);
  for (long i = 0; i < n; i++) pull_rows[i] = (pull_rows[i] - between[i]) / rows[i];
  DK(implicit_slopes)(n, inverse, p, g, pull_rows, mu, y);
}

static DK(sinkhorn_tape) DK(make_sinkhorn_tape)(long n, long steps) {
  DK(sinkhorn_tape) t = {0};
  t.size = (size_t)(6 * steps * n) * sizeof(double) + (size_t)steps * sizeof(int32_t);
  t.before = dk_allocate(t.size);
  t.columns = t.before + steps * n, t.rows = t.columns + steps * n, t.pulls = t.rows + steps * n;
  t.us = t.pulls + steps * n, t.vs = t.us + steps * n;
  t.segment = (int32_t *)(void *)(t.vs + steps * n);
  return t;
}

/// slopes -= m * (the sum over steps of rows columns' + before pulls').
DK_CLONES static void DK(subtract_steps)(
    long n, long first, long last, const DK(sinkhorn_tape) *t, const REAL *m, double *restrict line,
    double *restrict slopes) {
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < n; j++) line[j] = 0;
    for (long step = first; step <= last; step++) {
      const double *columns = t->columns + step * n, *pulls = t->pulls + step * n;
      double row = t->rows[step * n + i], before = t->before[step * n + i];
      for (long j = 0; j < n; j++) line[j] += row * columns[j] + before * pulls[j];
    }
    for (long j = 0; j < n; j++) slopes[i * n + j] -= (double)m[i * n + j] * line[j];
  }
}

/// The derivative of the steps as they were done: they are done again, written down, and visited
/// backwards, each in two products of a matrix with a vector. What each contributes to the slopes
/// is of rank one, but for the factor m, and added up at the end of a segment.
static void DK(replay_backward)(
    const DK(sinkhorn) *k, long steps, const REAL *scores, const REAL *p, const REAL *g, REAL *y) {
  long n = k->n;
  DK(sinkhorn_scratch) s = DK(make_sinkhorn_scratch)(n);
  DK(sinkhorn_tape) t = DK(make_sinkhorn_tape)(n, steps);
  DK(sinkhorn) again = *k;
  again.iterations = steps;
  REAL residual;
  DK(sinkhorn_plan)(&again, &s, scores, &residual, &t);
  size_t size = (size_t)(n * n + 3 * n) * sizeof(double);
  double *slopes = dk_allocate(size), *du = slopes + n * n, *dv = du + n, *line = dv + n;
  for (long j = 0; j < n; j++) du[j] = dv[j] = 0;
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) {
      double pull = (double)p[i * n + j] * (double)g[i * n + j];
      slopes[i * n + j] = pull, du[i] += pull, dv[j] += pull;
    }
  for (long last = steps - 1, step = last; step >= 0; step--) {
    double *before = t.before + step * n, *columns = t.columns + step * n;
    double *rows = t.rows + step * n, *pulls = t.pulls + step * n;
    for (long i = 0; i < n; i++) rows[i] *= du[i];
    DK(transposed_times)(n, s.m, rows, line);
    for (long j = 0; j < n; j++) {
      dv[j] -= columns[j] * line[j];
      // The columns were not normalized before the first step.
      pulls[j] = step > 0 ? columns[j] * dv[j] : 0;
      dv[j] = 0;
    }
    DK(times)(n, s.m, pulls, du);
    for (long i = 0; i < n; i++) du[i] *= -before[i];
    if (step > 0 && t.segment[step - 1] == t.segment[step]) continue;
    DK(subtract_steps)(n, step, last, &t, s.m, line, slopes);
    last = step - 1;
    if (step == 0) break;
    long base = t.segment[last] * n;
    DK(exp_plan)(n, s.x, t.us + base, t.vs + base, s.m);
  }
  for (long i = 0; i < n * n; i++) y[i] = (REAL)(slopes[i] * k->inverse);
  dk_release(slopes, size);
  dk_release(t.before, t.size);
  dk_release(s.x, s.size);
}

static void DK(sinkhorn_slopes)(void *context, long start, long end) {
  const DK(sinkhorn) *k = context;
  long n = k->n;
  size_t size = (size_t)(8 * n) * sizeof(double);
  double *work = dk_allocate(size);
  for (long b = start; b < end; b++) {
    long at = b * n * n;
    if (k->residuals[b] <= (REAL)k->tolerance)
      DK(implicit_backward)(
          n, k->inverse, k->plans + at, k->cotangents + at, work, k->result + at);
    else
      DK(replay_backward)(
          k, k->counts[b], k->scores + at, k->plans + at, k->cotangents + at, k->result + at);
  }
  dk_release(work, size);
}

void DK(dk_sinkhorn_backward)(
    long batch, long n, double inverse, double tolerance, const REAL *scores, const REAL *plans,
    const REAL *residuals, const int32_t *steps, const REAL *g, REAL *dscores) {
  DK(sinkhorn) k = {n, 0, inverse, tolerance, scores, plans, g, residuals, steps};
  k.result = dscores;
  dk_blocks(batch, dk_lines(n * n * 8), DK(sinkhorn_slopes), &k);
}

#endif
