#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// Doubles whatever the tensors are; the names keep clear of the operations on tensors.
func exponential(_ x: Double) -> Double { exp(x) }
func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func logarithmOnePlus(_ x: Double) -> Double { log1p(x) }
