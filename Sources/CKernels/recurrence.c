#ifndef REAL

#include "functions.h"

#define DK_SOURCE "recurrence.c"
#include "twice.h"

#else

// MARK: The cell of an LSTM, elementwise; gates stand in rows of 4 n: input, forget, output, candidate

typedef struct {
  long n;
  REAL *gates;
  const REAL *inputs, *products, *before, *after, *slope, *own, *own_cell;
  REAL *cell, *hidden, *carried;
} DK(cell_job);

DK_CLONES static void DK(cell_row)(
    long n, const REAL *restrict inputs, const REAL *restrict products, REAL *restrict gates,
    const REAL *before, REAL *cell, REAL *restrict hidden) {
  for (long i = 0; i < 3 * n; i++) gates[i] = DK(sigmoid)(inputs[i] + products[i]);
  for (long i = 3 * n; i < 4 * n; i++) gates[i] = DK(tanh)(inputs[i] + products[i]);
  for (long i = 0; i < n; i++)
    cell[i] = gates[n + i] * before[i] + gates[i] * gates[3 * n + i];
  for (long i = 0; i < n; i++) hidden[i] = gates[2 * n + i] * DK(tanh)(cell[i]);
}

static void DK(cell_rows)(void *context, long start, long end) {
  const DK(cell_job) *k = context;
  long n = k->n;
  for (long r = start; r < end; r++)
    DK(cell_row)(
        n, k->inputs + r * 4 * n, k->products + r * 4 * n, k->gates + r * 4 * n, k->before + r * n,
        k->cell + r * n, k->hidden + r * n);
}

void DK(dk_lstm_cell)(
    long rows, long n, const REAL *inputs, const REAL *products, REAL *gates, const REAL *before,
    REAL *cell, REAL *hidden) {
  DK(cell_job) k = {
      .n = n, .gates = gates, .inputs = inputs, .products = products, .before = before,
      .cell = cell, .hidden = hidden};
  dk_blocks(rows, dk_lines(n * 16), DK(cell_rows), &k);
}

DK_CLONES static void DK(cell_backward_row)(
    long n, const REAL *restrict inputs, REAL *restrict gates, const REAL *before,
    const REAL *after, const REAL *slope, const REAL *own, const REAL *own_cell,
    REAL *restrict carried) {
  for (long j = 0; j < n; j++) {
    REAL i = inputs[j], f = inputs[n + j], o = inputs[2 * n + j], g = inputs[3 * n + j];
    REAL t = DK(tanh)(after[j]), s = slope[j] + own[j];
    REAL d = carried[j] + own_cell[j] + s * o * (1 - t * t);
    gates[j] = d * g * i * (1 - i);
    gates[n + j] = d * before[j] * f * (1 - f);
    gates[2 * n + j] = s * t * o * (1 - o);
    gates[3 * n + j] = d * i * (1 - g * g);
    carried[j] = d * f;
  }
}

static void DK(cell_backward_rows)(void *context, long start, long end) {
  const DK(cell_job) *k = context;
  long n = k->n;
  for (long r = start; r < end; r++)
    DK(cell_backward_row)(
        n, k->inputs + r * 4 * n, k->gates + r * 4 * n, k->before + r * n, k->after + r * n,
        k->slope + r * n, k->own + r * n, k->own_cell + r * n, k->carried + r * n);
}

void DK(dk_lstm_cell_backward)(
    long rows, long n, const REAL *squashed, REAL *gates, const REAL *before, const REAL *after,
    const REAL *slope, const REAL *own, const REAL *own_cell, REAL *carried) {
  DK(cell_job) k = {
      .n = n, .gates = gates, .inputs = squashed, .before = before, .after = after,
      .slope = slope, .own = own, .own_cell = own_cell, .carried = carried};
  dk_blocks(rows, dk_lines(n * 16), DK(cell_backward_rows), &k);
}

// MARK: The cell of a GRU, elementwise; gates stand in rows of 3 n: update, reset, candidate

typedef struct {
  long n;
  REAL *gates, *products;
  const REAL *before;
  REAL *hidden;
} DK(gated_job);

DK_CLONES static void DK(gated_row)(
    long n, REAL *restrict gates, const REAL *products, const REAL *before,
    REAL *restrict hidden) {
  for (long i = 0; i < 2 * n; i++) gates[i] = DK(sigmoid)(gates[i] + products[i]);
  for (long i = 0; i < n; i++)
    gates[2 * n + i] = DK(tanh)(gates[2 * n + i] + gates[n + i] * products[2 * n + i]);
  for (long i = 0; i < n; i++)
    hidden[i] = gates[2 * n + i] + gates[i] * (before[i] - gates[2 * n + i]);
}

static void DK(gated_rows)(void *context, long start, long end) {
  const DK(gated_job) *k = context;
  long n = k->n;
  for (long r = start; r < end; r++)
    DK(gated_row)(
        n, k->gates + r * 3 * n, k->products + r * 3 * n, k->before + r * n, k->hidden + r * n);
}

void DK(dk_gru_cell)(
    long rows, long n, REAL *gates, const REAL *products, const REAL *before, REAL *hidden) {
  DK(gated_job) k = {n, gates, (REAL *)products, before, hidden};
  dk_blocks(rows, dk_lines(n * 16), DK(gated_rows), &k);
}

DK_CLONES static void DK(gated_backward_row)(
    long n, REAL *restrict gates, REAL *restrict products, const REAL *before,
    REAL *restrict slope) {
  for (long i = 0; i < n; i++) {
    REAL z = gates[i], r = gates[n + i], c = gates[2 * n + i], s = slope[i];
    REAL update = s * (before[i] - c) * z * (1 - z), candidate = s * (1 - z) * (1 - c * c);
    REAL reset = candidate * products[2 * n + i] * r * (1 - r);
    gates[i] = products[i] = update;
    gates[n + i] = products[n + i] = reset;
    gates[2 * n + i] = candidate;
    products[2 * n + i] = candidate * r;
    slope[i] = s * z;
  }
}

static void DK(gated_backward_rows)(void *context, long start, long end) {
  const DK(gated_job) *k = context;
  long n = k->n;
  for (long r = start; r < end; r++)
    DK(gated_backward_row)(
        n, k->gates + r * 3 * n, k->products + r * 3 * n, k->before + r * n, k->hidden + r * n);
}

void DK(dk_gru_cell_backward)(
    long rows, long n, REAL *gates, REAL *products, const REAL *before, REAL *slope) {
  DK(gated_job) k = {n, gates, products, before, slope};
  dk_blocks(rows, dk_lines(n * 16), DK(gated_backward_rows), &k);
}

// MARK: Log-probabilities of classes

typedef struct {
  long classes;
  const REAL *logits, *cotangent;
  const int32_t *index;
  REAL *normalizers, *y;
} DK(choice_job);

/// The logarithm of the sum of exponentials, by sixteen lanes.
DK_CLONES static REAL DK(normalizer)(long n, const REAL *x) {
  REAL parts[16], m = -(REAL)INFINITY, total = 0;
  for (int l = 0; l < 16; l++) parts[l] = m;
  long j = 0;
  for (; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) parts[l] = x[j + l] > parts[l] ? x[j + l] : parts[l];
  for (int l = 0; j + l < n; l++) parts[l] = x[j + l] > parts[l] ? x[j + l] : parts[l];
  for (int l = 0; l < 16; l++) m = parts[l] > m ? parts[l] : m;
  for (int l = 0; l < 16; l++) parts[l] = 0;
  for (j = 0; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) parts[l] += DK(exp_negative)(x[j + l] - m);
  for (int l = 0; j + l < n; l++) parts[l] += DK(exp_negative)(x[j + l] - m);
  for (int l = 0; l < 16; l++) total += parts[l];
  return m + DK(log)(total);
}

static void DK(choice_rows)(void *context, long start, long end) {
  const DK(choice_job) *k = context;
  for (long r = start; r < end; r++) {
    const REAL *x = k->logits + r * k->classes;
    k->normalizers[r] = DK(normalizer)(k->classes, x);
    k->y[r] = x[k->index[r]] - k->normalizers[r];
  }
}

void DK(dk_class_log_probability)(
    long rows, long classes, const REAL *logits, const int32_t *index, REAL *normalizers,
    REAL *y) {
  DK(choice_job) k = {classes, logits, NULL, index, normalizers, y};
  dk_blocks(rows, dk_lines(classes * 4), DK(choice_rows), &k);
}

DK_CLONES static void DK(choice_slopes)(
    long n, REAL cotangent, REAL normalizer, const REAL *x, REAL *y) {
// The two are the same or far apart.
#pragma clang loop vectorize(assume_safety)
  for (long j = 0; j < n; j++) y[j] = -cotangent * DK(exp_negative)(x[j] - normalizer);
}

static void DK(choice_backward_rows)(void *context, long start, long end) {
  const DK(choice_job) *k = context;
  for (long r = start; r < end; r++) {
    REAL *y = k->y + r * k->classes, c = k->cotangent[r];
    DK(choice_slopes)(k->classes, c, k->normalizers[r], k->logits + r * k->classes, y);
    y[k->index[r]] += c;
  }
}

void DK(dk_class_log_probability_backward)(
    long rows, long classes, const REAL *logits, const int32_t *index, const REAL *normalizers,
    const REAL *cotangent, REAL *y) {
  DK(choice_job) k = {classes, logits, cotangent, index, (REAL *)normalizers, y};
  dk_blocks(rows, dk_lines(classes * 4), DK(choice_backward_rows), &k);
}

#endif
