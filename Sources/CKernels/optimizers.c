#ifndef REAL

#include "functions.h"

#include <stdatomic.h>

enum { update_block = 8192 };

#define DK_SOURCE "optimizers.c"
#include "twice.h"

#else

typedef struct {
  REAL *restrict p, *restrict m, *restrict v;
  const REAL *restrict g;
  REAL rate, a, b, epsilon, correction1, correction2;
  bool nesterov;
} DK(update);

DK_CLONES static void DK(sgd_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p;
  const REAL *restrict g = u->g;
  REAL rate = u->rate;
  for (long i = start; i < end; i++) p[i] -= rate * g[i];
}

DK_CLONES static void DK(momentum_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL rate = u->rate, momentum = u->a;
  // The step is v, or with Nesterov's look-ahead g + momentum v.
  REAL from_g = u->nesterov ? 1 : 0, from_v = u->nesterov ? momentum : 1;
  for (long i = start; i < end; i++) {
    v[i] = momentum * v[i] + g[i];
    p[i] -= rate * (from_g * g[i] + from_v * v[i]);
  }
}

DK_CLONES static void DK(adam_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict m = u->m, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL beta1 = u->a, beta2 = u->b, epsilon = u->epsilon;
  REAL rate = u->rate * u->correction1, correction2 = u->correction2;
  for (long i = start; i < end; i++) {
    REAL mean = beta1 * m[i] + (1 - beta1) * g[i];
    REAL square = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]);
    m[i] = mean;
    v[i] = square;
    p[i] -= rate * mean / (__builtin_elementwise_sqrt(square * correction2) + epsilon);
  }
}

DK_CLONES static void DK(rmsprop_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL rate = u->rate, decay = u->a, epsilon = u->epsilon;
  for (long i = start; i < end; i++) {
    REAL square = decay * v[i] + (1 - decay) * (g[i] * g[i]);
    v[i] = square;
    p[i] -= rate * g[i] / (__builtin_elementwise_sqrt(square) + epsilon);
  }
}

static void DK(sgd_block)(void *u, long start, long end) { DK(sgd_range)(u, start, end); }
static void DK(momentum_block)(void *u, long start, long end) { DK(momentum_range)(u, start, end); }
static void DK(adam_block)(void *u, long start, long end) { DK(adam_range)(u, start, end); }
static void DK(rmsprop_block)(void *u, long start, long end) { DK(rmsprop_range)(u, start, end); }

void DK(dk_sgd)(long n, REAL *p, const REAL *g, REAL rate) {
  DK(update) u = {.p = p, .g = g, .rate = rate};
  dk_blocks(n, update_block, DK(sgd_block), &u);
}

void DK(dk_momentum)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL momentum, bool nesterov) {
  DK(update) u = {.p = p, .v = v, .g = g, .rate = rate, .a = momentum, .nesterov = nesterov};
  dk_blocks(n, update_block, DK(momentum_block), &u);
}

void DK(dk_adam)(
    long n, REAL *p, const REAL *g, REAL *m, REAL *v, REAL rate, REAL beta1, REAL beta2,
    REAL epsilon, REAL correction1, REAL correction2) {
  DK(update) u = {p, m, v, g, rate, beta1, beta2, epsilon, correction1, correction2, false};
  dk_blocks(n, update_block, DK(adam_block), &u);
}

void DK(dk_rmsprop)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL decay, REAL epsilon) {
  DK(update) u = {.p = p, .v = v, .g = g, .rate = rate, .a = decay, .epsilon = epsilon};
  dk_blocks(n, update_block, DK(rmsprop_block), &u);
}

// MARK: Finiteness

DK_CLONES static int DK(count_infinite)(const REAL *x, long start, long end) {
  int count = 0;
  for (long i = start; i < end; i++) count |= !(DK(absolute)(x[i]) < (REAL)INFINITY);
  return count;
}

typedef struct {
  const REAL *x;
  _Atomic int found;
} DK(finite);

static void DK(finite_block)(void *context, long start, long end) {
  DK(finite) *f = context;
  if (DK(count_infinite)(f->x, start, end)) f->found = 1;
}

bool DK(dk_all_finite)(long n, const REAL *x) {
  DK(finite) f = {x, 0};
  dk_blocks(n, 4 * update_block, DK(finite_block), &f);
  return !f.found;
}

#endif
