import SwiftDiscrete

/// Where an image lies among others: two convolutions that pool and a dense layer.
struct Embedding: Parameterized, Sendable {
  var near: Convolution
  var far: Convolution
  var dense: Linear

  init(height: Int, width: Int, using generator: inout Philox) {
    near = Convolution(size: 5, inputs: 1, filters: 20, pools: true, using: &generator)
    far = Convolution(size: 5, inputs: 20, filters: 50, pools: true, using: &generator)
    let (rows, columns) = (((height - 4) / 2 - 4) / 2, ((width - 4) / 2 - 4) / 2)
    dense = Linear(inputs: rows * columns * 50, outputs: 500, using: &generator)
  }

  /// Points [images, 500] of images [images, height, width, 1].
  func callAsFunction(_ images: Tensor) -> Tensor {
    let features = far(near(images).relu()).relu()
    return dense(features.reshaped([images.shape[0], dense.weight.shape[0]]))
  }

  /// The points of many images, some hundreds at a time.
  func points(of images: Tensor) -> Tensor {
    concatenate(
      stride(from: 0, to: images.shape[0], by: 500).map { first in
        self(images.sliced(along: 0, first..<min(images.shape[0], first + 500)))
      }, along: 0)
  }

  /// -(1/k) of the weight that the k nearest of some candidates give to those with the query's
  /// label, a mean over queries.
  ///
  /// The k first rows of the relaxed sort of negative squared distances, each a mean of what
  /// candidates are: same or not.
  func loss(_ queries: Examples, _ candidates: Examples, k: Int, temperature: Double) -> Tensor {
    let sort = NeuralSort(
      scores: -squaredDistances(from: self(queries.images), to: self(candidates.images)),
      temperature: temperature)
    return -sort.topRows(k, of: queries.sameLabel(as: candidates)).sum(along: 1).mean()
      * (1 / Scalar(k))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("near", &near)
    visitor.visit("far", &far)
    visitor.visit("dense", &dense)
  }
}

/// [n, m] between the rows of [n, d] and [m, d].
func squaredDistances(from a: Tensor, to b: Tensor) -> Tensor {
  let lengths = a.squared().sum(along: 1, keepingDimensions: true)
  return lengths + b.squared().sum(along: 1) - a.matmul(b.transposed()) * 2
}
