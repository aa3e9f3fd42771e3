/// A number to some decimal places; what is not a number loses its sign, which would be shown.
package func rounded(_ value: Double, _ places: Int) -> Double {
  if value.isNaN { return .nan }
  let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
  return (value * scale).rounded() / scale
}
