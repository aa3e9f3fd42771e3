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

/// -log(1 - t), without what 1 - t would lose of a small t.
DK_INLINE float exponential_f(word_f w) {
  float t = fraction_f(w), m, k = split_f(1.0f - t, &m);
  return -log_reduced_f(k == 0 ? -t : m - 1.0f, k);
}
DK_INLINE double exponential_d(word_d w) {
  double t = fraction_d(w), m, k = split_d(1.0 - t, &m);
  return -log_reduced_d(k == 0 ? -t : m - 1.0, k);
}

DK_INLINE float gumbel_f(word_f w) { return -log_normal_f(exponential_f(w)); }
DK_INLINE double gumbel_d(word_d w) { return -log_normal_d(exponential_d(w)); }

#endif
