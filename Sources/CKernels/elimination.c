#include "functions.h"

// Sums over the trees of a graph by elimination of its vertices, in double precision. Matrices hold
// the arc from head h to modifier m at m * stride + h, so that the heads of a vertex stand together
// and fill vectors of eight.

typedef double vector __attribute__((ext_vector_type(8), aligned(8), may_alias));
typedef long places __attribute__((ext_vector_type(8)));

// Vectors are not arguments: where they are wider than registers, calls would differ by instruction
// set.
#define AT(pointer) (*(vector *)(pointer))
/// A vector with zeros from place `count` on, and one with zeros before it.
#define FIRST(count, x) ((places){0, 1, 2, 3, 4, 5, 6, 7} < (count) ? (x) : (vector)0)
#define REST(count, x) ((places){0, 1, 2, 3, 4, 5, 6, 7} >= (count) ? (x) : (vector)0)

DK_INLINE double total(const vector *x) {
  const double *e = (const double *)x;
  return ((e[0] + e[1]) + (e[2] + e[3])) + ((e[4] + e[5]) + (e[6] + e[7]));
}

/// Copies the first elements of a row, and zeros up to a whole vector; returns the sum of those
/// from a place on.
DK_INLINE double take(long count, long from, const double *row, double *copy) {
  vector sum = 0;
  for (long h = 0; h < count; h += 8) {
    vector x = FIRST(count - h, AT(row + h));
    AT(copy + h) = x;
    sum += REST(from - h, x);
  }
  return total(&sum);
}

/// The first head whose arc is taken when vertex v is. An only child of the root is what is left in
/// the end, vertex 1, with the weights of all: no other vertex is taken by an arc from the root.
DK_INLINE long first_head(const dk_arcs *arcs, long v) { return arcs->has_one_child && v > 1; }

long dk_tree_stride(long n) { return (n + 7) / 8 * 8; }

enum { line = 8 };  // numbers in a line of the cache, which a vector is not to cross

DK_INLINE double *aligned(double *x) {
  return (double *)(((uintptr_t)x + line * sizeof *x - 1) / (line * sizeof *x) * (line * sizeof *x));
}

/// A matrix of weights, the same after the elimination, and the sum of the weights into each
/// vertex when it was taken out.
typedef struct {
  double *weights, *eliminated, *inflows;
} tree;

long dk_tree_size(long n) { return (2 * n + 1) * dk_tree_stride(n) + line; }

DK_INLINE tree tree_at(long n, double *numbers) {
  const long matrix = n * dk_tree_stride(n);
  double *start = aligned(numbers);
  return (tree){start, start + matrix, start + 2 * matrix};
}

long dk_tree_space(long n) { return (3 * dk_tree_stride(n) + 6) * dk_tree_stride(n) + line; }

/// The weights of arcs over the largest into their modifier, twice; returns the sum of the
/// logarithms of those.
DK_INLINE double arc_weights(
    const dk_arcs *arcs, const double *scores, double *restrict weights, double *restrict w) {
  const long n = arcs->vertices;
  const int32_t *parts = arcs->parts;
  const long stride = dk_tree_stride(n);
  for (long i = stride; i < n * stride; i++) w[i] = parts[i] < 0 ? -INFINITY : scores[parts[i]];
  double sum = 0;
  for (long m = 1; m < n; m++) {
    double *row = w + m * stride;
    vector most = AT(row);
    for (long h = 8; h < stride; h += 8) most = AT(row + h) > most ? AT(row + h) : most;
    double largest = most[0];
    for (long i = 1; i < 8; i++) largest = most[i] > largest ? most[i] : largest;
    if (!(largest > -INFINITY)) return -INFINITY;
    sum += largest;
    for (long h = 0; h < stride; h += 8) AT(row + h) -= largest;
  }
  for (long i = stride; i < n * stride; i++) w[i] = weights[i] = exp_negative_d(w[i]);
  return sum;
}

/// Whether a sum of weights is so large that what falls below the smallest number does not count.
DK_INLINE bool is_safe(double inflow) { return inflow > 1e-150; }

/// Row and column v of `w` stay as they were when v was taken out; vertices go in pairs, so that
/// what remains is read and written half as often.
DK_CLONES
double dk_eliminate(
    const dk_arcs *arcs, const double *scores, double *numbers, double *all_space) {
  const long n = arcs->vertices, stride = dk_tree_stride(n);
  const tree t = tree_at(n, numbers);
  double *restrict w = t.eliminated, *restrict inflows = t.inflows, *space = aligned(all_space);
  double *restrict ways = space, *restrict next_ways = space + stride;
  double *restrict shares = space + 2 * stride, *restrict next_shares = space + 3 * stride;
  double sum = arc_weights(arcs, scores, t.weights, w);
  if (!(sum > -INFINITY)) return -INFINITY;
  long v = n - 1;
  for (; v > 1; v -= 2) {
    const long u = v - 1;
    inflows[v] = take(v, first_head(arcs, v), w + v * stride, ways);
    if (!is_safe(inflows[v])) return NAN;
    double inverse = 1 / inflows[v];
    for (long m = 1; m < v; m++) shares[m] = w[m * stride + v] * inverse;

    double *row = w + u * stride;
    for (long h = 0; h < u; h += 8) AT(row + h) += AT(ways + h) * shares[u];
    inflows[u] = take(u, first_head(arcs, u), row, next_ways);
    if (!is_safe(inflows[u])) return NAN;
    inverse = 1 / inflows[u];
    for (long m = 1; m < u; m++)
      next_shares[m] = (w[m * stride + u] + ways[u] * shares[m]) * inverse;

    // Column u, which u's own share leaves alone, still lacks that of v.
    if (u % 8 == 0) AT(next_ways + u) = 0;
    long h = 0;
    for (; h + 8 <= u; h += 16) {
      vector way = AT(ways + h), next_way = AT(next_ways + h);
      vector far_way = AT(ways + h + 8), next_far_way = AT(next_ways + h + 8);
      double *at = w + stride + h;
      for (long m = 1; m < u; m++, at += stride) {
        AT(at) += way * shares[m] + next_way * next_shares[m];
        AT(at + 8) += far_way * shares[m] + next_far_way * next_shares[m];
      }
    }
    if (h <= u) {
      vector way = AT(ways + h), next_way = AT(next_ways + h);
      double *at = w + stride + h;
      for (long m = 1; m < u; m++, at += stride)
        AT(at) += way * shares[m] + next_way * next_shares[m];
    }
  }
  if (v == 1) {
    inflows[1] = w[stride];
    if (!is_safe(inflows[1])) return NAN;
  }
  for (long m = 1; m < n; m++) sum += log_normal_d(inflows[m]);
  return sum;
}

DK_CLONES
void dk_arc_chances(const dk_arcs *arcs, const double *numbers, double *chances) {
  const long n = arcs->vertices, stride = dk_tree_stride(n);
  const double *weights = tree_at(n, (double *)numbers).weights;
  for (long m = 1; m < n; m++) {
    double *own = chances + m * stride;
    double inverse = 1 / take(stride, arcs->has_one_child, weights + m * stride, own);
    for (long h = 0; h < stride; h++) own[h] *= inverse;
    if (arcs->has_one_child) own[0] = 0;
  }
}

DK_CLONES
void dk_tree_marginals(
    const dk_arcs *arcs, const double *numbers, double *marginals, double *all_space) {
  const long n = arcs->vertices, stride = dk_tree_stride(n);
  const tree t = tree_at(n, (double *)numbers);
  const double *restrict w = t.eliminated, *inflows = t.inflows;
  // The derivative in each weight; rows and shares beyond those in use are zeros.
  double *restrict slopes = aligned(all_space), *restrict ways = slopes + stride * stride;
  double *restrict shares = ways + stride, *restrict sums = shares + stride;
  memset(slopes, 0, (size_t)(stride * stride) * sizeof *slopes);
  memset(shares, 0, (size_t)stride * sizeof *shares);
  for (long v = 1; v < n; v++) {
    take(v, 0, w + v * stride, ways);
    double inverse = 1 / inflows[v];
    for (long m = 1; m < v; m++) shares[m] = w[m * stride + v] * inverse;
    for (long h = 0; h < v; h += 8) AT(sums + h) = 0;
    for (long m = 0; m < v; m += 4) {
      const double *row = slopes + m * stride;
      double s0 = shares[m], s1 = shares[m + 1], s2 = shares[m + 2], s3 = shares[m + 3];
      vector d0 = 0, d1 = 0, d2 = 0, d3 = 0;
      for (long h = 0; h < v; h += 8) {
        vector way = AT(ways + h);
        vector x0 = AT(row + h), x1 = AT(row + stride + h);
        vector x2 = AT(row + 2 * stride + h), x3 = AT(row + 3 * stride + h);
        d0 += x0 * way;
        d1 += x1 * way;
        d2 += x2 * way;
        d3 += x3 * way;
        AT(sums + h) += ((x0 * s0 + x1 * s1) + (x2 * s2 + x3 * s3));
      }
      double *at = slopes + m * stride + v;
      if (m) at[0] = total(&d0) * inverse;
      if (m + 1 < v) at[stride] = total(&d1) * inverse;
      if (m + 2 < v) at[2 * stride] = total(&d2) * inverse;
      if (m + 3 < v) at[3 * stride] = total(&d3) * inverse;
    }
    vector used = 0;
    for (long h = 0; h < v; h += 8) used += AT(sums + h) * AT(ways + h);
    vector rest = (vector)((1 - total(&used)) * inverse);
    double *own = slopes + v * stride;
    const long from = first_head(arcs, v);
    for (long h = 0; h < v; h += 8)
      AT(own + h) = FIRST(v - h, AT(sums + h) + REST(from - h, rest));
  }
  for (long i = stride; i < n * stride; i++)
    if (arcs->parts[i] >= 0) marginals[arcs->parts[i]] += slopes[i] * t.weights[i];
}

/// The elimination and its marginals once more, each number with its derivative along the vector.
DK_CLONES
void dk_tree_covariance(
    const dk_arcs *arcs, const double *numbers, const double *along, double *products,
    double *all_space) {
  const long n = arcs->vertices, stride = dk_tree_stride(n);
  const tree t = tree_at(n, (double *)numbers);
  const double *restrict w = t.eliminated, *inflows = t.inflows;
  double *restrict moves = aligned(all_space);  // of what is in w
  double *restrict slopes = moves + stride * stride, *restrict bends = slopes + stride * stride;
  double *restrict ways = bends + stride * stride, *restrict way_moves = ways + stride;
  double *restrict shares = way_moves + stride, *restrict share_moves = shares + stride;
  double *restrict sums = share_moves + stride, *restrict sum_moves = sums + stride;
  for (long i = stride; i < n * stride; i++)
    moves[i] = arcs->parts[i] < 0 ? 0 : t.weights[i] * along[arcs->parts[i]];
  for (long v = n - 1; v > 0; v--) {
    take(v, 0, w + v * stride, ways);
    double inverse = 1 / inflows[v];
    double shift = take(v, first_head(arcs, v), moves + v * stride, way_moves) * inverse;
    for (long m = 1; m < v; m++) {
      double x = w[m * stride + v] * inverse;
      shares[m] = x;
      share_moves[m] = moves[m * stride + v] * inverse - x * shift;
    }
    for (long h = 0; h < v; h += 8) {
      vector way = AT(ways + h), way_move = AT(way_moves + h);
      for (long m = 1; m < v; m++)
        AT(moves + m * stride + h) += way * share_moves[m] + way_move * shares[m];
    }
  }
  memset(slopes, 0, (size_t)(2 * stride * stride) * sizeof *slopes);
  memset(shares, 0, (size_t)(2 * stride) * sizeof *shares);
  for (long v = 1; v < n; v++) {
    const long from = first_head(arcs, v);
    take(v, 0, w + v * stride, ways);
    double inverse = 1 / inflows[v];
    double shift = take(v, from, moves + v * stride, way_moves) * inverse;
    for (long m = 1; m < v; m++) {
      shares[m] = w[m * stride + v] * inverse;
      share_moves[m] = moves[m * stride + v] * inverse - shares[m] * shift;
    }
    for (long h = 0; h < v; h += 8) AT(sums + h) = AT(sum_moves + h) = 0;
    for (long m = 0; m < v; m += 2) {
      const double *row = slopes + m * stride, *bend = bends + m * stride;
      double s0 = shares[m], s1 = shares[m + 1], t0 = share_moves[m], t1 = share_moves[m + 1];
      vector d0 = 0, d1 = 0, e0 = 0, e1 = 0;
      for (long h = 0; h < v; h += 8) {
        vector way = AT(ways + h), way_move = AT(way_moves + h);
        vector x0 = AT(row + h), x1 = AT(row + stride + h);
        vector y0 = AT(bend + h), y1 = AT(bend + stride + h);
        d0 += x0 * way;
        d1 += x1 * way;
        e0 += y0 * way + x0 * way_move;
        e1 += y1 * way + x1 * way_move;
        AT(sums + h) += x0 * s0 + x1 * s1;
        AT(sum_moves + h) += (y0 * s0 + x0 * t0) + (y1 * s1 + x1 * t1);
      }
      const double dots[2] = {total(&d0), total(&d1)}, dot_moves[2] = {total(&e0), total(&e1)};
      for (long i = m == 0; i < 2 && m + i < v; i++) {
        double slope = dots[i] * inverse;
        slopes[(m + i) * stride + v] = slope;
        bends[(m + i) * stride + v] = dot_moves[i] * inverse - slope * shift;
      }
    }
    vector used = 0, use_moves = 0;
    for (long h = 0; h < v; h += 8) {
      used += AT(sums + h) * AT(ways + h);
      use_moves += AT(sum_moves + h) * AT(ways + h) + AT(sums + h) * AT(way_moves + h);
    }
    double rest = (1 - total(&used)) * inverse;
    double rest_move = -total(&use_moves) * inverse - rest * shift;
    for (long h = 0; h < v; h += 8) {
      AT(slopes + v * stride + h) = FIRST(v - h, AT(sums + h) + REST(from - h, (vector)rest));
      AT(bends + v * stride + h) =
          FIRST(v - h, AT(sum_moves + h) + REST(from - h, (vector)rest_move));
    }
  }
  for (long i = stride; i < n * stride; i++) {
    const int32_t part = arcs->parts[i];
    if (part >= 0)
      products[part] += t.weights[i] * (bends[i] + slopes[i] * along[part]);
  }
}
