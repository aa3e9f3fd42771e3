#ifndef REAL

#include "functions.h"

#include <stdatomic.h>

enum { update_block = 8192, finite_block = 32768 };

#define DK_SOURCE "optimizers.c"
#include "twice.h"

#else

typedef struct {
  REAL *restrict p, *restrict m, *restrict v;
  const REAL *restrict g;
  REAL rate, a, b, epsilon, correction1, correction2;
  bool nesterov;
  _Atomic bool spoiled;
} DK(update);

DK_INLINE int DK(is_infinite)(REAL x) { return !(DK(absolute)(x) < (REAL)INFINITY); }

// A range returns whether a parameter of it is not finite any more.

DK_CLONES static int DK(sgd_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p;
  const REAL *restrict g = u->g;
  REAL rate = u->rate;
  int spoiled = 0;
  for (long i = start; i < end; i++) {
    p[i] -= rate * g[i];
    spoiled |= DK(is_infinite)(p[i]);
  }
  return spoiled;
}

DK_CLONES static int DK(momentum_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL rate = u->rate, momentum = u->a;
  // The step is v, or with Nesterov's look-ahead g + momentum v.
  REAL from_g = u->nesterov ? 1 : 0, from_v = u->nesterov ? momentum : 1;
  int spoiled = 0;
  for (long i = start; i < end; i++) {
    v[i] = momentum * v[i] + g[i];
    p[i] -= rate * (from_g * g[i] + from_v * v[i]);
    spoiled |= DK(is_infinite)(p[i]);
  }
  return spoiled;
}

DK_CLONES static int DK(adam_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict m = u->m, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL beta1 = u->a, beta2 = u->b, epsilon = u->epsilon;
  REAL rate = u->rate * u->correction1, correction2 = u->correction2;
  int spoiled = 0;
  for (long i = start; i < end; i++) {
    REAL mean = beta1 * m[i] + (1 - beta1) * g[i];
    REAL square = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]);
    m[i] = mean;
    v[i] = square;
    p[i] -= rate * mean / (__builtin_elementwise_sqrt(square * correction2) + epsilon);
    spoiled |= DK(is_infinite)(p[i]);
  }
  return spoiled;
}

DK_CLONES static int DK(rmsprop_range)(const DK(update) *u, long start, long end) {
  REAL *restrict p = u->p, *restrict v = u->v;
  const REAL *restrict g = u->g;
  REAL rate = u->rate, decay = u->a, epsilon = u->epsilon;
  int spoiled = 0;
  for (long i = start; i < end; i++) {
    REAL square = decay * v[i] + (1 - decay) * (g[i] * g[i]);
    v[i] = square;
    p[i] -= rate * g[i] / (__builtin_elementwise_sqrt(square) + epsilon);
    spoiled |= DK(is_infinite)(p[i]);
  }
  return spoiled;
}

#define BLOCK(rule)                                                         \
  static void DK(rule##_block)(void *context, long start, long end) {       \
    DK(update) *u = context;                                                \
    if (DK(rule##_range)(u, start, end)) u->spoiled = true;                 \
  }
BLOCK(sgd)
BLOCK(momentum)
BLOCK(adam)
BLOCK(rmsprop)
#undef BLOCK

bool DK(dk_sgd)(long n, REAL *p, const REAL *g, REAL rate) {
  DK(update) u = {.p = p, .g = g, .rate = rate};
  dk_blocks(n, update_block, DK(sgd_block), &u);
  return !u.spoiled;
}

bool DK(dk_momentum)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL momentum, bool nesterov) {
  DK(update) u = {.p = p, .v = v, .g = g, .rate = rate, .a = momentum, .nesterov = nesterov};
  dk_blocks(n, update_block, DK(momentum_block), &u);
  return !u.spoiled;
}

bool DK(dk_adam)(
    long n, REAL *p, const REAL *g, REAL *m, REAL *v, REAL rate, REAL beta1, REAL beta2,
    REAL epsilon, REAL correction1, REAL correction2) {
  DK(update) u = {p, m, v, g, rate, beta1, beta2, epsilon, correction1, correction2};
  dk_blocks(n, update_block, DK(adam_block), &u);
  return !u.spoiled;
}

bool DK(dk_rmsprop)(
    long n, REAL *p, const REAL *g, REAL *v, REAL rate, REAL decay, REAL epsilon) {
  DK(update) u = {.p = p, .v = v, .g = g, .rate = rate, .a = decay, .epsilon = epsilon};
  dk_blocks(n, update_block, DK(rmsprop_block), &u);
  return !u.spoiled;
}

// MARK: Finiteness

DK_CLONES static int DK(any_infinite)(const REAL *x, long n) {
  int found = 0;
  for (long i = 0; i < n; i++) found |= DK(is_infinite)(x[i]);
  return found;
}

typedef struct {
  const long *sizes;
  const REAL *const *arrays;
  _Atomic bool found;
} DK(finite);

/// Places start..<end of all arrays, one behind the other.
static void DK(finite_block)(void *context, long start, long end) {
  DK(finite) *f = context;
  for (long i = 0, first = 0; first < end; first += f->sizes[i++]) {
    long from = dk_max(start - first, 0), to = dk_min(end - first, f->sizes[i]);
    if (from < to && DK(any_infinite)(f->arrays[i] + from, to - from)) f->found = true;
  }
}

bool DK(dk_arrays_finite)(long count, const long *sizes, const REAL *const *arrays) {
  DK(finite) f = {sizes, arrays};
  long total = 0;
  for (long i = 0; i < count; i++) total += sizes[i];
  dk_blocks(total, finite_block, DK(finite_block), &f);
  return !f.found;
}

bool DK(dk_all_finite)(long n, const REAL *x) { return DK(dk_arrays_finite)(1, &n, &x); }

#endif
