#ifndef REAL

#include "philox.h"

#include <stdlib.h>

// Rows up to this long are ranked by counting, which has no branches; longer ones go by digits.
enum { few_items = 32, most_digit_bits = 11 };

static void *scratch(size_t bytes) {
  void *memory = malloc(bytes > 0 ? bytes : 1);
  if (!memory) abort();
  return memory;
}

static void merge_d(long n, const double *keys, int32_t *order, int32_t *other);

#define DK_SOURCE "orders.c"
#include "twice.h"

#else

// MARK: Sorting

typedef struct {
  REAL *keys;
  uint32_t *places;
  uint64_t *digits, *sorted;
  int32_t *order;
} DK(sorter);

static DK(sorter) DK(make_sorter)(long n) {
  size_t count = (size_t)n + 16;
  DK(sorter) s = {
      scratch(count * sizeof(REAL)), scratch(count * 4), scratch(count * 8), scratch(count * 8),
      scratch(count * 4)};
  return s;
}

static void DK(free_sorter)(DK(sorter) s) {
  free(s.keys), free(s.places), free(s.digits), free(s.sorted), free(s.order);
}

/// Every item's rank is how many keys go before its own.
DK_CLONES static void DK(count_ranks)(
    long n, long places, const REAL *restrict keys, int32_t *restrict y) {
  int32_t rank[few_items];
  for (long i = 0; i < n; i++) rank[i] = 0;
  for (long j = 0; j < n; j++) {
    REAL key = keys[j];
    for (long i = 0; i < j; i++) rank[i] += key > keys[i];
    for (long i = j + 1; i < n; i++) rank[i] += key >= keys[i];
  }
  for (long i = 0; i < n; i++)
    if (rank[i] < places) y[rank[i]] = (int32_t)i;
}

/// Sorts by merging, for keys that are too uneven for digits.
static void DK(merge)(long n, const REAL *keys, int32_t *order, int32_t *other) {
  int32_t *from = order, *to = other;
  for (long width = 1; width < n; width *= 2) {
    for (long start = 0; start < n; start += 2 * width) {
      long middle = dk_min(start + width, n), end = dk_min(start + 2 * width, n);
      long a = start, b = middle;
      for (long i = start; i < end; i++) {
        bool first = a < middle && (b == end || keys[from[a]] >= keys[from[b]]);
        to[i] = first ? from[a++] : from[b++];
      }
    }
    int32_t *swap = from;
    from = to, to = swap;
  }
  if (from != order) memcpy(order, from, (size_t)n * sizeof(int32_t));
}

/// Keys as integers below 2^bits, in equal steps from the largest to the smallest.
DK_CLONES static void DK(quantize)(
    long n, int bits, const REAL *restrict keys, uint32_t *restrict places) {
  REAL high[16], low[16];
  for (int l = 0; l < 16; l++) high[l] = low[l] = keys[0];
  long j = 0;
  for (; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) {
      high[l] = keys[j + l] > high[l] ? keys[j + l] : high[l];
      low[l] = keys[j + l] < low[l] ? keys[j + l] : low[l];
    }
  for (long i = j; i < n; i++) {
    high[i - j] = keys[i] > high[i - j] ? keys[i] : high[i - j];
    low[i - j] = keys[i] < low[i - j] ? keys[i] : low[i - j];
  }
  for (int l = 1; l < 16; l++) {
    high[0] = high[l] > high[0] ? high[l] : high[0];
    low[0] = low[l] < low[0] ? low[l] : low[0];
  }
  REAL largest = high[0], limit = (REAL)((1 << bits) - 1);
  REAL scale = limit / (largest - low[0]);
  for (long i = 0; i < n; i++) {
    REAL place = (largest - keys[i]) * scale;
    // Keys all equal, or infinite ones, make what is no number.
    place = place < limit ? place : limit;
    places[i] = (uint32_t)(int32_t)place;
  }
}

/// The items of the largest `places` keys, descending; the earlier item goes first where keys are
/// equal.
///
/// Two stable passes over digits of quantized keys, then insertions where quantization was too
/// coarse.
static void DK(sort_row)(long n, long places, DK(sorter) s, const REAL *keys, int32_t *y) {
  if (n <= few_items) {
    DK(count_ranks)(n, places, keys, y);
    return;
  }
  int bits = 6;
  while (bits < most_digit_bits && (1L << bits) < n) bits++;
  uint32_t size = 1u << bits, mask = size - 1;
  uint32_t high[1 << most_digit_bits], low[1 << most_digit_bits];
  memset(high, 0, size * sizeof(uint32_t)), memset(low, 0, size * sizeof(uint32_t));
  DK(quantize)(n, 2 * bits, keys, s.places);
  long kept = 0;
  if (places == n) {
    for (long i = 0; i < n; i++) {
      uint32_t place = s.places[i];
      high[place >> bits]++, low[place & mask]++;
      s.digits[i] = (uint64_t)place << 32 | (uint64_t)i;
    }
    kept = n;
  } else {
    // Only what may come among the first `places` is sorted.
    for (long i = 0; i < n; i++) high[s.places[i] >> bits]++;
    uint32_t last = 0;
    for (long sum = high[0]; sum < places; sum += high[last]) last++;
    for (long i = 0; i < n; i++) {
      uint32_t place = s.places[i];
      if (place >> bits > last) continue;
      low[place & mask]++;
      s.digits[kept++] = (uint64_t)place << 32 | (uint64_t)i;
    }
  }
  uint32_t high_sum = 0, low_sum = 0;
  for (uint32_t d = 0; d < size; d++) {
    uint32_t h = high[d], l = low[d];
    high[d] = high_sum, low[d] = low_sum;
    high_sum += h, low_sum += l;
  }
  for (long i = 0; i < kept; i++) s.sorted[low[s.digits[i] >> 32 & mask]++] = s.digits[i];
  for (long i = 0; i < kept; i++)
    s.order[high[s.sorted[i] >> (32 + bits)]++] = (int32_t)(uint32_t)s.sorted[i];
  long moves = 0;
  for (long i = 1; i < kept; i++) {
    int32_t item = s.order[i];
    REAL key = keys[item];
    long j = i;
    for (; j > 0 && keys[s.order[j - 1]] < key; j--) s.order[j] = s.order[j - 1];
    s.order[j] = item;
    moves += i - j;
    if (moves > 8 * kept) {
      DK(merge)(kept, keys, s.order, (int32_t *)(void *)s.sorted);
      break;
    }
  }
  memcpy(y, s.order, (size_t)places * sizeof(int32_t));
}

typedef struct {
  uint64_t key;
  bool noisy;
  long n, places, score_rows;
  const REAL *scores;
  int32_t *y;
} DK(order_job);

/// The score nearest to 0 if all have one sign, else 0, and by how much the largest is larger than
/// the smallest.
///
/// Subtracted it leaves no common part of the scores, in which noise would lose its digits, and
/// takes none of theirs.
DK_CLONES static REAL DK(common_part)(long n, const REAL *scores, REAL *spread) {
  REAL high[16], low[16];
  for (int l = 0; l < 16; l++) high[l] = -(REAL)INFINITY, low[l] = (REAL)INFINITY;
  long j = 0;
  for (; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) {
      high[l] = scores[j + l] > high[l] ? scores[j + l] : high[l];
      low[l] = scores[j + l] < low[l] ? scores[j + l] : low[l];
    }
  for (long i = j; i < n; i++) {
    high[0] = scores[i] > high[0] ? scores[i] : high[0];
    low[0] = scores[i] < low[0] ? scores[i] : low[0];
  }
  for (int l = 1; l < 16; l++) {
    high[0] = high[l] > high[0] ? high[l] : high[0];
    low[0] = low[l] < low[0] ? low[l] : low[0];
  }
  *spread = high[0] - low[0];
  REAL part = low[0] > 0 ? low[0] : high[0] < 0 ? high[0] : 0;
  return DK(absolute)(part) < (REAL)INFINITY ? part : 0;
}

/// Turns Gumbels into keys. What is no number goes last.
DK_CLONES static void DK(add_scores)(
    long n, const REAL *restrict scores, REAL part, REAL *restrict keys) {
  for (long i = 0; i < n; i++) {
    REAL key = scores[i] - part + keys[i];
    keys[i] = key == key ? key : -(REAL)INFINITY;
  }
}

/// The order by scores so far apart that keys need double precision.
static void DK(order_apart)(
    long n, long places, const REAL *scores, const REAL *gumbels, DK(sorter) s, int32_t *y) {
  double *keys = scratch((size_t)n * sizeof(double));
  for (long i = 0; i < n; i++) {
    double key = (double)scores[i] + (double)gumbels[i];
    keys[i] = key == key ? key : -(double)INFINITY;
    s.order[i] = (int32_t)i;
  }
  merge_d(n, keys, s.order, (int32_t *)(void *)s.sorted);
  memcpy(y, s.order, (size_t)places * sizeof(int32_t));
  free(keys);
}

DK_CLONES static void DK(copy_keys)(
    long n, const REAL *restrict scores, REAL *restrict keys) {
  for (long i = 0; i < n; i++) keys[i] = scores[i] == scores[i] ? scores[i] : -(REAL)INFINITY;
}

static void DK(order_rows)(void *context, long start, long end) {
  const DK(order_job) *k = context;
  long n = k->n;
  // From this spread on a key of single precision would have fewer than 17 bits behind the point.
  const REAL most = DK_SINGLE ? 64 : (REAL)INFINITY;
  DK(sorter) s = DK(make_sorter)(n);
  // Gumbels of short rows are drawn for many at once.
  long together = k->noisy ? dk_max(1, DK(piece) / n) : 1;
  REAL *gumbels = k->noisy ? scratch((size_t)(together * n) * sizeof(REAL)) : NULL;
  for (long first = start; first < end; first += together) {
    long last = dk_min(first + together, end);
    if (k->noisy)
      DK(dk_gumbel_here)(k->key, (uint64_t)(first * n), (last - first) * n, gumbels);
    for (long row = first; row < last; row++) {
      const REAL *scores = k->scores + row % k->score_rows * n;
      int32_t *y = k->y + row * k->places;
      if (!k->noisy) {
        DK(copy_keys)(n, scores, s.keys);
        DK(sort_row)(n, k->places, s, s.keys, y);
        continue;
      }
      REAL *keys = gumbels + (row - first) * n, spread, part = DK(common_part)(n, scores, &spread);
      if (spread < most || !(spread < (REAL)INFINITY)) {
        DK(add_scores)(n, scores, part, keys);
        DK(sort_row)(n, k->places, s, keys, y);
      } else {
        DK(order_apart)(n, k->places, scores, keys, s, y);
      }
    }
  }
  free(gumbels);
  DK(free_sorter)(s);
}

void DK(dk_plackett_luce)(
    uint64_t key, long rows, long n, long places, const REAL *scores, long score_rows,
    int32_t *y) {
  if (n == 0 || places == 0) return;
  DK(order_job) k = {key, true, n, places, score_rows, scores, y};
  dk_blocks(rows, dk_lines(n), DK(order_rows), &k);
}

void DK(dk_descending)(long rows, long n, long places, const REAL *keys, int32_t *y) {
  if (n == 0 || places == 0) return;
  DK(order_job) k = {0, false, n, places, rows, keys, y};
  dk_blocks(rows, dk_lines(n), DK(order_rows), &k);
}

// MARK: Log-probability

typedef struct {
  long n, places, score_rows;
  bool whole;
  const REAL *scores;
  const int32_t *orders;
  REAL *y, *slopes;
} DK(likelihood_job);

/// Lists in eight segments are summed side by side, so that no addition waits for the one before.
enum { DK(segments) = 8 };

/// The sum of g_k - log(sum of exp(g_j), j >= k) over the first `places`, g descending from 0 by
/// less than what exponents hold, and its derivatives in g over `slopes` where that is not NULL.
DK_CLONES static REAL DK(places_row)(
    long n, long places, REAL *restrict g, double *restrict sums, REAL *restrict slopes) {
  enum { segments = DK(segments) };
  long length = n / segments, body = length * segments;
  double carry[segments] = {0}, before[segments], tail = 0;
  REAL *e = slopes ? slopes : g + n;
  for (long i = 0; i < n; i++) e[i] = DK(exp_negative)(g[i]);
  for (long i = n - 1; i >= body; i--) sums[i] = tail += (double)e[i];
  for (long i = length - 1; i >= 0; i--)
    for (int s = 0; s < segments; s++)
      sums[s * length + i] = carry[s] += (double)e[s * length + i];
  before[segments - 1] = tail;
  for (int s = segments - 2; s >= 0; s--) before[s] = before[s + 1] + carry[s + 1];
  for (int s = 0; s < segments; s++)
    for (long i = s * length; i < (s + 1) * length; i++) sums[i] += before[s];
  REAL parts[32];
  for (int l = 0; l < 32; l++) parts[l] = 0;
  long j = 0;
  for (; j + 32 <= places; j += 32)
    for (int l = 0; l < 32; l++) parts[l] += g[j + l] - DK(log_normal)((REAL)sums[j + l]);
  for (long i = j; i < places; i++) parts[i - j] += g[i] - DK(log_normal)((REAL)sums[i]);
  REAL total = 0;
  for (int l = 0; l < 32; l++) total += parts[l];
  if (!slopes) return total;

  for (long i = 0; i < places; i++) sums[i] = 1 / sums[i];
  for (long i = places; i < n; i++) sums[i] = 0;
  for (int s = 0; s < segments; s++) carry[s] = 0;
  for (long i = 0; i < length; i++)
    for (int s = 0; s < segments; s++) sums[s * length + i] = carry[s] += sums[s * length + i];
  before[0] = 0;
  for (int s = 1; s < segments; s++) before[s] = before[s - 1] + carry[s - 1];
  tail = before[segments - 1] + carry[segments - 1];
  for (int s = 0; s < segments; s++)
    for (long i = s * length; i < (s + 1) * length; i++)
      slopes[i] = (REAL)((i < places ? 1 : 0) - (double)e[i] * (sums[i] + before[s]));
  for (long i = body; i < n; i++) {
    tail += sums[i];
    slopes[i] = (REAL)((i < places ? 1 : 0) - (double)e[i] * tail);
  }
  return total;
}

/// log(exp(a) + exp(b)).
static double DK(add_logs)(double a, double b) {
  double high = a > b ? a : b, low = a > b ? b : a;
  return high == -INFINITY ? high : high + log1p(exp(low - high));
}

/// The same for scores of any spread and size, listed in g: of neighbors only differences are
/// taken.
///
/// behind[i] is the logarithm of the sum of the scores from place i on over the score at i.
static REAL DK(places_row_apart)(
    long n, long places, const REAL *g, double *behind, REAL *slopes) {
  double total = 0, ratio = -INFINITY;
  for (long i = n - 1; i >= 0; i--)
    behind[i] = i == n - 1
        ? 0 : DK(add_logs)(0, behind[i + 1] + ((double)g[i + 1] - (double)g[i]));
  for (long i = 0; i < places; i++) total -= behind[i];
  // The logarithm of the score at i times the sum of the reciprocals of what each place up to i is
  // chosen from.
  for (long i = 0; slopes && i < n; i++) {
    if (i > 0) ratio += (double)g[i] - (double)g[i - 1];
    if (i < places) ratio = DK(add_logs)(ratio, -behind[i]);
    slopes[i] = (REAL)((i < places ? 1 : 0) - exp(ratio));
  }
  return (REAL)total;
}

/// The largest score, and by how much the smallest is smaller.
DK_CLONES static REAL DK(spread_of)(long n, const REAL *g, REAL *spread) {
  REAL high[16], low[16];
  for (int l = 0; l < 16; l++) high[l] = low[l] = g[0];
  long j = 0;
  for (; j + 16 <= n; j += 16)
    for (int l = 0; l < 16; l++) {
      high[l] = g[j + l] > high[l] ? g[j + l] : high[l];
      low[l] = g[j + l] < low[l] ? g[j + l] : low[l];
    }
  REAL odd = 0;
  for (long i = j; i < n; i++) {
    high[i - j] = g[i] > high[i - j] ? g[i] : high[i - j];
    low[i - j] = g[i] < low[i - j] ? g[i] : low[i - j];
  }
  // Not a number if any is not: comparisons alone would lose it.
  for (long i = 0; i < n; i++) odd += g[i] * 0;
  for (int l = 1; l < 16; l++) {
    high[0] = high[l] > high[0] ? high[l] : high[0];
    low[0] = low[l] < low[0] ? low[l] : low[0];
  }
  *spread = high[0] - low[0] + odd;
  return high[0];
}

DK_CLONES static void DK(subtract)(long n, REAL from, REAL *g) {
  for (long i = 0; i < n; i++) g[i] -= from;
}

static void DK(likelihood_rows)(void *context, long start, long end) {
  const DK(likelihood_job) *k = context;
  long n = k->n, places = k->places, length = k->whole ? n : places;
  // Below this spread no sum of exponentials leaves the normal numbers.
  const REAL most = DK_SINGLE ? 80 : 600;
  REAL *g = scratch((size_t)(2 * length + 16) * sizeof(REAL));
  REAL *own = k->slopes ? scratch((size_t)(length + 16) * sizeof(REAL)) : NULL;
  double *sums = scratch((size_t)(length + 16) * sizeof(double));
  int32_t *order = scratch((size_t)(length + 16) * sizeof(int32_t));
  uint8_t *listed = scratch((size_t)n);
  for (long r = start; r < end; r++) {
    const REAL *scores = k->scores + r % k->score_rows * n;
    const int32_t *items = k->orders + r * places;
    if (places < length) {
      // Those on no place compete for every one; their order does not matter.
      memset(listed, 0, (size_t)n);
      memcpy(order, items, (size_t)places * sizeof(int32_t));
      for (long i = 0; i < places; i++) listed[items[i]] = 1;
      for (long i = 0, next = places; i < n && next < length; i++)
        if (!listed[i]) order[next++] = (int32_t)i;
      items = order;
    }
    for (long i = 0; i < length; i++) g[i] = scores[items[i]];
    REAL spread, largest = DK(spread_of)(length, g, &spread);
    if (spread < most) {
      DK(subtract)(length, largest, g);
      k->y[r] = DK(places_row)(length, places, g, sums, own);
    } else {
      k->y[r] = DK(places_row_apart)(length, places, g, sums, own);
    }
    if (!own) continue;
    REAL *slopes = k->slopes + r * n;
    if (length < n) memset(slopes, 0, (size_t)n * sizeof(REAL));
    for (long i = 0; i < length; i++) slopes[items[i]] = own[i];
  }
  free(g), free(own), free(sums), free(order), free(listed);
}

void DK(dk_order_log_probability)(
    long rows, long n, long places, bool whole, const REAL *scores, long score_rows,
    const int32_t *orders, REAL *y, REAL *slopes) {
  if (places == 0) {
    memset(y, 0, (size_t)rows * sizeof(REAL));
    if (slopes) memset(slopes, 0, (size_t)(rows * n) * sizeof(REAL));
    return;
  }
  DK(likelihood_job) k = {n, places, score_rows, whole, scores, orders, y, slopes};
  dk_blocks(rows, dk_lines(n), DK(likelihood_rows), &k);
}

#endif
