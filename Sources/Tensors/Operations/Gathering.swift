import CKernels

// Reading and adding at integer places. Indices out of range are programmer errors and trap.

extension Tensor {
  /// The slices at `indices` along an axis, which is replaced by the shape of the indices.
  public func gathering(_ indices: Indices, along axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let (outer, size, inner) = Shape.split(shape, at: axis)
    indices.check(below: size)
    let target = Array(shape[..<axis]) + indices.shape + Array(shape[(axis + 1)...])
    let value = Tensor(shape: target) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        indices.withPointer {
          Kernels.gather(outer, size, inner, $0, indices.count, source, target)
        }
      }
    }
    return value.recording(self) { context in
      [context.cotangent.scatteringSum(indices, along: axis, size: size)]
    }
  }

  /// Zeros with `size` slices along an axis, to which the slices of this tensor are added at
  /// `indices`.
  ///
  /// The transpose of `gathering`: the axes of the indices, which begin at `axis`, become one of
  /// the given size.
  public func scatteringSum(_ indices: Indices, along axis: Int, size: Int) -> Tensor {
    require(
      axis >= 0 && axis + indices.shape.count <= rank
        && Array(shape[axis..<(axis + indices.shape.count)]) == indices.shape,
      "indices of shape \(indices.shape) do not stand at axis \(axis) of \(shape)")
    indices.check(below: size)
    let head = Array(shape[..<axis])
    let tail = Array(shape[(axis + indices.shape.count)...])
    let value = Tensor(shape: head + [size] + tail) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      buffer.update(repeating: 0)
      withPointer { source in
        guard let source = source.baseAddress else { return }
        indices.withPointer {
          Kernels.scatterAdd(
            Shape.count(head), size, Shape.count(tail), $0, indices.count, source, target)
        }
      }
    }
    return value.recording(self) { [$0.cotangent.gathering(indices, along: axis)] }
  }

  /// For every place, the scalar at the index given there along an axis; `indices` has this shape
  /// but for that axis.
  public func takingAlong(_ indices: Indices, axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let (outer, size, inner) = Shape.split(shape, at: axis)
    let k = checkedTakes(indices, axis: axis, size: size)
    let value = Tensor(shape: indices.shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        indices.withPointer { Kernels.takeAlong(outer, size, k, inner, $0, source, target) }
      }
    }
    return value.recording(self) { context in
      [context.cotangent.addingAlong(indices, axis: axis, size: size)]
    }
  }

  /// The transpose of `takingAlong`: zeros of the given size along an axis, to which every scalar
  /// is added at its index.
  public func addingAlong(_ indices: Indices, axis: Int, size: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    require(shape == indices.shape, "indices of shape \(indices.shape) for \(shape)")
    indices.check(below: size)
    let (outer, k, inner) = Shape.split(shape, at: axis)
    var target = shape
    target[axis] = size
    let value = Tensor(shape: target) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      buffer.update(repeating: 0)
      withPointer { source in
        guard let source = source.baseAddress else { return }
        indices.withPointer { Kernels.addAlong(outer, size, k, inner, $0, source, target) }
      }
    }
    return value.recording(self) { [$0.cotangent.takingAlong(indices, axis: axis)] }
  }

  private func checkedTakes(_ indices: Indices, axis: Int, size: Int) -> Int {
    var expected = shape
    require(indices.shape.count == rank, "indices of shape \(indices.shape) for \(shape)")
    expected[axis] = indices.shape[axis]
    require(expected == indices.shape, "indices of shape \(indices.shape) for \(shape)")
    indices.check(below: size)
    return indices.shape[axis]
  }
}

extension Indices {
  /// Rows that are one at the index and zero elsewhere, of shape `shape + [classes]`.
  public func oneHot(classes: Int) -> Tensor {
    check(below: classes)
    return Tensor(shape: shape + [classes]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withPointer { Kernels.oneHot(count, classes, $0, target) }
    }
  }
}
