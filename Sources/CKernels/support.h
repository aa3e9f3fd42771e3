#ifndef DK_SUPPORT_H
#define DK_SUPPORT_H

#include "CKernels.h"

#include <math.h>
#include <string.h>

// One body per instruction set, chosen when the library is loaded. Helpers must be DK_INLINE: a
// clone does not reach into a function it merely calls. With DK_SCALAR there is the plain body
// alone.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(DK_SCALAR)
#define DK_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define DK_CLONES
#endif
#define DK_INLINE static inline __attribute__((always_inline))

/// Runs body over 0..<n in blocks of `block`, in parallel when there are several; the partition
/// depends on n only.
void dk_blocks(
    long n, long block, void (*body)(void *context, long start, long end), void *context);

DK_INLINE long dk_min(long a, long b) { return a < b ? a : b; }
DK_INLINE long dk_max(long a, long b) { return a > b ? a : b; }
/// How many lines of `width` elements make a block worth a task.
DK_INLINE long dk_lines(long width) { return dk_max(1, 16384 / dk_max(1, width)); }

#endif
