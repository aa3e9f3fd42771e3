public import Tensors

/// Hard class indices of categorical variables, without a gradient.
public struct Classes: Sendable, Hashable {
  /// The class of each variable, of shape `[samples] + batch + [n]`.
  public let indices: Indices
  /// Number of classes K of each variable; indices lie in 0..<K.
  public let classCount: Int

  /// Classes of variables that can each take `classCount` values; traps on an index out of range.
  public init(_ indices: Indices, classCount: Int) {
    for index in indices.values {
      require(
        index >= 0 && index < classCount, "class \(index) is not one of \(classCount)")
    }
    self.init(trusted: indices, classCount: classCount)
  }

  init(trusted indices: Indices, classCount: Int) {
    self.indices = indices
    self.classCount = classCount
  }

  /// Sizes of the indices, outermost axis first.
  public var shape: [Int] { indices.shape }

  /// Rows that are one at the class and zero elsewhere, of shape `shape + [classCount]`.
  public var oneHot: Tensor { indices.oneHot(classes: classCount) }
}
