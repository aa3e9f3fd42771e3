package import CKernels

// The C kernels in the precision of `Scalar`. Their header names them in Swift; both precisions are
// in every build.
#if DOUBLE_PRECISION
  package typealias Kernels = DoubleKernels
#else
  package typealias Kernels = FloatKernels
#endif
