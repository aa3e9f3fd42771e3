#include "functions.h"

// Sums over the derivations of an acyclic graph, and over the trees of a small one, in double
// precision whatever tensors are.

/// Place -1 of `scores` and `sums` holds zero, so that an edge without a part or a tail has no
/// branch.
DK_CLONES
double dk_chart_inside(
    long nodes, const long *starts, const long *parts, const dk_edge *edges, const double *scores,
    double *sums, double *chances) {
  for (long node = 0; node < nodes; node++) {
    const dk_edge *own = edges + starts[node];
    double *chance = chances + starts[node];
    long count = starts[node + 1] - starts[node];
    if (count == 1 && own[0].divisor < 0) {
      double sum = scores[own[0].part] + sums[own[0].first] + sums[own[0].second];
      chance[0] = sum > -INFINITY ? 1 : 0;
      sums[node] = sum + scores[parts[node]];
      continue;
    }
    double largest = -INFINITY;
    for (long i = 0; i < count; i++) {
      double sum = scores[own[i].part] + sums[own[i].first] + sums[own[i].second];
      // Where the divisor's sum is impossible, the edge is too.
      double x = sum == -INFINITY ? sum : sum - sums[own[i].divisor];
      chance[i] = x;
      largest = x > largest ? x : largest;
    }
    if (!(largest > -INFINITY)) {
      for (long i = 0; i < count; i++) chance[i] = 0;
      sums[node] = -INFINITY;
      continue;
    }
    for (long i = 0; i < count; i++) chance[i] = exp_negative_d(chance[i] - largest);
    double sum = 0;
    for (long i = 0; i < count; i++) sum += chance[i];
    double scale = 1 / sum;
    for (long i = 0; i < count; i++) chance[i] *= scale;
    sums[node] = largest + log_normal_d(sum) + scores[parts[node]];
  }
  return nodes > 0 ? sums[nodes - 1] : -INFINITY;
}

/// Place -1 of `masses` and `marginals` takes what an edge without a tail or a part would get.
void dk_chart_outside(
    long nodes, const long *starts, const long *parts, const dk_edge *edges, const double *chances,
    double *masses, double *marginals) {
  for (long node = nodes - 1; node >= 0; node--) {
    double mass = masses[node];
    if (mass == 0) continue;
    marginals[parts[node]] += mass;
    for (long i = starts[node]; i < starts[node + 1]; i++) {
      double own = mass * chances[i];
      marginals[edges[i].part] += own;
      masses[edges[i].first] += own;
      masses[edges[i].second] += own;
      masses[edges[i].divisor] -= own;
    }
  }
}

/// The weights of arcs, each over the largest into its modifier. Returns the sum of the logarithms
/// of those.
DK_CLONES
double dk_arc_weights(
    long n, const long *parts, const double *scores, double *w, double *largest) {
  for (long m = 0; m < n; m++) largest[m] = -INFINITY;
  for (long head = 0; head < n; head++)
    for (long m = 0; m < n; m++) {
      long part = parts[head * n + m];
      double score = part < 0 ? -INFINITY : scores[part];
      w[head * n + m] = score;
      largest[m] = score > largest[m] ? score : largest[m];
    }
  double sum = 0;
  for (long m = 1; m < n; m++) sum += largest[m];
  // No arc leads into the root.
  largest[0] = 0;
  if (!(sum > -INFINITY)) return -INFINITY;
  for (long head = 0; head < n; head++)
    for (long m = 0; m < n; m++) w[head * n + m] -= largest[m];
  for (long i = 0; i < n * n; i++) w[i] = exp_negative_d(w[i]);
  return sum;
}

/// Takes vertices n - 1, ..., 1 out of weights w[head * n + modifier], without a subtraction; row
/// and column v stay as they were when v was taken out. inflows[v] is the sum into v then. Returns
/// the sum of their logarithms, or NaN where one is too small for its terms to count.
DK_CLONES
double dk_eliminate(long n, double *restrict w, double *restrict inflows) {
  double sum = 0;
  for (long v = n - 1; v > 0; v--) {
    double inflow = 0;
    for (long head = 0; head < v; head++) inflow += w[head * n + v];
    if (!(inflow > 1e-150)) return NAN;
    inflows[v] = inflow;
    sum += log_normal_d(inflow);
    const double *way = w + v * n;
    for (long head = 0; head < v; head++) {
      double share = w[head * n + v] / inflow;
      double *row = w + head * n;
      for (long modifier = 0; modifier < v; modifier++) row[modifier] += share * way[modifier];
    }
  }
  return sum;
}

/// The derivatives of that sum in the weights that were given, into zeros; `w` and `inflows` as
/// `dk_eliminate` left them.
DK_CLONES
void dk_eliminate_back(
    long n, const double *restrict w, const double *restrict inflows, double *restrict slopes) {
  for (long v = 1; v < n; v++) {
    const double *way = w + v * n;
    double *own = slopes + v * n;
    double used = 0;
    for (long head = 0; head < v; head++) {
      double share = w[head * n + v] / inflows[v], dot = 0;
      const double *row = slopes + head * n;
      for (long modifier = 0; modifier < v; modifier++) {
        dot += row[modifier] * way[modifier];
        own[modifier] += share * row[modifier];
      }
      slopes[head * n + v] = dot / inflows[v];
      used += share * dot;
    }
    double rest = (1 - used) / inflows[v];
    for (long head = 0; head < v; head++) slopes[head * n + v] += rest;
  }
}
