#ifndef REAL

#include "functions.h"

enum { most_rank = 16, most_operands = 3 };

/// A loop nest: dimensions of one element dropped, neighbors that are contiguous in every operand
/// merged.
typedef struct {
  int rank;
  long count;
  long shape[most_rank];
  long strides[most_operands][most_rank];
} nest;

static void collapse(
    nest *l, long rank, const long *shape, int operands, const long *const *strides) {
  l->rank = 0;
  l->count = 1;
  for (long d = 0; d < rank; d++) {
    l->count *= shape[d];
    if (shape[d] == 1) continue;
    int last = l->rank - 1;
    bool merges = last >= 0;
    for (int o = 0; o < operands && merges; o++)
      merges = l->strides[o][last] == strides[o][d] * shape[d];
    if (merges) {
      l->shape[last] *= shape[d];
    } else {
      if (l->rank == most_rank) __builtin_trap();
      last = l->rank++;
      l->shape[last] = shape[d];
    }
    for (int o = 0; o < operands; o++) l->strides[o][last] = strides[o][d];
  }
  if (l->rank == 0) {
    l->rank = 1;
    l->shape[0] = 1;
    for (int o = 0; o < operands; o++) l->strides[o][0] = 0;
  }
}

/// The operands' offsets at line `line` of the innermost dimension.
static void offsets_at(const nest *l, int operands, long line, long *offsets) {
  for (int o = 0; o < operands; o++) offsets[o] = 0;
  for (int d = l->rank - 2; d >= 0; d--) {
    long index = line % l->shape[d];
    line /= l->shape[d];
    for (int o = 0; o < operands; o++) offsets[o] += index * l->strides[o][d];
  }
}

#define DK_SOURCE "broadcast.c"
#include "twice.h"

#else

// MARK: Binary

#define LOOP(A, B, expression)           \
  for (long i = 0; i < n; i++) {         \
    REAL a = A, b = B;                   \
    y[i] = (REAL)(expression);           \
  }
#define CASE(name, expression)                                     \
  case dk_binary_##name:                                           \
    if (sa == 1 && sb == 1) LOOP(x[i], z[i], expression)           \
    else if (sa == 1 && sb == 0) LOOP(x[i], z[0], expression)      \
    else if (sa == 0 && sb == 1) LOOP(x[0], z[i], expression)      \
    else LOOP(x[i * sa], z[i * sb], expression)                    \
    break;

DK_CLONES static void DK(binary_line)(
    dk_binary op, long n, const REAL *x, long sa, const REAL *z, long sb, REAL *y) {
  switch (op) {
    CASE(add, a + b)
    CASE(subtract, a - b)
    CASE(multiply, a * b)
    CASE(divide, a / b)
    CASE(maximum, DK(maximum)(a, b))
    CASE(minimum, DK(minimum)(a, b))
    CASE(power, __builtin_elementwise_pow(a, b))
    CASE(less, a < b ? 1 : 0)
    CASE(less_equal, a <= b ? 1 : 0)
    CASE(equal, a == b ? 1 : 0)
  }
}
#undef CASE
#undef LOOP

typedef struct {
  dk_binary op;
  const nest *l;
  const REAL *a, *b;
  REAL *y;
} DK(binary);

static void DK(binary_lines)(void *context, long start, long end) {
  const DK(binary) *c = context;
  const nest *l = c->l;
  int inner = l->rank - 1;
  long n = l->shape[inner];
  for (long line = start; line < end; line++) {
    long at[2];
    offsets_at(l, 2, line, at);
    DK(binary_line)(
        c->op, n, c->a + at[0], l->strides[0][inner], c->b + at[1], l->strides[1][inner],
        c->y + line * n);
  }
}

static void DK(binary_elements)(void *context, long start, long end) {
  const DK(binary) *c = context;
  long sa = c->l->strides[0][0], sb = c->l->strides[1][0];
  DK(binary_line)(
      c->op, end - start, c->a + start * sa, sa, c->b + start * sb, sb, c->y + start);
}

void DK(dk_binary)(
    dk_binary op, long rank, const long *shape, const REAL *a, const long *a_strides, const REAL *b,
    const long *b_strides, REAL *y) {
  nest l;
  collapse(&l, rank, shape, 2, (const long *const[]){a_strides, b_strides});
  if (l.count == 0) return;
  DK(binary) c = {op, &l, a, b, y};
  long n = l.shape[l.rank - 1];
  if (l.rank == 1) dk_blocks(n, 32768, DK(binary_elements), &c);
  else dk_blocks(l.count / n, 2 * dk_lines(n), DK(binary_lines), &c);
}

// MARK: Select

#define LOOP(A, B)                 \
  for (long i = 0; i < n; i++) {   \
    REAL p = A, q = B;             \
    y[i] = m[i] != 0 ? p : q;      \
  }

DK_CLONES static void DK(select_line)(
    long n, const REAL *m, long sm, const REAL *a, long sa, const REAL *b, long sb, REAL *y) {
  if (sm == 1 && sa == 1 && sb == 1) LOOP(a[i], b[i])
  else if (sm == 1 && sa == 1 && sb == 0) LOOP(a[i], b[0])
  else if (sm == 1 && sa == 0 && sb == 1) LOOP(a[0], b[i])
  else
    for (long i = 0; i < n; i++) {
      REAL p = a[i * sa], q = b[i * sb];
      y[i] = m[i * sm] != 0 ? p : q;
    }
}
#undef LOOP

typedef struct {
  const nest *l;
  const REAL *mask, *a, *b;
  REAL *y;
} DK(selection);

static void DK(select_lines)(void *context, long start, long end) {
  const DK(selection) *c = context;
  const nest *l = c->l;
  int inner = l->rank - 1;
  long n = l->shape[inner];
  for (long line = start; line < end; line++) {
    long at[3];
    offsets_at(l, 3, line, at);
    DK(select_line)(
        n, c->mask + at[0], l->strides[0][inner], c->a + at[1], l->strides[1][inner],
        c->b + at[2], l->strides[2][inner], c->y + line * n);
  }
}

static void DK(select_elements)(void *context, long start, long end) {
  const DK(selection) *c = context;
  long sm = c->l->strides[0][0], sa = c->l->strides[1][0], sb = c->l->strides[2][0];
  DK(select_line)(
      end - start, c->mask + start * sm, sm, c->a + start * sa, sa, c->b + start * sb, sb,
      c->y + start);
}

void DK(dk_select)(
    long rank, const long *shape, const REAL *mask, const long *mask_strides, const REAL *a,
    const long *a_strides, const REAL *b, const long *b_strides, REAL *y) {
  nest l;
  collapse(&l, rank, shape, 3, (const long *const[]){mask_strides, a_strides, b_strides});
  if (l.count == 0) return;
  DK(selection) c = {&l, mask, a, b, y};
  long n = l.shape[l.rank - 1];
  if (l.rank == 1) dk_blocks(n, 32768, DK(select_elements), &c);
  else dk_blocks(l.count / n, 2 * dk_lines(n), DK(select_lines), &c);
}

// MARK: Copies

void DK(dk_copy)(long rank, const long *shape, const REAL *x, const long *strides, REAL *y) {
  nest l;
  collapse(&l, rank, shape, 1, (const long *const[]){strides});
  if (l.count == 0) return;
  int inner = l.rank - 1;
  long n = l.shape[inner], s = l.strides[0][inner];
  for (long line = 0; line < l.count / n; line++, y += n) {
    long at;
    offsets_at(&l, 1, line, &at);
    if (s == 1) memcpy(y, x + at, (size_t)n * sizeof(REAL));
    else for (long i = 0; i < n; i++) y[i] = x[at + i * s];
  }
}

void DK(dk_scatter_copy)(
    long rank, const long *shape, const REAL *x, REAL *y, const long *strides) {
  nest l;
  collapse(&l, rank, shape, 1, (const long *const[]){strides});
  if (l.count == 0) return;
  int inner = l.rank - 1;
  long n = l.shape[inner], s = l.strides[0][inner];
  for (long line = 0; line < l.count / n; line++, x += n) {
    long at;
    offsets_at(&l, 1, line, &at);
    if (s == 1) memcpy(y + at, x, (size_t)n * sizeof(REAL));
    else for (long i = 0; i < n; i++) y[at + i * s] = x[i];
  }
}

DK_CLONES void DK(dk_scatter_add_strided)(
    long rank, const long *shape, const REAL *x, REAL *y, const long *strides) {
  nest l;
  collapse(&l, rank, shape, 1, (const long *const[]){strides});
  if (l.count == 0) return;
  int inner = l.rank - 1;
  long n = l.shape[inner], s = l.strides[0][inner];
  for (long line = 0; line < l.count / n; line++, x += n) {
    long at;
    offsets_at(&l, 1, line, &at);
    REAL *target = y + at;
    if (s == 1) for (long i = 0; i < n; i++) target[i] += x[i];
    else for (long i = 0; i < n; i++) target[i * s] += x[i];
  }
}

#endif
