#ifndef REAL

#include "support.h"

// A tile is `conv_tile` places of the image by `conv_lanes` filters: its sums stay in registers,
// and every weight that is loaded is used for all its places. Nothing is unfolded: the window of a
// place is, row by row, a run of memory that begins one pixel after that of the place before.
enum { conv_tile = 14, conv_lanes = 16, conv_parts = 32 };

#define DK_SOURCE "convolution.c"
#include "twice.h"

#else

typedef REAL DK(conv_vector) __attribute__((ext_vector_type(conv_lanes)));

typedef struct {
  dk_convolution_shape s;
  const REAL *x, *bias, *g;
  // Weights in groups of filters, [groups][size * size * channels][lanes], forwards and for the way
  // back.
  const REAL *forwards, *backwards;
  uint8_t *places;
  REAL *y, *dx, *sums;
  long block;
} DK(conv_job);

static long DK(conv_groups)(long filters) { return (filters + conv_lanes - 1) / conv_lanes; }

/// acc[t] += sum over k of a[t * step + k * stride] b[k * pitch ...].
DK_INLINE void DK(conv_run)(
    DK(conv_vector) acc[conv_tile], long depth, const REAL *a, long step, long stride,
    const REAL *b, long pitch) {
  for (long k = 0; k < depth; k++) {
    DK(conv_vector) v;
    memcpy(&v, b + k * pitch, sizeof v);
#pragma clang loop unroll(full)
    for (int t = 0; t < conv_tile; t++) acc[t] += a[t * step + k * stride] * v;
  }
}

/// y[rows, columns, filters] = the windows of a padded source times grouped weights, plus the bias
/// if any. Tiles read past the last window, into what the source has to spare.
DK_CLONES static void DK(correlate)(
    long size, long channels, long filters, long rows, long columns, const REAL *source,
    long pitch, const REAL *weights, const REAL *bias, REAL *y) {
  long depth = size * channels;
  for (long f = 0; f < filters; f += conv_lanes) {
    const REAL *group = weights + f * size * depth;
    long lanes = dk_min(conv_lanes, filters - f);
    DK(conv_vector) start = 0;
    if (bias)
      for (long l = 0; l < lanes; l++) start[l] = bias[f + l];
    for (long row = 0; row < rows; row++) {
      for (long x = 0; x < columns; x += conv_tile) {
        DK(conv_vector) acc[conv_tile];
        for (int t = 0; t < conv_tile; t++) acc[t] = start;
        for (long k = 0; k < size; k++)
          DK(conv_run)(
              acc, depth, source + (row + k) * pitch + x * channels, channels, 1,
              group + k * depth * conv_lanes, conv_lanes);
        REAL *target = y + (row * columns + x) * filters + f;
        long count = dk_min(conv_tile, columns - x);
        for (long t = 0; t < count; t++) memcpy(target + t * filters, &acc[t], lanes * sizeof(REAL));
      }
    }
  }
}

/// sums[size, size * channels, filters] += the windows of a padded source, transposed, times the
/// slopes of their places, rows of `slope_pitch` with `filters` a multiple of the lanes.
DK_CLONES static void DK(correlate_slopes)(
    long size, long channels, long filters, long rows, long columns, const REAL *source,
    long pitch, const REAL *slopes, long slope_pitch, REAL *sums) {
  long depth = size * channels;
  for (long f = 0; f < filters; f += conv_lanes) {
    for (long k = 0; k < size; k++) {
      for (long r = 0; r < depth; r += conv_tile) {
        DK(conv_vector) acc[conv_tile];
        for (int t = 0; t < conv_tile; t++) acc[t] = 0;
        for (long row = 0; row < rows; row++)
          DK(conv_run)(
              acc, columns, source + (row + k) * pitch + r, 1, channels,
              slopes + row * slope_pitch + f, filters);
        REAL *target = sums + (k * depth + r) * filters + f;
        long count = dk_min(conv_tile, depth - r);
        for (long t = 0; t < count; t++)
          for (long l = 0; l < conv_lanes; l++) target[t * filters + l] += acc[t][l];
      }
    }
  }
}

/// The largest of every 2 x 2 places of y[rows, columns, filters], and which of the four it was.
DK_CLONES static void DK(pool_image)(
    long rows, long columns, long filters, const REAL *restrict y, REAL *restrict out,
    uint8_t *restrict places) {
  for (long r = 0; r < rows / 2; r++) {
    for (long c = 0; c < columns / 2; c++) {
      const REAL *a = y + (2 * r * columns + 2 * c) * filters, *b = a + columns * filters;
      long to = (r * (columns / 2) + c) * filters;
      for (long f = 0; f < filters; f++) {
        REAL upper = a[f], lower = b[f];
        uint8_t p = a[filters + f] > upper, q = b[filters + f] > lower;
        upper = p ? a[filters + f] : upper;
        lower = q ? b[filters + f] : lower;
        out[to + f] = lower > upper ? lower : upper;
        places[to + f] = lower > upper ? (uint8_t)(2 + q) : p;
      }
    }
  }
}

/// The image with a border of zeros.
static void DK(pad_image)(
    long rows, long columns, long channels, long border, long spare, const REAL *x, REAL *out) {
  long pitch = (columns + 2 * border) * channels, inner = columns * channels;
  memset(out, 0, ((rows + 2 * border) * pitch + spare) * sizeof(REAL));
  for (long r = 0; r < rows; r++)
    memcpy(
        out + (r + border) * pitch + border * channels, x + r * inner, inner * sizeof(REAL));
}

/// The slopes of all places with a border of zeros and filters filled up to whole groups.
static void DK(pad_slopes)(
    const dk_convolution_shape *s, long rows, long columns, long border, long spare, const REAL *g,
    const uint8_t *places, REAL *out) {
  long f = s->filters, wide = DK(conv_groups)(f) * conv_lanes;
  long pitch = (columns + 2 * border) * wide;
  memset(out, 0, ((rows + 2 * border) * pitch + spare) * sizeof(REAL));
  REAL *inner = out + border * pitch + border * wide;
  if (!s->pools) {
    for (long r = 0; r < rows; r++)
      for (long c = 0; c < columns; c++)
        memcpy(inner + r * pitch + c * wide, g + (r * columns + c) * f, f * sizeof(REAL));
    return;
  }
  for (long r = 0; r < rows / 2; r++)
    for (long c = 0; c < columns / 2; c++) {
      REAL *block = inner + 2 * r * pitch + 2 * c * wide;
      long from = (r * (columns / 2) + c) * f;
      for (long i = 0; i < f; i++) {
        uint8_t p = places[from + i];
        block[(p >> 1) * pitch + (p & 1) * wide + i] = g[from + i];
      }
    }
}

static REAL *DK(conv_scratch)(long count) { return dk_allocate(count * sizeof(REAL)); }
static void DK(conv_free)(REAL *p, long count) { dk_release(p, count * sizeof(REAL)); }

static void DK(conv_image)(void *context, long image) {
  const DK(conv_job) *j = context;
  const dk_convolution_shape *s = &j->s;
  long rows = s->height + 2 * s->padding - s->size + 1;
  long columns = s->width + 2 * s->padding - s->size + 1;
  long pitch = (s->width + 2 * s->padding) * s->channels, spare = conv_tile * s->channels;
  long padded = (s->height + 2 * s->padding) * pitch + spare, whole = rows * columns * s->filters;
  REAL *source = DK(conv_scratch)(padded);
  DK(pad_image)(
      s->height, s->width, s->channels, s->padding, spare,
      j->x + image * s->height * s->width * s->channels, source);
  if (s->pools) {
    REAL *y = DK(conv_scratch)(whole);
    long out = (rows / 2) * (columns / 2) * s->filters;
    DK(correlate)(
        s->size, s->channels, s->filters, rows, columns, source, pitch, j->forwards, j->bias, y);
    DK(pool_image)(rows, columns, s->filters, y, j->y + image * out, j->places + image * out);
    DK(conv_free)(y, whole);
  } else {
    DK(correlate)(
        s->size, s->channels, s->filters, rows, columns, source, pitch, j->forwards, j->bias,
        j->y + image * whole);
  }
  DK(conv_free)(source, padded);
}

/// Weights [size, size, channels, filters] in groups of filters.
static void DK(group_filters)(const dk_convolution_shape *s, const REAL *weight, REAL *out) {
  long depth = s->size * s->size * s->channels, groups = DK(conv_groups)(s->filters);
  for (long g = 0; g < groups; g++)
    for (long k = 0; k < depth; k++)
      for (long l = 0; l < conv_lanes; l++) {
        long f = g * conv_lanes + l;
        out[(g * depth + k) * conv_lanes + l] =
            f < s->filters ? weight[k * s->filters + f] : 0;
      }
}

/// Weights turned by half a turn, in groups of channels: what takes slopes back to the image.
static void DK(group_channels)(const dk_convolution_shape *s, const REAL *weight, REAL *out) {
  long wide = DK(conv_groups)(s->filters) * conv_lanes, groups = DK(conv_groups)(s->channels);
  long area = s->size * s->size;
  for (long g = 0; g < groups; g++)
    for (long k = 0; k < area; k++)
      for (long f = 0; f < wide; f++)
        for (long l = 0; l < conv_lanes; l++) {
          long c = g * conv_lanes + l;
          out[((g * area + k) * wide + f) * conv_lanes + l] =
              c < s->channels && f < s->filters
                  ? weight[((area - 1 - k) * s->channels + c) * s->filters + f]
                  : 0;
        }
}

void DK(dk_convolution)(
    dk_convolution_shape shape, const REAL *x, const REAL *weight, const REAL *bias, REAL *y,
    uint8_t *places) {
  const dk_convolution_shape *s = &shape;
  long count = DK(conv_groups)(s->filters) * conv_lanes * s->size * s->size * s->channels;
  REAL *grouped = DK(conv_scratch)(count);
  DK(group_filters)(s, weight, grouped);
  DK(conv_job) j = {.s = *s, .x = x, .bias = bias, .forwards = grouped, .places = places, .y = y};
  dk_parallel(s->count, DK(conv_image), &j);
  DK(conv_free)(grouped, count);
}

static void DK(conv_part)(void *context, long part) {
  const DK(conv_job) *j = context;
  const dk_convolution_shape *s = &j->s;
  long rows = s->height + 2 * s->padding - s->size + 1;
  long columns = s->width + 2 * s->padding - s->size + 1;
  long area = s->height * s->width * s->channels;
  long wide = DK(conv_groups)(s->filters) * conv_lanes, depth = s->size * s->size * s->channels;
  long pitch = (s->width + 2 * s->padding) * s->channels, spare = conv_tile * s->channels;
  long padded = (s->height + 2 * s->padding) * pitch + spare;
  // Without slopes for the image the border is not needed.
  long border = j->dx ? s->size - 1 - s->padding : 0;
  long slope_pitch = (columns + 2 * border) * wide, slope_spare = conv_tile * wide;
  long slope_count = (rows + 2 * border) * slope_pitch + slope_spare;
  long out = s->pools ? (rows / 2) * (columns / 2) * s->filters : rows * columns * s->filters;
  REAL *source = DK(conv_scratch)(padded), *slopes = DK(conv_scratch)(slope_count);
  REAL *sums = j->sums + part * (depth + 1) * wide, *biases = sums + depth * wide;
  memset(sums, 0, (depth + 1) * wide * sizeof(REAL));
  for (long i = part * j->block; i < dk_min(s->count, (part + 1) * j->block); i++) {
    DK(pad_image)(
        s->height, s->width, s->channels, s->padding, spare, j->x + i * area, source);
    DK(pad_slopes)(
        s, rows, columns, border, slope_spare, j->g + i * out,
        s->pools ? j->places + i * out : NULL, slopes);
    DK(correlate_slopes)(
        s->size, s->channels, wide, rows, columns, source, pitch,
        slopes + border * slope_pitch + border * wide, slope_pitch, sums);
    for (long p = 0; p < out / s->filters; p++)
      for (long f = 0; f < s->filters; f++) biases[f] += j->g[i * out + p * s->filters + f];
    if (j->dx)
      DK(correlate)(
          s->size, wide, s->channels, s->height, s->width, slopes, slope_pitch, j->backwards,
          NULL, j->dx + i * area);
  }
  DK(conv_free)(slopes, slope_count);
  DK(conv_free)(source, padded);
}

void DK(dk_convolution_backward)(
    dk_convolution_shape shape, const REAL *x, const REAL *weight, const uint8_t *places,
    const REAL *g, REAL *dx, REAL *dweight, REAL *dbias) {
  const dk_convolution_shape *s = &shape;
  long wide = DK(conv_groups)(s->filters) * conv_lanes, depth = s->size * s->size * s->channels;
  // As many parts whatever the threads, so that sums do not depend on them.
  long block = dk_max(1, (s->count + conv_parts - 1) / conv_parts);
  long parts = (s->count + block - 1) / block;
  long each = (depth + 1) * wide, turned = 0;
  REAL *sums = DK(conv_scratch)(parts * each), *grouped = NULL;
  if (dx) {
    turned = s->size * s->size * wide * DK(conv_groups)(s->channels) * conv_lanes;
    grouped = DK(conv_scratch)(turned);
    DK(group_channels)(s, weight, grouped);
  }
  DK(conv_job) j = {
      .s = *s, .x = x, .g = g, .backwards = grouped, .places = (uint8_t *)places, .dx = dx,
      .sums = sums, .block = block};
  dk_parallel(parts, DK(conv_part), &j);
  for (long p = 1; p < parts; p++)
    for (long i = 0; i < each; i++) sums[i] += sums[p * each + i];
  for (long k = 0; k <= depth; k++)
    memcpy(
        k < depth ? dweight + k * s->filters : dbias, sums + k * wide,
        s->filters * sizeof(REAL));
  if (dx) DK(conv_free)(grouped, turned);
  DK(conv_free)(sums, parts * each);
}

#endif
