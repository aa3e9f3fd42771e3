public import Formats
import Learning
import Stochastics
public import Tensors

/// Scores documents by their features, linearly or through hidden layers, to rank those of a query.
public struct DocumentScorer: Parameterized, Sendable {
  /// The mean of the features where the scorer was trained; `[features]`.
  var mean: Tensor
  /// The rounding error of the mean, without which features of a small relative spread would be
  /// off by as much.
  var meanRest: Tensor
  /// One over their standard deviations, zero where they never change.
  var scale: Tensor
  /// The layers, with rectifiers between them.
  var layers: [Linear]

  /// - Parameters:
  ///   - documents: whose features are standardized.
  ///   - hidden: sizes of hidden layers, none for a linear scorer.
  public init(
    standardizing documents: JudgedDocuments, hidden: [Int],
    using generator: inout some RandomNumberGenerator
  ) {
    self.init(features: documents.featureCount, hidden: hidden, using: &generator)
    standardize(by: documents)
  }

  /// A scorer of features that are standardized already.
  ///
  /// - Parameter hidden: sizes of hidden layers, none for a linear scorer.
  package init(
    features: Int, hidden: [Int], using generator: inout some RandomNumberGenerator
  ) {
    (mean, meanRest, scale) = (.zeros([features]), .zeros([features]), .ones([features]))
    layers = Linear.chain([features] + hidden + [1], using: &generator)
  }

  /// Standardizes features by those of documents from now on.
  package mutating func standardize(by documents: JudgedDocuments) {
    let moments = Self.moments(of: documents)
    mean = Tensor(moments.map { Scalar($0.mean) })
    meanRest = Tensor(moments.map { Scalar($0.mean - Double(Scalar($0.mean))) })
    let most = Double(Scalar.greatestFiniteMagnitude)
    scale = Tensor(moments.map { $0.deviation > 0 ? Scalar(min(1 / $0.deviation, most)) : 0 })
  }

  /// Scores `[documents]` of features `[documents, features]`.
  public func callAsFunction(_ features: Tensor) -> Tensor {
    var values = ((features - mean) - meanRest) * scale
    for layer in layers.dropLast() { values = layer(values).relu() }
    return layers[layers.count - 1](values).reshaped([features.shape[0]])
  }

  /// Numbers from 1 of the features that never changed where the scorer was trained, so that it
  /// does not see them.
  public var constantFeatures: [Int] {
    scale.scalars.indices.filter { scale.scalars[$0] == 0 }.map { $0 + 1 }
  }

  /// Mean and standard deviation of every feature, in any units: in double precision, whose squares
  /// cannot overflow.
  ///
  /// The deviation is zero where all values are the same, and only there.
  private static func moments(
    of documents: JudgedDocuments
  ) -> [(mean: Double, deviation: Double)] {
    let (rows, columns) = (documents.grades.count, documents.featureCount)
    return (0..<columns).map { column in
      func sum(_ term: (Double) -> Double) -> Double {
        (0..<rows).reduce(0) { $0 + term(Double(documents.features[$1 * columns + column])) }
      }
      let first = documents.features[column]
      guard (1..<rows).contains(where: { documents.features[$0 * columns + column] != first })
      else {
        return (Double(first), 0)
      }
      let mean = sum { $0 } / Double(rows)
      return (mean, (sum { ($0 - mean) * ($0 - mean) } / Double(rows)).squareRoot())
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("mean-rest", &meanRest, .tracked)
    visitor.visit("scale", &scale, .tracked)
    visitor.visit("layers", &layers)
  }
}

extension Tensor {
  /// The features of documents, `[documents, features]`.
  public init(of documents: JudgedDocuments) {
    self.init(
      documents.features.map { Scalar($0) },
      shape: [documents.grades.count, documents.featureCount])
  }
}

/// The loss that trains the scores of queries' documents.
public enum RankingLoss: Sendable, Hashable {
  /// -log of the Plackett-Luce probability of the documents in the order of their grades, equal
  /// ones in an order drawn anew at every visit.
  ///
  /// Xia, Liu, Wang, Zhang and Li (2008), Listwise approach to learning to rank: theory and
  /// algorithm.
  case listMLE
  /// -the expected discounted gain of the first places under the Plackett-Luce law of the scores,
  /// with the gradient of PL-Rank.
  case plackettLuceRank(samples: Int, cutoff: Int)

  /// The loss of each query, `[queries]`, whose documents' scores stand behind one another,
  /// `[documents]`; traps on another number of scores than grades.
  public func callAsFunction(
    _ scores: Tensor, grades: [[Double]], using generator: inout Philox
  ) -> Tensor {
    let count = grades.reduce(0) { $0 + $1.count }
    require(scores.shape == [count], "scores \(scores.shape) of \(count) grades")
    var first = 0
    switch self {
    case .listMLE:
      let orders = grades.map { grades in
        defer { first += grades.count }
        let order = grades.indices.shuffled(using: &generator).sorted { grades[$0] > grades[$1] }
        return order.map { first + $0 }
      }
      return -PlackettLuce(logScores: scores).logProbability(of: RankedLists(orders))
    case .plackettLuceRank(let samples, let cutoff):
      return stack(
        grades.map { grades in
          defer { first += grades.count }
          let law = PlackettLuce(
            logScores: scores.sliced(along: 0, first..<(first + grades.count)))
          let places = min(cutoff, grades.count)
          return -law.expectedGain(
            Tensor(grades.map { Scalar(DiscountedGain.gain(of: $0)) }),
            discounts: Tensor((0..<places).map { Scalar(DiscountedGain.discount(at: $0)) }),
            samples: samples, using: &generator)
        })
    }
  }
}
