#ifndef REAL

#include "functions.h"

#define DK_SOURCE "assignment.c"
#include "twice.h"

#else

// Shortest augmenting paths: rows enter one by one, each along a path of least reduced cost found
// as by Dijkstra, after which the potentials keep every reduced cost at or above zero.

typedef struct {
  long n;
  const REAL *scores;
  int32_t *columns, *feasible;
  REAL *row_potentials, *column_potentials;
} DK(assignment);

typedef struct {
  size_t size;
  double *costs, *u, *v, *distances;
  int32_t *row_of, *before, *done;
} DK(assignment_scratch);

static DK(assignment_scratch) DK(make_assignment_scratch)(long n) {
  DK(assignment_scratch) s = {
      (size_t)(n * n + 4 * (n + 1)) * sizeof(double) + (size_t)(3 * (n + 1)) * sizeof(int32_t)};
  s.costs = dk_allocate(s.size);
  s.u = s.costs + n * n, s.v = s.u + n, s.distances = s.v + n + 1;
  s.row_of = (int32_t *)(void *)(s.distances + n + 1);
  s.before = s.row_of + n + 1, s.done = s.before + n + 1;
  return s;
}

/// Columns nearer by way of row i, and the distance of the nearest not done.
DK_CLONES static double DK(relax_columns)(
    long n, const double *restrict costs, double offset, const double *restrict v, int32_t from,
    const int32_t *restrict done, double *restrict distances, int32_t *restrict before) {
  double nearest[8];
  for (int l = 0; l < 8; l++) nearest[l] = INFINITY;
  for (long j = 0; j < n; j++) {
    double distance = costs[j] - offset - v[j];
    bool nearer = (distance < distances[j]) & !done[j];
    distances[j] = nearer ? distance : distances[j];
    before[j] = nearer ? from : before[j];
    double open = done[j] ? INFINITY : distances[j];
    nearest[j & 7] = open < nearest[j & 7] ? open : nearest[j & 7];
  }
  for (int l = 1; l < 8; l++) nearest[0] = nearest[l] < nearest[0] ? nearest[l] : nearest[0];
  return nearest[0];
}

/// Least cost; false if every assignment is infinite. Column n stands for the row that enters.
static bool DK(assign)(long n, DK(assignment_scratch) *s) {
  for (long j = 0; j <= n; j++) s->v[j] = 0, s->row_of[j] = -1;
  for (long i = 0; i < n; i++) s->u[i] = 0;
  for (long entering = 0; entering < n; entering++) {
    for (long j = 0; j < n; j++) s->distances[j] = INFINITY, s->done[j] = 0;
    s->row_of[n] = (int32_t)entering;
    long column = n;
    double walked = 0;
    // Potentials change once, when the path is found: distances count from the entering row.
    do {
      if (column < n) s->done[column] = 1;
      long row = s->row_of[column];
      double least = DK(relax_columns)(
          n, s->costs + row * n, s->u[row] - walked, s->v, (int32_t)column, s->done, s->distances,
          s->before);
      if (least == INFINITY) return false;
      walked = least;
      for (column = 0; s->done[column] || s->distances[column] != least; column++) {}
    } while (s->row_of[column] >= 0);
    s->u[entering] += walked;
    for (long j = 0; j < n; j++)
      if (s->done[j]) {
        s->u[s->row_of[j]] += walked - s->distances[j];
        s->v[j] -= walked - s->distances[j];
      }
    while (column != n) {
      long from = s->before[column];
      s->row_of[column] = s->row_of[from];
      column = from;
    }
  }
  return true;
}

static void DK(assign_matrices)(void *context, long start, long end) {
  const DK(assignment) *k = context;
  long n = k->n;
  DK(assignment_scratch) s = DK(make_assignment_scratch)(n);
  for (long b = start; b < end; b++) {
    for (long i = 0; i < n * n; i++) s.costs[i] = -(double)k->scores[b * n * n + i];
    k->feasible[b] = DK(assign)(n, &s);
    for (long j = 0; j < n; j++) {
      if (k->feasible[b]) k->columns[b * n + s.row_of[j]] = (int32_t)j;
      else k->columns[b * n + j] = (int32_t)j;
      k->row_potentials[b * n + j] = (REAL)-s.u[j];
      k->column_potentials[b * n + j] = (REAL)-s.v[j];
    }
  }
  dk_release(s.costs, s.size);
}

void DK(dk_assignment)(
    long batch, long n, const REAL *scores, int32_t *columns, int32_t *feasible,
    REAL *row_potentials, REAL *column_potentials) {
  DK(assignment) k = {n, scores, columns, feasible, row_potentials, column_potentials};
  dk_blocks(batch, dk_lines(n * n * n), DK(assign_matrices), &k);
}

#endif
