/// Arithmetic on shapes and strides, both in elements, outermost axis first.
package enum Shape {
  package static func count(_ shape: [Int]) -> Int { count(shape[...]) }

  package static func count(_ shape: ArraySlice<Int>) -> Int {
    var product = 1
    for size in shape {
      require(size >= 0, "negative size in shape \(shape)")
      product *= size
    }
    return product
  }

  package static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      strides[axis] = step
      step *= shape[axis]
    }
    return strides
  }

  /// Whether `strides` describe row-major order without gaps; axes of size one may have any stride.
  package static func isRowMajor(_ shape: [Int], _ strides: [Int]) -> Bool {
    var step = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      if shape[axis] != 1 && strides[axis] != step { return false }
      step *= shape[axis]
    }
    return true
  }

  /// The shape both operands broadcast to: sizes are aligned at the last axis, and a size of one
  /// stretches.
  package static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
    if a == b { return a }
    let rank = Swift.max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
      let right = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
      require(
        left == right || left == 1 || right == 1, "shapes \(a) and \(b) do not broadcast")
      result[axis] = left == 1 ? right : left
    }
    return result
  }

  /// Strides that read a tensor of `shape` as if it had the larger shape `target`.
  package static func broadcastStrides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int]
  {
    let missing = target.count - shape.count
    require(missing >= 0, "shape \(shape) does not broadcast to \(target)")
    var result = [Int](repeating: 0, count: target.count)
    for axis in 0..<shape.count where shape[axis] != 1 || target[axis + missing] == 1 {
      require(
        shape[axis] == target[axis + missing], "shape \(shape) does not broadcast to \(target)")
      result[axis + missing] = strides[axis]
    }
    return result
  }

  /// Turns an axis counted from the end (-1 is the last) into one counted from the front.
  package static func axis(_ axis: Int, rank: Int) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(
      resolved >= 0 && resolved < rank, "axis \(axis) is not one of a rank-\(rank) tensor")
    return resolved
  }

  /// Splits a shape at an axis into what lies before it, the axis itself, and what lies after it.
  package static func split(_ shape: [Int], at axis: Int) -> (outer: Int, size: Int, inner: Int) {
    (count(shape[..<axis]), shape[axis], count(shape[(axis + 1)...]))
  }

  /// The shape after a reduction along `axis`.
  package static func reduced(_ shape: [Int], along axis: Int, keepingDimensions keep: Bool)
    -> [Int]
  {
    var result = shape
    if keep { result[axis] = 1 } else { result.remove(at: axis) }
    return result
  }
}
