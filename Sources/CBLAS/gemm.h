// Included by gemm.c once per precision; no guard on purpose.

typedef struct {
  bool ta, tb, by_rows;
  long m, n, k, lda, ldb, ldc, block;
  REAL alpha, beta;
  const REAL *a, *b;
  const REAL *row;  // what c begins as, or NULL
  bool squashes;
  REAL *c;
} DK(product);

static void DK(part)(void *context, long task) {
  const DK(product) *p = context;
  long start = task * p->block, whole = p->by_rows ? p->m : p->n;
  long size = whole - start < p->block ? whole - start : p->block;
  const REAL *a = p->a, *b = p->b;
  REAL *c = p->c;
  long m = p->m, n = p->n;
  if (p->by_rows) {
    a += p->ta ? start : start * p->lda;
    c += start * p->ldc;
    m = size;
  } else {
    b += p->tb ? start * p->ldb : start;
    c += start;
    n = size;
  }
  if (p->row)
    for (long i = 0; i < m; i++)
      memcpy(c + i * p->ldc, p->row + (p->by_rows ? 0 : start), (size_t)n * sizeof *c);
  if (p->k > 0) {
    enter_library();
    GEMM(
        row_major, p->ta ? transpose : no_transpose, p->tb ? transpose : no_transpose, (int)m,
        (int)n, (int)p->k, p->alpha, a, (int)p->lda, b, (int)p->ldb, p->beta, c, (int)p->ldc);
    leave_library();
  }
  if (p->squashes)
    for (long i = 0; i < m; i++) DK(dk_unary)(dk_unary_tanh, n, c + i * p->ldc, c + i * p->ldc);
}

static void DK(run)(DK(product) *p) {
  // The larger side of c is cut by its size alone, so that results do not depend on the threads.
  // Each part packs the whole of one factor, which is why parts are large; below some work a second
  // thread costs more than it saves.
  p->by_rows = p->m >= p->n;
  long side = p->by_rows ? p->m : p->n, parts = side / 512 * 2;
  parts = parts < 2 ? 2 : parts > 32 ? 32 : parts;
  if ((double)p->m * (double)p->n * (double)p->k < 200000) parts = 1;
  p->block = ((side + parts - 1) / parts + 3) / 4 * 4;
  dk_parallel((side + p->block - 1) / p->block, DK(part), p);
}

void DK(dk_gemm)(
    bool transpose_a, bool transpose_b, long m, long n, long k, REAL alpha, const REAL *a,
    long lda, const REAL *b, long ldb, REAL beta, REAL *c, long ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (long i = 0; i < m; i++)
      for (long j = 0; j < n; j++) c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
    return;
  }
  DK(product) p = {
      .ta = transpose_a, .tb = transpose_b, .m = m, .n = n, .k = k, .lda = lda, .ldb = ldb,
      .ldc = ldc, .alpha = alpha, .beta = beta, .a = a, .b = b, .c = c};
  DK(run)(&p);
}

void DK(dk_affine)(
    bool transpose_a, bool transpose_b, long m, long n, long k, const REAL *a, long lda,
    const REAL *b, long ldb, const REAL *row, bool squashes, REAL *c) {
  if (m == 0 || n == 0) return;
  DK(product) p = {
      .ta = transpose_a, .tb = transpose_b, .m = m, .n = n, .k = k, .lda = lda, .ldb = ldb,
      .ldc = n, .alpha = 1, .beta = 1, .a = a, .b = b, .row = row, .squashes = squashes, .c = c};
  DK(run)(&p);
}
