import SwiftDiscrete

/// A reader, and where it has its trees from.
protocol Reading: Parameterized, Sendable {
  var reader: TreeReader { get }

  /// The cross-entropy of the values in nats, a scalar.
  mutating func loss(of sentences: Sentences, using generator: inout Philox) -> Tensor

  /// The arcs that it takes when it is tested, `[1, sentences, words + 1, words]`.
  func arcs(of sentences: Sentences, using generator: inout Philox) -> Tensor
}

/// A reader that draws its trees, and the estimator of its gradient.
struct Learner<Estimator: GradientEstimator>: Reading where Estimator.Distribution: ArcLaw {
  typealias Law = Estimator.Distribution

  var reader: TreeReader
  var estimator: Estimator

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("reader", &reader)
    visitor.visit("estimator", &estimator)
  }

  private func law(of sentences: Sentences) -> Law {
    Law(scores: reader.scores(of: sentences), of: sentences)
  }

  mutating func loss(of sentences: Sentences, using generator: inout Philox) -> Tensor {
    let (reader, law) = (reader, law(of: sentences))
    return estimator.expectation(over: law, using: &generator) { point, _ in
      reader.crossEntropy(of: sentences, along: Law.arcs(point, words: sentences.words))
    }.mean()
  }

  /// The likeliest tree.
  func arcs(of sentences: Sentences, using generator: inout Philox) -> Tensor {
    Law.arcs(Law.point(law(of: sentences).mode()), words: sentences.words)
  }
}

/// A reader that is given its trees: the true ones, or any.
struct Given: Reading {
  var reader: TreeReader
  let isTrue: Bool

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("reader", &reader)
  }

  func loss(of sentences: Sentences, using generator: inout Philox) -> Tensor {
    reader.crossEntropy(of: sentences, along: arcs(of: sentences, using: &generator)).mean()
  }

  func arcs(of sentences: Sentences, using generator: inout Philox) -> Tensor {
    if isTrue { return sentences.arcs.expandingDimensions(at: 0) }
    typealias Trees = Gibbs<ProjectiveDependencies>
    let n = sentences.words
    let law = Trees(scores: .zeros([sentences.count, n + 1, n]), of: sentences)
    return Trees.arcs(law.sample(1, using: &generator).tensor, words: n)
  }
}
