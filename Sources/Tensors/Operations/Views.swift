import CKernels

// Views: the same scalars in another shape or order, mostly without a copy.

extension Tensor {
  /// The same scalars, in row-major order, in another shape; one size may be -1 and is then
  /// inferred.
  public func reshaped(_ newShape: [Int]) -> Tensor {
    let target = Tensor.resolved(newShape, count: count)
    if target == shape { return self }
    let plain = contiguous()
    return Tensor(shape: target, storage: plain.storage, offset: plain.offset, viewStrides: nil)
      .recording(self) { [$0.cotangent.reshaped($0.inputs[0].shape)] }
  }

  private static func resolved(_ shape: [Int], count: Int) -> [Int] {
    var target = shape
    if let unknown = target.firstIndex(of: -1) {
      target[unknown] = 1
      let rest = Shape.count(target)
      target[unknown] = rest == 0 ? 0 : count / rest
    }
    require(Shape.count(target) == count, "\(count) scalars do not fill shape \(shape)")
    return target
  }

  /// The same scalars with a new axis of size one at `axis`.
  public func expandingDimensions(at axis: Int) -> Tensor {
    let place = Shape.axis(axis, rank: rank + 1)
    var target = shape
    target.insert(1, at: place)
    return reshaped(target)
  }

  /// Axes in another order; `axes[i]` is the old place of the new axis i.
  public func permuted(_ axes: [Int]) -> Tensor {
    require(axes.sorted() == Array(0..<rank), "\(axes) is not an order of \(rank) axes")
    let old = strides
    var inverse = axes
    for (new, axis) in axes.enumerated() { inverse[axis] = new }
    return view(shape: axes.map { shape[$0] }, strides: axes.map { old[$0] }, offset: offset)
      .recording(self) { [inverse] in [$0.cotangent.permuted(inverse)] }
  }

  /// The last two axes exchanged.
  public func transposed() -> Tensor {
    require(rank >= 2, "transpose of shape \(shape)")
    var axes = Array(0..<rank)
    axes.swapAt(rank - 1, rank - 2)
    return permuted(axes)
  }

  /// This tensor repeated along axes of size one, and along new leading axes, to fill `target`.
  public func broadcast(to target: [Int]) -> Tensor {
    if target == shape { return self }
    return view(
      shape: target, strides: Shape.broadcastStrides(shape, strides, to: target), offset: offset
    )
    .recording(self) { [$0.cotangent.summed(to: $0.inputs[0].shape)] }
  }

  /// The scalars whose index along `axis` lies in `range`.
  public func sliced(along axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice \(range) of axis \(axis) of \(shape)")
    let steps = strides
    var target = shape
    target[axis] = range.count
    return view(shape: target, strides: steps, offset: offset + range.lowerBound * steps[axis])
      .recording(self) { context in
        let whole = context.inputs[0].shape
        return [context.cotangent.padded(along: axis, before: range.lowerBound, to: whole[axis])]
      }
  }

  /// The slice at one index of an axis, which vanishes.
  public func sliced(along axis: Int, at index: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    require(
      index >= 0 && index < shape[axis], "slice at \(index) of axis \(axis) of \(shape)")
    var steps = strides
    let start = offset + index * steps.remove(at: axis)
    let target = Shape.reduced(shape, along: axis, keepingDimensions: false)
    return view(shape: target, strides: steps, offset: start).recording(self) { context in
      let size = context.inputs[0].shape[axis]
      let slice = context.cotangent.expandingDimensions(at: axis)
      return [slice.padded(along: axis, before: index, to: size)]
    }
  }

  /// Zeros of the given size along an axis, with this tensor in them after `before` of them.
  public func padded(along axis: Int, before: Int, to size: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let own = shape[axis]
    require(before >= 0 && before + own <= size, "\(own) after \(before) do not fit \(size)")
    var head = shape
    head[axis] = before
    var tail = shape
    tail[axis] = size - before - own
    return concatenate([.zeros(head), self, .zeros(tail)], along: axis)
  }

  private func view(shape: [Int], strides: [Int], offset: Int) -> Tensor {
    Tensor(
      shape: shape, storage: storage, offset: offset,
      viewStrides: Shape.isRowMajor(shape, strides) ? nil : strides)
  }
}

/// Tensors one after the other along an axis; their other sizes must agree.
public func concatenate(_ parts: [Tensor], along axis: Int) -> Tensor {
  require(!parts.isEmpty, "concatenation of no tensors")
  let axis = Shape.axis(axis, rank: parts[0].rank)
  var shape = parts[0].shape
  shape[axis] = 0
  for part in parts {
    var other = part.shape
    require(other.count == shape.count, "concatenation of \(parts.map(\.shape))")
    other[axis] = 0
    shape[axis] += part.shape[axis]
    var whole = shape
    whole[axis] = 0
    require(other == whole, "concatenation of \(parts.map(\.shape)) along \(axis)")
  }
  let strides = Shape.rowMajorStrides(shape)
  let value = Tensor(shape: shape) { buffer in
    guard var target = buffer.baseAddress, !buffer.isEmpty else { return }
    for part in parts where part.count > 0 {
      part.withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.scatterCopy(part.rank, part.shape, source, target, strides)
      }
      target += part.shape[axis] * strides[axis]
    }
  }
  return value.recording(parts) { context in
    var start = 0
    return context.inputs.enumerated().map { index, input in
      let range = start..<(start + input.shape[axis])
      start = range.upperBound
      return context.cotangent(of: index) { context.cotangent.sliced(along: axis, range) }
    }
  }
}

/// Tensors of one shape along a new axis.
public func stack(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
  concatenate(parts.map { $0.expandingDimensions(at: axis) }, along: axis)
}
