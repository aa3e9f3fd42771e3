#include "PageEnds.h"

#include "CBLAS.h"
#include "CKernels.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(list) ((long)(sizeof(list) / sizeof *(list)))

#define REAL float
#define DK(name) name##_f
#include "kernels.h"
#include "products.h"
#undef REAL
#undef DK
#define REAL double
#define DK(name) name##_d
#include "kernels.h"
#include "products.h"
#undef REAL
#undef DK
