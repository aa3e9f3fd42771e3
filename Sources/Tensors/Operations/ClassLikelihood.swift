import CKernels

extension Tensor {
  /// The log-probability of classes under logits of shape `shape + [classes]`, in one pass;
  /// `indices` have that `shape`.
  ///
  /// The same as taking from `logSoftmax(along: -1)`, without its result: what a softmax over
  /// thousands of words needs.
  public func logProbability(ofClasses indices: Indices) -> Tensor {
    require(
      rank >= 1 && Array(shape.dropLast()) == indices.shape,
      "classes \(indices.shape) under logits \(shape)")
    let classes = shape[rank - 1]
    indices.check(below: classes)
    let rows = indices.count
    let logits = contiguous()
    let (value, normalizers) = Tensor.writing(indices.shape, [rows]) { target, normalizers in
      guard rows > 0 else { return }
      logits.withBase {
        Kernels.classLogProbability(rows, classes, $0, indices.values, normalizers, target)
      }
    }
    return value.recording(self) { context in
      let (x, cotangent) = (context.inputs[0], context.cotangent)
      if cotangent.isTracked || x.isTracked {
        let weighted = cotangent.expandingDimensions(at: -1)
        return [weighted * (indices.oneHot(classes: classes) - x.softmax(along: -1))]
      }
      let (plain, weights) = (x.contiguous(), cotangent.contiguous())
      return [
        Tensor(shape: x.shape) { buffer in
          guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
          Tensor.reading(plain, weights, normalizers) { plain, weights, normalizers in
            Kernels.classLogProbabilityBackward(
              rows, classes, plain, indices.values, normalizers, weights, target)
          }
        }
      ]
    }
  }
}
