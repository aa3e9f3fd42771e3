/// The scalar type of every tensor: `Float`, or `Double` under the package trait `DoublePrecision`.
#if DOUBLE_PRECISION
  public typealias Scalar = Double
#else
  public typealias Scalar = Float
#endif
