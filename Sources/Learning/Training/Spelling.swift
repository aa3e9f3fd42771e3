/// A number as messages show it: one that is not a number is `nan`, whatever its sign bit says.
package func spelled<Number: BinaryFloatingPoint>(_ number: Number) -> String {
  number.isNaN ? "nan" : "\(number)"
}
