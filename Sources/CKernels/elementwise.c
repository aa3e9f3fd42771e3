#ifndef REAL

#include "functions.h"

#define DK_SOURCE "elementwise.c"
#include "twice.h"

#else

// MARK: Unary

typedef struct {
  dk_unary op;
  const REAL *x;
  REAL *y;
} DK(unary);

#define CASE(name, expression)                \
  case dk_unary_##name:                       \
    for (long i = start; i < end; i++) {      \
      REAL x = in[i];                         \
      out[i] = (REAL)(expression);            \
    }                                         \
    break;

DK_CLONES static void DK(unary_range)(
    dk_unary op, const REAL *in, REAL *out, long start, long end) {
  switch (op) {
    CASE(negate, -x)
    CASE(exp, DK(exp)(x))
    CASE(expm1, DK(expm1)(x))
    CASE(log, DK(log)(x))
    CASE(log1p, DK(log1p)(x))
    CASE(sqrt, __builtin_elementwise_sqrt(x))
    CASE(square, x * x)
    CASE(abs, DK(absolute)(x))
    CASE(sign, x > 0 ? 1 : x < 0 ? -1 : x)
    CASE(reciprocal, 1 / x)
    CASE(sigmoid, DK(sigmoid)(x))
    CASE(log_sigmoid, -DK(softplus)(-x))
    CASE(softplus, DK(softplus)(x))
    CASE(tanh, DK(tanh)(x))
    CASE(relu, x < 0 ? 0 : x)
    CASE(step, x > 0 ? 1 : 0)
    CASE(floor, __builtin_elementwise_floor(x))
    CASE(sin, __builtin_elementwise_sin(x))
    CASE(cos, __builtin_elementwise_cos(x))
    CASE(is_finite, DK(absolute)(x) < (REAL)INFINITY ? 1 : 0)
  }
}
#undef CASE

static void DK(unary_block)(void *context, long start, long end) {
  const DK(unary) *u = context;
  DK(unary_range)(u->op, u->x, u->y, start, end);
}

void DK(dk_unary)(dk_unary op, long n, const REAL *x, REAL *y) {
  DK(unary) u = {op, x, y};
  dk_blocks(n, 16384, DK(unary_block), &u);
}

typedef struct {
  const REAL *y, *c;
  REAL *out;
} DK(slope);

DK_CLONES static void DK(tanh_slopes)(
    long n, const REAL *restrict y, const REAL *restrict c, REAL *restrict out) {
  for (long i = 0; i < n; i++) out[i] = c[i] * (1 - y[i] * y[i]);
}

static void DK(tanh_slope_block)(void *context, long start, long end) {
  const DK(slope) *s = context;
  DK(tanh_slopes)(end - start, s->y + start, s->c + start, s->out + start);
}

void DK(dk_tanh_backward)(long n, const REAL *y, const REAL *c, REAL *out) {
  DK(slope) s = {y, c, out};
  dk_blocks(n, 16384, DK(tanh_slope_block), &s);
}

// MARK: Simple updates

DK_CLONES void DK(dk_fill)(long n, REAL value, REAL *y) {
  for (long i = 0; i < n; i++) y[i] = value;
}

DK_CLONES void DK(dk_axpy)(long n, REAL a, const REAL *x, REAL *y) {
  for (long i = 0; i < n; i++) y[i] += a * x[i];
}

DK_CLONES void DK(dk_scale)(long n, REAL a, const REAL *x, REAL *y) {
  for (long i = 0; i < n; i++) y[i] = a * x[i];
}

#endif
