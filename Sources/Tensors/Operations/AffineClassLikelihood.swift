import CBLAS
import CKernels

extension Tensor {
  /// The log-probability of classes under the logits x · weight + bias, which are never held at
  /// once.
  ///
  /// Rows x are this tensor, [..., n], and `indices` have the shape of its leading axes; a weight
  /// [n, classes], a bias [classes]. The same as
  /// `affine(weight, bias).logProbability(ofClasses: indices)`; logits are made part by part while
  /// they are in the cache, and again on the way back, which is faster than to fetch them from
  /// memory.
  ///
  /// - Complexity: O(rows n classes), in the memory of a part.
  public func logProbability(ofClasses indices: Indices, under weight: Tensor, _ bias: Tensor)
    -> Tensor
  {
    require(
      rank >= 1 && Array(shape.dropLast()) == indices.shape && weight.rank == 2
        && weight.shape[0] == shape[rank - 1] && bias.shape == [weight.shape[1]],
      "classes \(indices.shape) under an affine map of \(shape) by \(weight.shape) and \(bias.shape)"
    )
    indices.check(below: weight.shape[1])
    let flat = indices.reshaped([indices.count])
    let likelihood = AffineClassLikelihood(rows: rows(), weight: weight, bias: bias, classes: flat)
    let (values, normalizers) = likelihood.forward()
    let result = values.recording([rows(), weight, bias]) { context in
      let (x, weight, bias) = (context.inputs[0], context.inputs[1], context.inputs[2])
      guard context.isDifferentiated || context.inputs.contains(where: \.isTracked) else {
        return likelihood.backward(context.cotangent, normalizers: normalizers)
      }
      let slopes =
        context.cotangent.expandingDimensions(at: -1)
        * (flat.oneHot(classes: weight.shape[1]) - x.affine(weight, bias).softmax(along: -1))
      return [
        slopes.matmul(weight.transposed()), x.transposed().matmul(slopes), slopes.sum(along: 0),
      ]
    }
    return result.reshaped(indices.shape)
  }

  /// The sum over rows of a weight times that log-probability, a scalar.
  ///
  /// Where a gradient may be asked for, its parts are formed while the logits are in the cache, so
  /// that these are made once and not twice. Weights have the shape of `indices`, and no gradient.
  public func logProbability(
    ofClasses indices: Indices, weightedBy weights: Tensor, under weight: Tensor, _ bias: Tensor
  ) -> Tensor {
    require(
      weights.shape == indices.shape, "weights \(weights.shape) of classes \(indices.shape)")
    let weights = weights.detached()
    @Sendable func composed(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor {
      x.logProbability(ofClasses: indices, under: weight, bias).sum(weightedBy: weights)
    }
    guard isTracked || weight.isTracked || bias.isTracked else {
      return composed(self, weight, bias)
    }
    let (value, slopes) = AffineClassLikelihood(
      rows: rows(), weight: weight, bias: bias, classes: indices.reshaped([indices.count])
    ).weighted(by: weights.reshaped([indices.count]))
    let shape = self.shape
    return value.recording([rows(), weight, bias]) { context in
      guard context.isDifferentiated || context.inputs.contains(where: \.isTracked) else {
        return slopes.map { $0 * context.cotangent }
      }
      return context.cotangents { composed($0[0].reshaped(shape), $0[1], $0[2]) }
    }
  }
}

extension Tensor {
  /// The sum of values times weights of their shape, where a weight of zero silences a value that
  /// is infinite.
  fileprivate func sum(weightedBy weights: Tensor) -> Tensor {
    (select(weights .== 0, 0, self) * weights).sum()
  }
}

/// Rows and an affine map as one matrix each: a column of ones meets the bias, so that both are one
/// product.
private struct AffineClassLikelihood {
  /// [rows, n + 1].
  private let inputs: Tensor
  /// [n + 1, classes].
  private let map: Tensor
  private let indices: Indices

  init(rows: Tensor, weight: Tensor, bias: Tensor, classes: Indices) {
    inputs = concatenate([rows.detached(), .ones([rows.shape[0], 1])], along: 1)
    map = concatenate([weight.detached(), bias.detached().expandingDimensions(at: 0)], along: 0)
    indices = classes
  }

  private var classCount: Int { map.shape[1] }
  private var width: Int { map.shape[0] }

  /// Log-probabilities and normalizers, both [rows].
  func forward() -> (values: Tensor, normalizers: Tensor) {
    Tensor.writing(indices.shape, indices.shape) { target, normalizers in
      eachPart { first, count, _, logits in
        indices.withPointer {
          Kernels.classLogProbability(
            count, classCount, logits, $0 + first, normalizers + first, target + first)
        }
      }
    }
  }

  /// The cotangents of rows, weight and bias.
  func backward(_ cotangent: Tensor, normalizers: Tensor) -> [Tensor] {
    Tensor.reading(cotangent.contiguous(), normalizers) { weights, normalizers in
      cotangents { first, count, logits in
        indices.withPointer {
          Kernels.classLogProbabilityBackward(
            count, classCount, logits, $0 + first, normalizers + first, weights + first, logits)
        }
      }
    }
  }

  /// The sum of weights times log-probabilities, and its slopes in rows, weight and bias, in one
  /// pass.
  func weighted(by weights: Tensor) -> (value: Tensor, slopes: [Tensor]) {
    let weights = weights.contiguous()
    var slopes: [Tensor] = []
    let (values, _) = Tensor.writing(indices.shape, indices.shape) { values, normalizers in
      slopes = weights.withBase { weights in
        cotangents { first, count, logits in
          indices.withPointer {
            Kernels.classLogProbability(
              count, classCount, logits, $0 + first, normalizers + first, values + first)
            Kernels.classLogProbabilityBackward(
              count, classCount, logits, $0 + first, normalizers + first, weights + first, logits)
          }
        }
      }
    }
    return (values.sum(weightedBy: weights), slopes)
  }

  /// The cotangents of rows, weight and bias from what `write` puts in the place of some rows'
  /// logits.
  private func cotangents(
    _ write: (_ first: Int, _ count: Int, _ logits: UnsafeMutablePointer<Scalar>) -> Void
  ) -> [Tensor] {
    let n = width - 1
    let (ofInputs, ofMap) = Tensor.writing([inputs.shape[0], n], map.shape) { target, sums in
      sums.update(repeating: 0, count: map.count)
      map.withBase { map in
        eachPart { first, count, rows, logits in
          write(first, count, logits)
          gemm(
            false, true, count, n, classCount, 1, logits, classCount, map, classCount, 0,
            target + first * n, n)
          // The bias apart: one row more than a power of two would cost a product a block of its
          // own.
          gemm(
            true, false, n, classCount, count, 1, rows, width, logits, classCount, 1, sums,
            classCount)
          gemm(
            true, false, 1, classCount, count, 1, rows + n, width, logits, classCount, 1,
            sums + n * classCount, classCount)
        }
      }
    }
    return [
      ofInputs, ofMap.sliced(along: 0, 0..<n),
      ofMap.sliced(along: 0, at: n),
    ]
  }

  /// Calls the body with the logits of some rows at a time: the first row, how many, their inputs,
  /// and logits to write over.
  private func eachPart(
    _ body: (
      _ first: Int, _ count: Int, _ rows: UnsafePointer<Scalar>,
      _ logits: UnsafeMutablePointer<Scalar>
    ) -> Void
  ) {
    let rows = inputs.shape[0]
    let part = min(rows, max(1, AffineClassLikelihood.partSize / max(1, classCount)))
    guard part > 0 else { return }
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: part * classCount) { logits in
      guard let logits = logits.baseAddress else { return }
      Tensor.reading(inputs, map) { inputs, map in
        for first in stride(from: 0, to: rows, by: part) {
          let count = min(part, rows - first)
          let from = inputs + first * width
          gemm(
            false, false, count, classCount, width, 1, from, width, map, classCount, 0, logits,
            classCount)
          body(first, count, from, logits)
        }
      }
    }
  }

  /// How many logits a part has: few enough for the caches, and enough to make up for packing the
  /// map.
  private static let partSize = 1 << 20
}
