import Tensors

/// The result of the checks of an estimator, or of a mutant with one fault.
package struct Finding: Sendable, Codable {
  /// The estimator, or what is wrong with the mutant.
  package let subject: String
  /// The promises that are broken.
  package let broken: Set<String>
  /// The promises that are broken by right: none of a sound estimator's.
  package let expected: Set<String>

  package init(_ subject: String, broken: Set<String>, expected: Set<String>) {
    (self.subject, self.broken, self.expected) = (subject, broken, expected)
  }

  package var isAsExpected: Bool { broken == expected }
}

/// The properties of an estimator's noise that are checked beside its mean.
enum NoisePromise {
  static let mean = "mean"
  /// The estimate from given noise, or its second moment, is that of another implementation.
  static let noise = "noise"
  /// The estimator's own parameters descend the variance.
  static let variance = "variance objective"
  /// The estimate does not depend on a constant that is added to every cost.
  static let shift = "shift"
  /// The estimate does not depend on a factor of every cost.
  static let scale = "scale"
}

/// The largest difference of two tensors; infinite if something is not a number.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.scalars, b.scalars).map { pair in
    let difference = abs(Double(pair.0) - Double(pair.1))
    return difference.isNaN ? .infinity : difference
  }.max() ?? 0
}

/// The error of quadrature and finite differences for a difference that is exactly zero.
let quadratureTolerance = MemoryLayout<Scalar>.size == 8 ? 1e-6 : 5e-3
