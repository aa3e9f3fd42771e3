import SwiftDiscrete

/// A reader and the estimator of its gradient.
struct Learner<Estimator: GradientEstimator>: Parameterized, Sendable
where Estimator.Distribution: ArcLaw {
  var reader: TreeReader
  var estimator: Estimator

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("reader", &reader)
    visitor.visit("estimator", &estimator)
  }

  /// The cross-entropy of the values in nats.
  mutating func loss(of sentences: Sentences, using generator: inout Philox) -> Tensor {
    let reader = reader
    let law = Estimator.Distribution(scores: reader.scores(of: sentences), of: sentences)
    return estimator.expectation(over: law, using: &generator) { point, _ in
      let arcs = Estimator.Distribution.arcs(point, words: sentences.words)
      let values = reader.values(of: sentences, along: arcs)
      return -values.logProbability(
        ofClasses: sentences.values.repeated(values.shape[0]))
    }.mean()
  }

  /// The likeliest arcs, `[1, sentences, words + 1, words]`.
  func arcs(of sentences: Sentences) -> Tensor {
    typealias Law = Estimator.Distribution
    let law = Law(scores: reader.scores(of: sentences), of: sentences)
    return Law.arcs(Law.point(law.mode()), words: sentences.words)
  }
}

extension Indices {
  /// These, so many times along a new first axis.
  func repeated(_ count: Int) -> Indices {
    Indices(
      Array(repeating: values.map { Int($0) }, count: count).flatMap { $0 }, shape: [count] + shape)
  }
}
