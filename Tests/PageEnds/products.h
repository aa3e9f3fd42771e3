// Included by sweeps.c once per precision; no guard on purpose.

/// Rows of `columns` whole numbers, small enough for exact sums, `stride` apart; between them NaN.
static REAL *DK(matrix)(long rows, long columns, long stride, bool transposed) {
  long count = (rows - 1) * stride + columns;
  REAL *x = place((size_t)count * sizeof *x);
  for (long i = 0; i < count; i++) x[i] = (REAL)NAN;
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++)
      x[i * stride + j] = (REAL)((transposed ? j * 5 + i * 3 : i * 5 + j * 3) % 7 - 3);
  return x;
}

static bool DK(product)(
    bool ta, bool tb, long m, long n, long k, long more, const REAL *expected) {
  begin(ta ? tb ? "product at bt" : "product at b" : tb ? "product a bt" : "product a b", m, n, k,
        more);
  long lda = (ta ? m : k) + more, ldb = (tb ? k : n) + more, ldc = n + more;
  const REAL *a = DK(matrix)(ta ? k : m, ta ? m : k, lda, ta);
  const REAL *b = DK(matrix)(tb ? n : k, tb ? k : n, ldb, tb);
  REAL *c = DK(matrix)(m, n, ldc, false);
  // What c was must not matter at 0, and count at 1.
  REAL beta = (m + n + k) % 2;
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++) c[i * ldc + j] = beta == 0 ? (REAL)NAN : 1;
  DK(dk_gemm)(ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
  for (long i = 0; i < m; i++) {
    for (long j = 0; j < n; j++)
      if (c[i * ldc + j] != expected[i * n + j] + beta) return false;
    for (long j = n; j < ldc && i < m - 1; j++)
      if (c[i * ldc + j] == c[i * ldc + j]) return false;
  }
  REAL *y = place((size_t)(m * n) * sizeof *y), *row = place((size_t)n * sizeof *row);
  for (long j = 0; j < n; j++) row[j] = (REAL)j;
  DK(dk_affine)(ta, tb, m, n, k, a, lda, b, ldb, row, false, y);
  for (long i = 0; i < m * n; i++)
    if (y[i] != expected[i] + row[i % n]) return false;
  return true;
}

/// Both factors as `matrix` makes them.
static void DK(define)(long m, long n, long k, REAL *y) {
  for (long i = 0; i < m * n; i++) y[i] = 0;
  for (long i = 0; i < m; i++)
    for (long l = 0; l < k; l++) {
      REAL factor = (REAL)((i * 5 + l * 3) % 7 - 3);
      for (long j = 0; j < n; j++) y[i * n + j] += factor * (REAL)((l * 5 + j * 3) % 7 - 3);
    }
}

static long DK(products)(long m, long n, long k) {
  static const long mores[] = {0, 1, 13};
  static REAL expected[1000 * 1000];
  DK(define)(m, n, k, expected);
  long wrong = 0;
  for (int layout = 0; layout < 8; layout++) {
    at_start(layout & 4);
    for (int i = 0; i < COUNT(mores); i++) {
      bool ta = layout & 1, tb = layout & 2;
      if (DK(product)(ta, tb, m, n, k, mores[i], expected)) continue;
      if (wrong++ == 0)
        fprintf(stderr, "wrong product: %d %d, %ld x %ld x %ld, %ld more\n", ta, tb, m, n, k,
                mores[i]);
    }
  }
  return wrong;
}

long DK(product_sweep)(void) {
  static const long sizes[] = {1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 24, 31, 33, 48, 50, 64, 67, 97, 100};
  static const long large[][3] = {{7, 300, 100},   {100, 784, 200}, {100, 200, 784}, {784, 200, 100},
                                  {200, 784, 100}, {1, 1000, 1000}, {1000, 1, 1000}, {1000, 1000, 1}};
  long wrong = 0;
  for (int m = 0; m < COUNT(sizes); m++)
    for (int n = 0; n < COUNT(sizes); n++)
      for (int k = 0; k < COUNT(sizes); k++) wrong += DK(products)(sizes[m], sizes[n], sizes[k]);
  for (int i = 0; i < COUNT(large); i++)
    wrong += DK(products)(large[i][0], large[i][1], large[i][2]);
  return wrong;
}
