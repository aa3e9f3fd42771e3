/// A product of whole numbers, `nil` where it exceeds what an integer holds.
package func wholeProduct(_ factors: some Sequence<Int>) -> Int? {
  var result = 1
  for factor in factors {
    let (next, isTooLarge) = result.multipliedReportingOverflow(by: factor)
    if isTooLarge { return nil }
    result = next
  }
  return result
}

/// A power of a whole number, `nil` where it exceeds what an integer holds; one where the exponent
/// is zero or below.
package func wholePower(_ base: Int, _ exponent: Int) -> Int? {
  wholeProduct(repeatElement(base, count: max(0, exponent)))
}

/// The number of subsets of a size, `nil` where it, or a product on the way, exceeds what an
/// integer holds.
package func subsetCount(_ size: Int, of items: Int) -> Int? {
  guard size >= 0, size <= items else { return 0 }
  var result = 1
  for index in 0..<min(size, items - size) {
    let (next, isTooLarge) = result.multipliedReportingOverflow(by: items - index)
    if isTooLarge { return nil }
    result = next / (index + 1)
  }
  return result
}
