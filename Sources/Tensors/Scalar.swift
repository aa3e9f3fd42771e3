import RealModule

/// The scalar type of every tensor: `Float`, or `Double` under the package trait `DoublePrecision`.
#if DOUBLE_PRECISION
  public typealias Scalar = Double
#else
  public typealias Scalar = Float
#endif

extension Double {
  /// The natural logarithm of 2.
  package static let logOfTwo = Double.log(2)
}
