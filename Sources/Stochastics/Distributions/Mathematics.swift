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

/// log(1 - exp(x)) of x at most zero, without cancellation.
func log1mExp(_ x: Double) -> Double {
  x > -0.6931471805599453 ? logarithm(-exponentialMinusOne(x)) : logarithmOnePlus(-exponential(x))
}

/// The logarithm of the sum of exponentials; -infinity of none.
func logSumExp(_ logs: [Double]) -> Double {
  let largest = logs.max() ?? -.infinity
  guard largest > -.infinity else { return largest }
  return largest + logarithm(logs.reduce(0) { $0 + exponential($1 - largest) })
}
