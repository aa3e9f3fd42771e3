#ifndef DK_PHILOX_H
#define DK_PHILOX_H

#include "functions.h"

// Elements are made in pieces of this many words, which stay in the first-level cache; a task is
// some pieces.
enum { lanes = 16, chunk = 4 * lanes, piece = 32 * chunk, task_words = 8 * piece };

/// The words offset..<offset + n of the stream of `key`, n at most `piece`, somewhere in the
/// buffer.
const uint32_t *dk_piece(uint64_t key, uint64_t offset, long n, uint32_t buffer[piece + chunk]);

// The word of an element is as wide as the element. In single precision element e takes word e of
// the stream, in double precision words 2e (low half) and 2e + 1.
typedef uint32_t word_f;
typedef uint64_t word_d;
enum { piece_f = piece, chunk_f = chunk, piece_d = piece / 2, chunk_d = chunk / 2 };

DK_INLINE const word_f *draw_f(uint64_t key, uint64_t offset, long n, word_f *buffer) {
  return dk_piece(key, offset, n, buffer);
}
DK_INLINE const word_d *draw_d(uint64_t key, uint64_t offset, long n, word_d *buffer) {
  return (const word_d *)(const void *)dk_piece(key, 2 * offset, 2 * n, (uint32_t *)(void *)buffer);
}

// A word of 32 bits is too coarse near the ends of the unit interval. A word within `near_zero` of
// 0 or `near_one` of the last one gets further bits, from a part of the stream that no element's
// own word comes from.
enum { near_zero = 1 << 14, near_one = 1 << 14 };

/// In the open interval, equally spaced: 23 bits or 52, and a half.
DK_INLINE float unit_f(word_f w) {
  return from_bits_f(0x3f800000u | w >> 9) - (1.0f - 5.9604645e-8f);
}
DK_INLINE double unit_d(word_d w) {
  return from_bits_d(0x3ff0000000000000ull | w >> 12) - (1.0 - 1.1102230246251565e-16);
}

/// In the open interval, floating: small ones are as fine as the word and have a full significand.
DK_INLINE float fraction_f(word_f w) {
  float t = (float)w * 2.3283064e-10f + 1.1641532e-10f;
  return t < 0.99999994f ? t : 0.99999994f;
}
DK_INLINE double fraction_d(word_d w) {
  // Halves of the word as significands, because there is no conversion from 64-bit integers before
  // AVX-512.
  double high = from_bits_d(w >> 32 | bits_d(4503599627370496.0)) - 4503599627370496.0;
  double low = from_bits_d((w & 0xffffffffu) | bits_d(4503599627370496.0)) - 4503599627370495.5;
  double t = high * 2.3283064365386963e-10 + low * 5.421010862427522e-20;
  return t < 0.99999999999999989 ? t : 0.99999999999999989;
}

/// The point of the unit interval that a word and further bits of `element` give, with all digits
/// of a double.
DK_INLINE double refined(uint64_t key, uint64_t element, word_f w) {
  word_d buffer[chunk_d];
  double t = ((double)w + fraction_d(*draw_d(key, (1ull << 62) + element, 1, buffer))) * 0x1p-32;
  return t < 1 - 0x1p-53 ? t : 1 - 0x1p-53;
}

/// -log(1 - t), without what 1 - t would lose of a small t.
DK_INLINE float exponential_f(word_f w) {
  float t = fraction_f(w), m, k = split_f(1.0f - t, &m);
  return -log_reduced_f(k == 0 ? -t : m - 1.0f, k);
}
DK_INLINE double exponential_d(word_d w) {
  double t = fraction_d(w), m, k = split_d(1.0 - t, &m);
  return -log_reduced_d(k == 0 ? -t : m - 1.0, k);
}

/// The exponential of a word near an end: both of its tails go on far beyond what the word alone
/// resolves.
DK_INLINE double refined_exponential(uint64_t key, uint64_t element, word_f w) {
  return w < near_zero ? -log1p(-refined(key, element, w)) : -log(refined(key, element, ~w));
}

DK_INLINE float gumbel_f(word_f w) { return -log_normal_f(exponential_f(w)); }
DK_INLINE double gumbel_d(word_d w) { return -log_normal_d(exponential_d(w)); }

/// Standard logistic: log(t / (1 - t)), each of the two from its own end.
DK_INLINE float logistic_f(word_f w) {
  float t = fraction_f(w), rest = fraction_f(~w);
  return log_normal_f(t) - log_normal_f(rest);
}
DK_INLINE double logistic_d(word_d w) {
  double t = fraction_d(w), rest = fraction_d(~w);
  return log_normal_d(t) - log_normal_d(rest);
}

// In random.c: Gumbels offset..<offset + n of a key's stream, on the calling thread.
void dk_gumbel_here_f(uint64_t key, uint64_t offset, long n, float *y);
void dk_gumbel_here_d(uint64_t key, uint64_t offset, long n, double *y);

#endif
