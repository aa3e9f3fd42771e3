import SwiftDiscrete

/// Predicts the median of a sequence of images of numbers: one network says which is the middle
/// one, another what it is worth.
///
/// Only the median is told, so which image it belongs to has to be found out: the values are
/// weighed by the middle row of a relaxed sort.
struct Regressor: Parameterized, Sendable {
  var rank: ImageScorer
  var value: ImageScorer
  let temperature: Double

  init(size: (height: Int, width: Int), temperature: Double, using generator: inout Philox) {
    rank = ImageScorer(height: size.height, width: size.width, using: &generator)
    value = ImageScorer(height: size.height, width: size.width, using: &generator)
    self.temperature = temperature
  }

  /// Medians [sequences] of images [sequences, n, height, width], relaxed, or of the one image in
  /// the middle.
  func medians(of items: Tensor, isHard: Bool = false) -> Tensor {
    let values = value(items).sliced(along: 2, at: 0)
    let sort = NeuralSort(
      scores: rank(items).sliced(along: 2, at: 0), temperature: temperature)
    let middle = items.shape[1] / 2
    let blended = isHard ? sort.applyStraightThrough(to: values) : sort.apply(to: values)
    return blended.sliced(along: 1, at: middle)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("rank", &rank)
    visitor.visit("value", &value)
  }
}
