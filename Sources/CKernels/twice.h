// Compiles DK_SOURCE once per precision; no guard on purpose.
#define REAL float
#define DK(name) name##_f
#define DK_SINGLE 1
#include DK_SOURCE
#undef REAL
#undef DK
#undef DK_SINGLE
#define REAL double
#define DK(name) name##_d
#define DK_SINGLE 0
#include DK_SOURCE
#undef REAL
#undef DK
#undef DK_SINGLE
