// The kernels in the precision of `Scalar`.
#if DOUBLE_PRECISION
  package typealias Kernels = DoubleKernels
#else
  package typealias Kernels = FloatKernels
#endif
