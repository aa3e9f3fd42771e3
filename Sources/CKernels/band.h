// Sums over the entries near the diagonal of a matrix exp(-D), without the matrix; no guard on
// purpose.
//
// D is 0 on the diagonal and grows away from it by gaps of sorted scores, so neighboring rows, or
// columns, go side by side until all of them are beyond the cut: no running maximum, no
// cancellation, and only what counts is visited.
#ifndef REAL

enum { band_lanes = 32, band_steps = 32, band_first_steps = 4, band_pad = 3 * band_lanes };

/// How D grows, and whether lanes are rows, which need their totals, or columns, which need
/// moments.
typedef enum { neural_rows, neural_columns, square_rows, square_columns } band_form;

/// Whole blocks of lanes, and on both sides what lanes may read before all of them have stopped.
static long band_stride(long n) {
  return (n + band_lanes - 1) / band_lanes * band_lanes + 2 * band_pad;
}

#else

/// `gaps`, `channels` and the results have lines of `stride`; the pointers are at place 0,
/// `band_pad` into a line.
typedef struct {
  long n, stride, channel_count;
  REAL cut;
  const REAL *gaps, *channels;
  /// sums[c, i] = sum over r of exp(-D) channels[c, r]; by columns over i for every r.
  REAL *sums;
  /// By columns the same with weights i - r, for squares s_i - s_r; NULL by rows.
  REAL *moments;
  /// By rows sum over r of exp(-D); NULL by columns.
  REAL *totals;
} DK(band);

/// One side of the diagonal for lanes i..<i + band_lanes; `side` is 1 or -1.
DK_INLINE void DK(band_side)(const DK(band) *k, long i, const int side, const band_form form) {
  const bool by_columns = form == neural_columns || form == square_columns;
  REAL x[band_lanes], ahead[band_lanes], total[band_lanes];
  REAL weights[band_steps][band_lanes], distances[band_steps][band_lanes];
  for (int l = 0; l < band_lanes; l++) x[l] = ahead[l] = total[l] = 0;
  const REAL *gaps = k->gaps + i - (side < 0);
  for (long done = 0, steps = band_first_steps;; done += steps, steps = band_steps) {
    for (long t = 0; t < steps; t++) {
      const REAL *gap = gaps + side * (done + t);
      REAL factor = (REAL)(2 * (done + t) + 1);
      for (int l = 0; l < band_lanes; l++) {
        if (form == neural_rows) x[l] += factor * gap[l];
        if (form == neural_columns) x[l] += gap[l] + 2 * ahead[l];
        if (form != neural_rows) ahead[l] += gap[l];
        if (form == square_rows || form == square_columns) x[l] = ahead[l] * ahead[l];
        if (form == square_columns) distances[t][l] = x[l] > k->cut ? 0 : -side * ahead[l];
        weights[t][l] = x[l];
      }
    }
    REAL *flat = weights[0];
    for (long j = 0; j < steps * band_lanes; j++)
      flat[j] = flat[j] > k->cut ? 0 : DK(exp_negative)(-flat[j]);
    if (!by_columns)
      for (long t = 0; t < steps; t++)
        for (int l = 0; l < band_lanes; l++) total[l] += weights[t][l];
    for (long c = 0; c < k->channel_count; c++) {
      const REAL *channel = k->channels + c * k->stride + i + side * (done + 1);
      REAL *sums = k->sums + c * k->stride + i;
      REAL sum[band_lanes], moment[band_lanes];
      for (int l = 0; l < band_lanes; l++) sum[l] = moment[l] = 0;
      for (long t = 0; t < steps; t++) {
        REAL distance = (REAL)(side * (done + t + 1));
        for (int l = 0; l < band_lanes; l++) {
          REAL term = weights[t][l] * channel[side * t + l];
          sum[l] += term;
          if (form == neural_columns) moment[l] += distance * term;
          if (form == square_columns) moment[l] += distances[t][l] * term;
        }
      }
      for (int l = 0; l < band_lanes; l++) sums[l] += sum[l];
      if (by_columns) {
        REAL *moments = k->moments + c * k->stride + i;
        for (int l = 0; l < band_lanes; l++) moments[l] += moment[l];
      }
    }
    // Beyond the last item the gap is infinite, so every lane stops.
    REAL least = x[0];
    for (int l = 1; l < band_lanes; l++) least = x[l] < least ? x[l] : least;
    if (least > k->cut) break;
  }
  if (!by_columns)
    for (int l = 0; l < band_lanes; l++) k->totals[i + l] += total[l];
}

DK_INLINE void DK(band_blocks)(void *context, long start, long end, const band_form form) {
  const DK(band) *k = context;
  const bool by_columns = form == neural_columns || form == square_columns;
  for (long i = start * band_lanes; i < end * band_lanes; i += band_lanes) {
    // The diagonal, where D is 0.
    for (long c = 0; c < k->channel_count; c++)
      for (int l = 0; l < band_lanes; l++) {
        k->sums[c * k->stride + i + l] = k->channels[c * k->stride + i + l];
        if (by_columns) k->moments[c * k->stride + i + l] = 0;
      }
    if (!by_columns)
      for (int l = 0; l < band_lanes; l++) k->totals[i + l] = 1;
    DK(band_side)(k, i, 1, form);
    DK(band_side)(k, i, -1, form);
  }
}

/// The first `count` rows, or columns.
#define DK_RUN_BAND(form)                                                                          \
  DK_CLONES static void DK(form##_blocks)(void *context, long start, long end) {                   \
    DK(band_blocks)(context, start, end, form);                                                    \
  }                                                                                                \
  static void DK(run_##form)(const DK(band) *k, long count) {                                      \
    dk_blocks((count + band_lanes - 1) / band_lanes, 1, DK(form##_blocks), (void *)k);             \
  }

// MARK: Sequences

/// What all entry points have in common: `batch` sequences of n scores, of whose orders the first
/// `rows` places are wanted.
typedef struct {
  long n, rows, d;
  double inverse, cut;
  const REAL *scores, *payload, *y, *z, *g;
  const int32_t *order, *ranks;
  REAL *result, *totals, *dscores, *dpayload;
} DK(sequences);

static REAL *DK(lines)(long stride, long count) {
  REAL *lines = dk_allocate((size_t)(stride * count) * sizeof(REAL));
  memset(lines, 0, (size_t)(stride * count) * sizeof(REAL));
  return lines + band_pad;
}

static void DK(free_lines)(REAL *lines, long stride, long count) {
  dk_release(lines - band_pad, (size_t)(stride * count) * sizeof(REAL));
}

/// Gaps of the sorted scores times a factor, infinite outside.
static REAL *DK(make_gaps)(long n, double factor, const REAL *scores, const int32_t *order) {
  long stride = band_stride(n);
  REAL *gaps = DK(lines)(stride, 1);
  for (long q = -band_pad; q < stride - band_pad; q++) gaps[q] = (REAL)INFINITY;
  for (long q = 0; q + 1 < n; q++)
    gaps[q] = (REAL)(((double)scores[order[q]] - (double)scores[order[q + 1]]) * factor);
  return gaps;
}

/// Payload [n, d] as d lines in sorted order.
static void DK(load_payload)(
    const DK(sequences) *k, const REAL *payload, const int32_t *order, REAL *lines) {
  long stride = band_stride(k->n);
  for (long r = 0; r < k->n; r++)
    for (long c = 0; c < k->d; c++) lines[c * stride + r] = payload[order[r] * k->d + c];
}

#endif
