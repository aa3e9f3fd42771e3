#ifndef REAL

#include "functions.h"

#define DK_SOURCE "responses.c"
#include "twice.h"

#else

// MARK: The largest response of each filter over time, and where it was

typedef struct {
  long rows, steps, n, places, run, filters;
  const REAL *x, *weight, *slopes, *responses;
  const int32_t *chosen;
  REAL *y;
  int32_t *place;
} DK(responses_job);

DK_CLONES static void DK(take_larger)(
    long n, int32_t place, const REAL *restrict response, REAL *restrict y,
    int32_t *restrict chosen) {
  for (long f = 0; f < n; f++) {
    chosen[f] = response[f] > y[f] ? place : chosen[f];
    y[f] = response[f] > y[f] ? response[f] : y[f];
  }
}

static void DK(largest_rows)(void *context, long start, long end) {
  const DK(responses_job) *k = context;
  for (long r = start; r < end; r++) {
    const REAL *response = k->responses + r * k->places * k->filters;
    REAL *y = k->y + r * k->filters;
    int32_t *chosen = k->place + r * k->filters;
    for (long f = 0; f < k->filters; f++) {
      y[f] = response[f];
      chosen[f] = 0;
    }
    for (long p = 1; p < k->places; p++)
      DK(take_larger)(k->filters, (int32_t)p, response + p * k->filters, y, chosen);
  }
}

void DK(dk_largest_responses)(
    long rows, long places, long filters, const REAL *responses, REAL *y, int32_t *chosen) {
  DK(responses_job) k = {
      .rows = rows, .places = places, .filters = filters, .responses = responses, .y = y,
      .place = chosen};
  dk_blocks(rows, dk_lines(places * filters), DK(largest_rows), &k);
}

DK_CLONES static void DK(add_scaled)(
    long n, REAL scale, const REAL *restrict x, REAL *restrict y) {
  for (long i = 0; i < n; i++) y[i] += scale * x[i];
}

/// To each step of a row come the weights of the filters that chose a window over it.
static void DK(response_input_rows)(void *context, long start, long end) {
  const DK(responses_job) *k = context;
  for (long r = start; r < end; r++) {
    REAL *y = k->y + r * k->steps * k->n;
    for (long i = 0; i < k->steps * k->n; i++) y[i] = 0;
    for (long f = 0; f < k->filters; f++) {
      REAL slope = k->slopes[r * k->filters + f];
      if (slope != 0)
        DK(add_scaled)(
            k->run, slope, k->weight + f * k->run, y + k->chosen[r * k->filters + f] * k->n);
    }
  }
}

/// To each filter come the windows that it chose.
static void DK(response_filters)(void *context, long start, long end) {
  const DK(responses_job) *k = context;
  for (long f = start; f < end; f++) {
    REAL *y = k->y + f * k->run;
    for (long i = 0; i < k->run; i++) y[i] = 0;
    for (long r = 0; r < k->rows; r++) {
      long at = r * k->filters + f;
      if (k->slopes[at] != 0)
        DK(add_scaled)(
            k->run, k->slopes[at], k->x + (r * k->steps + k->chosen[at]) * k->n, y);
    }
  }
}

void DK(dk_largest_responses_backward)(
    long rows, long steps, long n, long width, long filters, const REAL *x, const REAL *weight,
    const int32_t *chosen, const REAL *slopes, REAL *dx, REAL *dweight) {
  DK(responses_job) k = {
      .rows = rows, .steps = steps, .n = n, .run = width * n, .filters = filters, .x = x,
      .weight = weight, .slopes = slopes, .chosen = chosen};
  if (dx) {
    k.y = dx;
    dk_blocks(rows, dk_lines(filters * width * n), DK(response_input_rows), &k);
  }
  k.y = dweight;
  dk_blocks(filters, dk_lines(rows * width * n), DK(response_filters), &k);
}

#endif
