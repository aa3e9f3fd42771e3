import RealModule
import Tensors

/// The size a standard normal z-score exceeds, in either direction, with the given probability.
///
/// - Parameters:
///   - familyWise: probability of a false alarm anywhere in the family.
///   - comparisons: number of z-scores in the family, by Bonferroni's bound.
public func zThreshold(familyWise: Double, comparisons: Int) -> Double {
  require(familyWise > 0 && familyWise < 1, "a false-alarm rate of \(familyWise)")
  require(comparisons > 0, "\(comparisons) comparisons")
  let tail = familyWise / Double(comparisons)
  var (low, high) = (0.0, 40.0)
  while high - low > 1e-12 {
    let middle = (low + high) / 2
    if Double.erfc(middle / 2.0.squareRoot()) > tail { low = middle } else { high = middle }
  }
  return high
}
