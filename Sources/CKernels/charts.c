#ifndef LANE

#include "functions.h"

// Sums over the derivations of an acyclic graph, in double precision whatever tensors are. Several
// sets of scores go side by side in the lanes of vectors, or one goes alone; both do the same
// operations in the same order, so that a set of scores has one result, to the bit.

typedef double lanes __attribute__((ext_vector_type(dk_chart_lanes), aligned(8), may_alias));

#define LANE lanes
#define LANES dk_chart_lanes
#define DK(name) name##_side_by_side
#include "charts.c"
#undef LANE
#undef LANES
#undef DK
#define LANE double
#define LANES 1
#define DK(name) name##_alone
#include "charts.c"

void dk_chart_inside(
    long lanes, const dk_graph *graph, const double *scores, double *sums, double *chances) {
  if (lanes == 1) inside_alone(graph, scores, sums, chances);
  else inside_side_by_side(graph, scores, sums, chances);
}

void dk_chart_outside(
    long lanes, const dk_graph *graph, const double *chances, double *masses, double *marginals) {
  if (lanes == 1) outside_alone(graph, chances, masses, marginals);
  else outside_side_by_side(graph, chances, masses, marginals);
}

void dk_chart_entropy(
    long lanes, const dk_graph *graph, const double *chances, const double *masses,
    double *entropies) {
  if (lanes == 1) entropy_alone(graph, chances, masses, entropies);
  else entropy_side_by_side(graph, chances, masses, entropies);
}

void dk_chart_covariance(
    long lanes, const dk_graph *graph, const double *chances, const double *masses,
    const double *vector, double *moves, double *slopes, double *drifts, double *products) {
  if (lanes == 1)
    covariance_alone(graph, chances, masses, vector, moves, slopes, drifts, products);
  else covariance_side_by_side(graph, chances, masses, vector, moves, slopes, drifts, products);
}

#else

DK_CLONES
static void DK(inside)(
    const dk_graph *graph, const double *all_scores, double *all_sums, double *all_chances) {
  // Place -1 holds zeros, so that an edge without a part or a tail needs no branch.
  const LANE *scores = (const LANE *)all_scores + 1;
  LANE *sums = (LANE *)all_sums + 1;
  const LANE zero = 0, impossible = -INFINITY;
  for (long node = 0; node < graph->nodes; node++) {
    const dk_edge *own = graph->edges + graph->starts[node];
    LANE *chance = (LANE *)all_chances + graph->starts[node];
    long count = graph->starts[node + 1] - graph->starts[node];
    LANE largest = impossible;
    for (long i = 0; i < count; i++) {
      LANE x = scores[own[i].part] + sums[own[i].first] + sums[own[i].second];
      // Where the divisor's sum is impossible, the edge is too.
      if (own[i].divisor >= 0) x = x == impossible ? x : x - sums[own[i].divisor];
      chance[i] = x;
      largest = x > largest ? x : largest;
    }
    LANE shift = largest > impossible ? largest : zero;
    for (long i = 0; i < count; i++) chance[i] -= shift;
    double *flat = (double *)chance;
    for (long i = 0; i < count * LANES; i++) flat[i] = exp_negative_d(flat[i]);
    LANE sum = zero;
    for (long i = 0; i < count; i++) sum += chance[i];
    LANE scale = sum > zero ? 1 / sum : zero;
    for (long i = 0; i < count; i++) chance[i] *= scale;
    for (long l = 0; l < LANES; l++) ((double *)&sum)[l] = log_normal_d(((double *)&sum)[l]);
    LANE total = largest + sum + scores[graph->parts[node]];
    sums[node] = largest > impossible ? total : impossible;
  }
}

DK_CLONES
static void DK(outside)(
    const dk_graph *graph, const double *all_chances, double *all_masses, double *all_marginals) {
  const LANE *chances = (const LANE *)all_chances;
  LANE *masses = (LANE *)all_masses + 1, *marginals = (LANE *)all_marginals + 1;
  for (long node = graph->nodes - 1; node >= 0; node--) {
    LANE mass = masses[node];
    if (graph->parts[node] >= 0) marginals[graph->parts[node]] += mass;
    for (long i = graph->starts[node]; i < graph->starts[node + 1]; i++) {
      const dk_edge edge = graph->edges[i];
      LANE own = mass * chances[i];
      if (edge.part >= 0) marginals[edge.part] += own;
      if (edge.first >= 0) masses[edge.first] += own;
      if (edge.second >= 0) masses[edge.second] += own;
      if (edge.divisor >= 0) masses[edge.divisor] -= own;
    }
  }
}

DK_CLONES
static void DK(entropy)(
    const dk_graph *graph, const double *all_chances, const double *all_masses,
    double *entropies) {
  const LANE *chances = (const LANE *)all_chances, *masses = (const LANE *)all_masses + 1;
  LANE total = 0;
  for (long node = 0; node < graph->nodes; node++) {
    LANE own = 0;
    for (long i = graph->starts[node]; i < graph->starts[node + 1]; i++) {
      LANE x = chances[i];
      for (long l = 0; l < LANES; l++) {
        double chance = ((double *)&x)[l];
        ((double *)&x)[l] = chance > 0 ? chance * log_normal_d(chance) : 0;
      }
      own += x;
    }
    total -= masses[node] * own;
  }
  *(LANE *)entropies = total;
}

/// First how the logarithm of each node's sum moves with the scores, and each edge's probability;
/// then, from the root down, how masses drift with these.
DK_CLONES
static void DK(covariance)(
    const dk_graph *graph, const double *all_chances, const double *all_masses,
    const double *all_vectors, double *all_moves, double *all_slopes, double *all_drifts,
    double *all_products) {
  const LANE *chances = (const LANE *)all_chances, *masses = (const LANE *)all_masses + 1;
  const LANE *vector = (const LANE *)all_vectors + 1;
  LANE *moves = (LANE *)all_moves + 1, *slopes = (LANE *)all_slopes;
  LANE *drifts = (LANE *)all_drifts + 1, *products = (LANE *)all_products + 1;
  const LANE zero = 0;
  for (long node = 0; node < graph->nodes; node++) {
    long start = graph->starts[node], end = graph->starts[node + 1];
    LANE mean = zero;
    for (long i = start; i < end; i++) {
      const dk_edge edge = graph->edges[i];
      LANE x = vector[edge.part] + moves[edge.first] + moves[edge.second];
      if (edge.divisor >= 0) x -= moves[edge.divisor];
      // The vector says nothing of what is impossible, whatever it holds there.
      x = chances[i] > zero ? x : zero;
      slopes[i] = x;
      mean += chances[i] * x;
    }
    for (long i = start; i < end; i++) slopes[i] = chances[i] * (slopes[i] - mean);
    moves[node] = mean + vector[graph->parts[node]];
  }
  for (long node = graph->nodes - 1; node >= 0; node--) {
    LANE mass = masses[node], drift = drifts[node];
    if (graph->parts[node] >= 0) products[graph->parts[node]] += drift;
    for (long i = graph->starts[node]; i < graph->starts[node + 1]; i++) {
      const dk_edge edge = graph->edges[i];
      LANE own = drift * chances[i] + mass * slopes[i];
      if (edge.part >= 0) products[edge.part] += own;
      if (edge.first >= 0) drifts[edge.first] += own;
      if (edge.second >= 0) drifts[edge.second] += own;
      if (edge.divisor >= 0) drifts[edge.divisor] -= own;
    }
  }
}

#endif
