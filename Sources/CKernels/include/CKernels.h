#ifndef CKERNELS_H
#define CKERNELS_H

// Loops that must vectorize. Every family exists in single (`_f`) and double (`_d`) precision in
// every build. Sizes are `long`; arrays are contiguous and row-major unless strides are given, in
// elements. Results never depend on the number of threads.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Memory

/// 64-byte aligned, uninitialized; never NULL (aborts when memory is exhausted).
void *dk_allocate(size_t bytes);
/// `bytes` as given to `dk_allocate`; any thread may release.
void dk_release(void *p, size_t bytes);
/// Bytes this thread's pool holds for reuse.
size_t dk_pool_held(void);
/// Returns everything this thread's pool holds to the system.
void dk_pool_trim(void);
/// Keeps what is freed with the process, also by others than the pool, where the C library would
/// give it back to the system after every call and have its pages fault in again.
void dk_keep_freed_memory(void);

// MARK: Threads

/// Runs `body(context, t)` for every t in 0..<tasks, on the caller and idle workers. Tasks must be
/// independent. Nested calls, and calls while another thread's is running, run serially.
void dk_parallel(long tasks, void (*body)(void *context, long task), void *context);
/// Threads used, the caller included; at least 1. The default is the number of online cores.
void dk_set_thread_count(int count);
int dk_thread_count(void);

// MARK: Operations

typedef enum __attribute__((enum_extensibility(closed))) dk_unary : int {
  dk_unary_negate, dk_unary_exp, dk_unary_expm1, dk_unary_log, dk_unary_log1p, dk_unary_sqrt,
  dk_unary_square, dk_unary_abs, dk_unary_sign, dk_unary_reciprocal, dk_unary_sigmoid,
  dk_unary_log_sigmoid, dk_unary_softplus, dk_unary_tanh, dk_unary_relu,
  /// x > 0 as 1 or 0.
  dk_unary_step,
  dk_unary_floor, dk_unary_sin, dk_unary_cos,
  /// 1 where finite, else 0.
  dk_unary_is_finite,
} dk_unary;

typedef enum __attribute__((enum_extensibility(closed))) dk_binary : int {
  dk_binary_add, dk_binary_subtract, dk_binary_multiply, dk_binary_divide,
  /// NaN if either is NaN.
  dk_binary_maximum, dk_binary_minimum,
  dk_binary_power,
  /// Comparisons give 1 or 0.
  dk_binary_less, dk_binary_less_equal, dk_binary_equal,
} dk_binary;

typedef enum __attribute__((enum_extensibility(closed))) dk_reduction : int {
  dk_reduction_sum, dk_reduction_maximum, dk_reduction_minimum, dk_reduction_product,
} dk_reduction;

// MARK: Convolution

/// `count` > 0 images of height x width x channels under windows of size x size; the border of
/// zeros is at most size - 1 wide. `pools` keeps the largest of every 2 x 2 places; an odd last row
/// or column is left out.
typedef struct {
  long count, height, width, channels, filters, size, padding;
  bool pools;
} dk_convolution_shape;

// MARK: Random integers

/// Words offset..<offset + n of the stream of `key`. Word i is word (i / 16) % 4 of the
/// Philox4x32-10 block with counter (c, c >> 32, 0, 0), c = 16 (i / 64) + i % 16, and the two
/// halves of the key, low first. Words are laid out so that 16 blocks are computed side by side and
/// stored without a transposition.
void dk_random_words(uint64_t key, uint64_t offset, long n, uint32_t *y);
/// y[i] is 1 with probability p, else 0; element i as in `dk_bernoulli_f`.
void dk_bernoulli_bytes(uint64_t key, long n, double p, uint8_t *y);

// MARK: Charts of structures, in double precision

/// A way to derive a node of an acyclic graph: its part, tails and divisor, -1 for none.
typedef struct {
  int32_t part, first, second, divisor;
} dk_edge;

/// Nodes in an order in which tails stand first; the last one is the root. Edges of a node stand
/// together, from `starts[node]`; `parts` are those of nodes, -1 for none.
typedef struct {
  long nodes;
  const long *starts, *parts;
  const dk_edge *edges;
} dk_graph;

/// How many sets of numbers may go side by side. In the functions of charts `lanes` is this or 1,
/// and every place of an array holds so many numbers. Arrays over parts and over nodes begin with a
/// place for -1, which holds zeros.
enum { dk_chart_lanes = 8 };

/// The log-sum of each node's derivations into `sums`, and the probability of each edge given its
/// node into `chances`; zero for all edges of an impossible node.
void dk_chart_inside(
    long lanes, const dk_graph *graph, const double *scores, double *sums, double *chances);
/// The probability of each part into `marginals`, which are zero. `masses` hold the derivative of
/// the root's log-sum in each node's: one at the root, zero elsewhere before the call.
void dk_chart_outside(
    long lanes, const dk_graph *graph, const double *chances, double *masses, double *marginals);
/// The entropies in nats, given the masses that `dk_chart_outside` leaves.
void dk_chart_entropy(
    long lanes, const dk_graph *graph, const double *chances, const double *masses,
    double *entropies);
/// The covariance of the parts times a vector into `products`, given those masses. `drifts`, one
/// for each node, and `products` are zero; `moves` of nodes and `slopes` of edges are scratch.
/// Place -1 of `vector` and `moves` must hold zeros.
void dk_chart_covariance(
    long lanes, const dk_graph *graph, const double *chances, const double *masses,
    const double *vector, double *moves, double *slopes, double *drifts, double *products);

/// The arcs of a graph whose trees lead away from vertex 0: the part of that from head h to
/// modifier m at parts[m * stride + h], -1 for none.
typedef struct {
  long vertices;
  const int32_t *parts;
  bool has_one_child;  // vertex 0, or any number
} dk_arcs;

/// Elements of a row of a matrix over n vertices: n, and padding up to whole vectors.
long dk_tree_stride(long n);
/// Numbers that an elimination of n vertices leaves behind, and those that are used meanwhile.
long dk_tree_size(long n);
long dk_tree_space(long n);
/// Takes vertices n - 1, ..., 1 out. Returns the logarithm of the sum over trees, -INFINITY where a
/// vertex has no possible arc, or NaN where weights are too far apart.
double dk_eliminate(
    const dk_arcs *arcs, const double *scores, double *numbers, double *space);
/// The probability of the head of each vertex by the weights of arcs alone, [n, stride] without the
/// first row, given the numbers that `dk_eliminate` left where they are. The root is not a head
/// where it has one child.
void dk_arc_chances(const dk_arcs *arcs, const double *numbers, double *chances);
/// The probability of each part into `marginals`, which are zero, given those numbers.
void dk_tree_marginals(
    const dk_arcs *arcs, const double *numbers, double *marginals, double *space);
/// The covariance of the parts times a vector into `products`, which are zero, given those numbers.
void dk_tree_covariance(
    const dk_arcs *arcs, const double *numbers, const double *along, double *products,
    double *space);

// MARK: Bits

/// Lists the bits that are set row by row, of words as `dk_pack_bits_f` makes them: those of row i
/// stand in columns[starts[i]..<starts[i + 1]], ascending. `starts` has rows + 1 places, `columns`
/// room for all.
void dk_list_bits(long rows, long n, const uint32_t *words, int32_t *starts, int32_t *columns);
/// The words of y[n, rows] are those of rows x n packed bits transposed, as `dk_pack_bits_f` packs.
void dk_transpose_bits(long rows, long n, const uint32_t *words, uint32_t *y);

// MARK: Kernels

/// What kernels over `float` are members of in Swift.
typedef struct {} FloatKernels;
/// What kernels over `double` are members of in Swift.
typedef struct {} DoubleKernels;

#define REAL float
#define WORD uint32_t
#define DK(name) name##_f
#define KERNEL(name) __attribute__((swift_name("FloatKernels." name)))
#include "CKernelsReal.h"
#undef REAL
#undef WORD
#undef DK
#undef KERNEL
#define REAL double
#define WORD uint64_t
#define DK(name) name##_d
#define KERNEL(name) __attribute__((swift_name("DoubleKernels." name)))
#include "CKernelsReal.h"
#undef REAL
#undef WORD
#undef DK
#undef KERNEL

#endif
