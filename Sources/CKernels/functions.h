#ifndef DK_FUNCTIONS_H
#define DK_FUNCTIONS_H

#include "support.h"

// Branch-free functions that vectorize when inlined into a loop. Arguments are split as usual, x =
// k log 2 + r or x = 2^k m, the reduced function is a polynomial, and the special values fall out
// of the last selections.

DK_INLINE uint32_t bits_f(float x) { uint32_t u; memcpy(&u, &x, sizeof u); return u; }
DK_INLINE uint64_t bits_d(double x) { uint64_t u; memcpy(&u, &x, sizeof u); return u; }
DK_INLINE float from_bits_f(uint32_t u) { float x; memcpy(&x, &u, sizeof x); return x; }
DK_INLINE double from_bits_d(uint64_t u) { double x; memcpy(&x, &u, sizeof x); return x; }
DK_INLINE float absolute_f(float x) { return __builtin_fabsf(x); }
DK_INLINE double absolute_d(double x) { return __builtin_fabs(x); }

// NaN if either is.
DK_INLINE float maximum_f(float a, float b) { return ((a > b) | (a != a)) ? a : b; }
DK_INLINE double maximum_d(double a, double b) { return ((a > b) | (a != a)) ? a : b; }
DK_INLINE float minimum_f(float a, float b) { return ((a < b) | (a != a)) ? a : b; }
DK_INLINE double minimum_d(double a, double b) { return ((a < b) | (a != a)) ? a : b; }

// MARK: exp

/// expm1(r) for |r| <= log(2) / 2.
DK_INLINE float expm1_reduced_f(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}

DK_INLINE double expm1_reduced_d(double r) {
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  return p * (r * r) + r;
}

// Adding 1.5 * 2^23 (2^52) rounds to an integer and leaves it in the low bits.
static const float rounder_f = 12582912.0f;
static const double rounder_d = 6755399441055744.0;

/// x = k log 2 + r; k comes back as a (wrapping) integer.
DK_INLINE uint32_t reduce_f(float x, float *r) {
  float t = x * 1.44269504f + rounder_f, k = t - rounder_f;
  *r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
  return bits_f(t) - bits_f(rounder_f);
}

DK_INLINE uint64_t reduce_d(double x, double *r) {
  double t = x * 1.4426950408889634 + rounder_d, k = t - rounder_d;
  *r = (x - k * 6.93145751953125e-1) - k * 1.42860682030941723212e-6;
  return bits_d(t) - bits_d(rounder_d);
}

/// 2^k for a k that gives a normal number.
DK_INLINE float power_of_two_f(uint32_t k) { return from_bits_f((k + 127) << 23); }
DK_INLINE double power_of_two_d(uint64_t k) { return from_bits_d((k + 1023) << 52); }

DK_INLINE float exp_f(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  float r;
  uint32_t k = reduce_f(x, &r), half = (uint32_t)((int32_t)k >> 1);
  return (1.0f + expm1_reduced_f(r)) * power_of_two_f(half) * power_of_two_f(k - half);
}

DK_INLINE double exp_d(double x) {
  x = x > 710.0 ? 710.0 : x;
  x = x < -746.0 ? -746.0 : x;
  double r;
  // Signed shifts of 64-bit lanes need AVX-512; k + 2048 is positive.
  uint64_t k = reduce_d(x, &r), half = ((k + 2048) >> 1) - 1024;
  return (1.0 + expm1_reduced_d(r)) * power_of_two_d(half) * power_of_two_d(k - half);
}

/// exp for x <= 0, as after a maximum has been subtracted: results below the normal numbers are 0.
DK_INLINE float exp_negative_f(float x) {
  float bounded = x < -87.0f ? -87.0f : x, r;
  uint32_t k = reduce_f(bounded, &r);
  float p = power_of_two_f(k);
  p = p * expm1_reduced_f(r) + p;
  return x < -87.0f ? 0.0f : p;
}

DK_INLINE double exp_negative_d(double x) {
  double bounded = x < -708.0 ? -708.0 : x, r;
  uint64_t k = reduce_d(bounded, &r);
  double p = power_of_two_d(k);
  p = p * expm1_reduced_d(r) + p;
  return x < -708.0 ? 0.0 : p;
}

DK_INLINE float expm1_f(float x) {
  float bounded = x > 89.0f ? 89.0f : x, r;
  bounded = bounded < -20.0f ? -20.0f : bounded;
  // Half of 2^k, so that k = 128 does not overflow too early.
  uint32_t k = reduce_f(bounded, &r);
  float s = power_of_two_f(k - 1);
  float y = 2.0f * (s * expm1_reduced_f(r) + (s - 0.5f));
  return k == 0 ? expm1_reduced_f(r) : y;
}

DK_INLINE double expm1_d(double x) {
  double bounded = x > 710.0 ? 710.0 : x, r;
  bounded = bounded < -40.0 ? -40.0 : bounded;
  uint64_t k = reduce_d(bounded, &r);
  double s = power_of_two_d(k - 1);
  double y = 2.0 * (s * expm1_reduced_d(r) + (s - 0.5));
  return k == 0 ? expm1_reduced_d(r) : y;
}

// MARK: log

/// k log 2 + log(1 + f) - f for f in sqrt(1/2) - 1 ... sqrt(2) - 1, without the high part of k log
/// 2.
DK_INLINE float log_tail_f(float f, float k) {
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float z = f * f;
  return p * f * z - 2.12194440e-4f * k - 0.5f * z;
}

/// k log 2 + log(1 + f).
DK_INLINE float log_reduced_f(float f, float k) { return f + log_tail_f(f, k) + 0.693359375f * k; }

DK_INLINE double log_reduced_d(double f, double k) {
  double s = f / (2.0 + f), z = s * s;
  double p = 1.479819860511658591e-01;
  p = p * z + 1.531383769920937332e-01;
  p = p * z + 1.818357216161805012e-01;
  p = p * z + 2.222219843214978396e-01;
  p = p * z + 2.857142874366239149e-01;
  p = p * z + 3.999999999940941908e-01;
  p = p * z + 6.666666666666735130e-01;
  double half = 0.5 * f * f;
  return k * 6.93147180369123816490e-01
         - ((half - (s * (half + p * z) + k * 1.90821492927058770002e-10)) - f);
}

/// x = 2^k m, m in sqrt(1/2) ..< sqrt(2), for a normal positive x.
DK_INLINE float split_f(float x, float *m) {
  uint32_t u = bits_f(x), offset = u - 0x3f3504f3u;
  *m = from_bits_f(u - (offset & 0xff800000u));
  return (float)((int32_t)offset >> 23);
}

// There is no conversion from 64-bit integers before AVX-512.
DK_INLINE double split_d(double x, double *m) {
  uint64_t u = bits_d(x), offset = u - 0x3fe6a09e667f3bcdull;
  *m = from_bits_d(u - (offset & 0xfff0000000000000ull));
  uint64_t k = (offset + (1024ull << 52)) >> 52;
  return from_bits_d(k | bits_d(4503599627370496.0)) - (4503599627370496.0 + 1024);
}

/// log of a positive normal number.
DK_INLINE float log_normal_f(float x) {
  float m, k = split_f(x, &m);
  return log_reduced_f(m - 1.0f, k);
}

DK_INLINE double log_normal_d(double x) {
  double m, k = split_d(x, &m);
  return log_reduced_d(m - 1.0, k);
}

DK_INLINE float log_f(float x) {
  bool small = x < 1.17549435e-38f;
  float m, scaled = small ? x * 8388608.0f : x;
  float k = split_f(scaled, &m) - (small ? 23.0f : 0.0f);
  float y = log_reduced_f(m - 1.0f, k);
  y = x > 0.0f ? y : (x == 0.0f ? -INFINITY : NAN);
  return x < INFINITY ? y : x;
}

DK_INLINE double log_d(double x) {
  bool small = x < 2.2250738585072014e-308;
  double m, scaled = small ? x * 4503599627370496.0 : x;
  double k = split_d(scaled, &m) - (small ? 52.0 : 0.0);
  double y = log_reduced_d(m - 1.0, k);
  y = x > 0.0 ? y : (x == 0.0 ? -(double)INFINITY : (double)NAN);
  return x < (double)INFINITY ? y : x;
}

/// log(1 + x) for x in 0 ... 1, as after exp(-|x|): no 1 + x is rounded. NaN passes.
DK_INLINE float log1p_unit_f(float x) {
  bool halved = x > 0.41421356f;
  float f = halved ? 0.5f * x - 0.5f : x, k = halved ? 1.0f : 0.0f;
  // Squares of what is too small to matter would underflow, which is slow.
  return f + log_tail_f(x < 2e-8f ? 0.0f : f, k) + 0.693359375f * k;
}

DK_INLINE double log1p_unit_d(double x) {
  bool halved = x > 0.41421356237309503;
  return log_reduced_d(halved ? 0.5 * x - 0.5 : x, halved ? 1.0 : 0.0);
}

/// log(1 + x): what 1 + x loses in rounding is added back.
DK_INLINE float log1p_f(float x) {
  float u = 1.0f + x, m, k = split_f(u, &m);
  float lost = x > 1.0f ? (u - x) - 1.0f : (u - 1.0f) - x;
  float f = k == 0 ? x : m - 1.0f;
  float y = log_reduced_f(f, k) - (k == 0 ? 0.0f : lost / u);
  y = x > -1.0f ? y : (x == -1.0f ? -INFINITY : NAN);
  return x < INFINITY ? y : x;
}

DK_INLINE double log1p_d(double x) {
  double u = 1.0 + x, m, k = split_d(u, &m);
  double lost = x > 1.0 ? (u - x) - 1.0 : (u - 1.0) - x;
  double f = k == 0 ? x : m - 1.0;
  double y = log_reduced_d(f, k) - (k == 0 ? 0.0 : lost / u);
  y = x > -1.0 ? y : (x == -1.0 ? -(double)INFINITY : (double)NAN);
  return x < (double)INFINITY ? y : x;
}

// MARK: What is made of them

DK_INLINE float softplus_f(float x) {
  return (x > 0.0f ? x : 0.0f) + log1p_unit_f(exp_negative_f(-absolute_f(x)));
}

DK_INLINE double softplus_d(double x) {
  return (x > 0.0 ? x : 0.0) + log1p_unit_d(exp_negative_d(-absolute_d(x)));
}

DK_INLINE float sigmoid_f(float x) {
  float e = exp_negative_f(-absolute_f(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

DK_INLINE double sigmoid_d(double x) {
  double e = exp_negative_d(-absolute_d(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

DK_INLINE float tanh_f(float x) {
  float a = absolute_f(x), e = expm1_f(2.0f * (a > 20.0f ? 20.0f : a));
  return __builtin_copysignf(e / (e + 2.0f), x);
}

DK_INLINE double tanh_d(double x) {
  double a = absolute_d(x), e = expm1_d(2.0 * (a > 40.0 ? 40.0 : a));
  return __builtin_copysign(e / (e + 2.0), x);
}

#endif
