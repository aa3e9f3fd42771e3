public import Tensors

/// Samples whose events are plain Swift values: `[Bool]` of bits, `[Int]` of classes.
public protocol PlainSample: Sendable {
  associatedtype Event

  /// A number for each event, in the shape of the sample without its last axis.
  ///
  /// - Complexity: one call for each event, in order, on the calling thread.
  func mapEvents<E: Error>(_ body: (Event) throws(E) -> Scalar) throws(E) -> Tensor
}

extension Bits: PlainSample {
  public func mapEvents<E: Error>(_ body: ([Bool]) throws(E) -> Scalar) throws(E) -> Tensor {
    try mapRows(of: values, shape: shape, body)
  }
}

extension Classes: PlainSample {
  public func mapEvents<E: Error>(_ body: ([Int]) throws(E) -> Scalar) throws(E) -> Tensor {
    try mapRows(of: indices.values.map(Int.init), shape: shape, body)
  }
}

func mapRows<Element, E: Error>(
  of values: [Element], shape: [Int], _ body: ([Element]) throws(E) -> Scalar
) throws(E) -> Tensor {
  let batch = Array(shape.dropLast())
  let width = shape.last ?? 1
  var numbers: [Scalar] = []
  for row in 0..<batch.reduce(1, *) {
    numbers.append(try body(Array(values[row * width..<(row + 1) * width])))
  }
  return Tensor(numbers, shape: batch)
}

extension BlackBoxGradientEstimator where Distribution.Sample: PlainSample {
  /// The expectation under `q` of a plain Swift function of one event, such as
  /// `{ (bits: [Bool]) in ... }`.
  ///
  /// It is called once for every event that the estimator asks for; a cost that can take all of
  /// them at once is faster.
  public mutating func expectation<E: Error>(
    over q: Distribution, given context: Tensor? = nil,
    using generator: inout some RandomNumberGenerator,
    ofEach cost: (Distribution.Sample.Event) throws(E) -> Scalar
  ) throws(E) -> Tensor {
    try expectation(over: q, given: context, using: &generator) {
      (sample: Distribution.Sample, _) throws(E) -> Tensor in
      try sample.mapEvents(cost)
    }
  }
}
