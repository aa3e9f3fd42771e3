/// A number rounded to so many places behind the point, for people to read.
package func rounded(_ value: Double, _ places: Int) -> Double {
  let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
  return (value * scale).rounded() / scale
}
