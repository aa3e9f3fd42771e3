import RealModule
import Tensors

// Sums and differences of positive numbers that are kept as logarithms.

/// log(1 - exp(x)) of x at most zero, without cancellation.
func log1mExp(_ x: Double) -> Double {
  x > -.logOfTwo ? .log(-.expMinusOne(x)) : .log(onePlus: -.exp(x))
}

/// The logarithm of the sum of exponentials; -infinity of none.
package func logSumExp(_ logs: [Double]) -> Double {
  let largest = logs.max() ?? -.infinity
  guard largest > -.infinity else { return largest }
  return largest + .log(logs.reduce(0) { $0 + .exp($1 - largest) })
}
