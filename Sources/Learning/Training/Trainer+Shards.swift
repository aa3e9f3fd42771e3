public import Tensors

extension Trainer {
  /// Descends the mean loss of a batch that is cut into shards once, and returns its value.
  ///
  /// The gradients of the shards are added in a fixed binary tree, so that the result has the same
  /// bits on any number of ranks. Memory is that of one shard, and of a gradient for every level of
  /// the tree. State that the model keeps advances by the mean over shards. One shard is a plain
  /// step.
  ///
  /// - Parameters:
  ///   - weight: by how much a shard counts in the batch's mean: the number of its examples, the
  ///     same on all ranks; a shard without any is left out.
  ///   - loss: the mean loss of one shard, a scalar.
  /// - Throws: `NonFiniteError` as a plain step does, on all ranks; what the loss throws;
  ///   `RankError` where ranks do not fit together. Parameters and state are unchanged then, unless
  ///   the update was made.
  public mutating func descend(
    in shards: Sharding, weight: (Shard) -> Int = { _ in 1 },
    _ loss: (inout Model, Shard) throws -> Tensor
  ) throws -> Scalar {
    let step = step
    return try descend(along: { model in
      try Trainer.valueWithGradient(at: &model, in: shards, step, weight, loss)
    })
  }

  /// The gradient that `descend(in:)` would follow; nothing is changed.
  ///
  /// Parameters and errors are those of `descend(in:)`.
  public func gradient(
    in shards: Sharding, weight: (Shard) -> Int = { _ in 1 },
    _ loss: (inout Model, Shard) throws -> Tensor
  ) throws -> Model {
    var copy = model
    return try Trainer.valueWithGradient(at: &copy, in: shards, step, weight, loss).gradient
  }

  private static func valueWithGradient(
    at model: inout Model, in shards: Sharding, _ step: Int, _ weight: (Shard) -> Int,
    _ loss: (inout Model, Shard) throws -> Tensor
  ) throws -> (value: Scalar, gradient: Model) {
    guard shards.count > 1 else {
      return try Tensors.valueWithGradient(at: &model) { try loss(&$0, .whole) }
    }
    return try ShardGradient(of: model, in: shards, at: step, weight: weight, loss)
      .take(into: &model)
  }
}

extension Sharding {
  /// The mean over a batch of a value of its shards, added in the tree of their gradients.
  ///
  /// - Parameters:
  ///   - step: what the ranks' headers name.
  ///   - weight: by how much a shard counts, the same on all ranks; one without weight is left out.
  /// - Throws: what `value` throws; `RankError` where ranks do not fit together.
  public func mean(
    at step: Int, weight: (Shard) -> Int, _ value: (Shard) throws -> Scalar
  ) throws -> Scalar {
    guard count > 1 else { return try value(.whole) }
    let found = try sum(at: step, weight: weight, empty: [0]) { [try value($0) * $1] }
    return found.row[0] / found.weight
  }

  /// The sum of the weighted rows that the shards of all processes have, and that of the weights.
  fileprivate func sum(
    at step: Int, weight: (Shard) -> Int, empty: @autoclosure () -> [Scalar],
    _ row: (Shard, _ weight: Scalar) throws -> [Scalar]
  ) throws -> (row: [Scalar], weight: Scalar) {
    var tree = SumTree()
    for shard in own {
      let examples = Scalar(weight(shard))
      // A shard without an example has no value.
      tree.add(examples == 0 ? empty() : try row(shard, examples))
    }
    var sum = tree.sum
    try ranks.sum(&sum, at: step)
    return (sum, Scalar((0..<count).reduce(0) { $0 + weight(Shard($1, of: count)) }))
  }
}

/// The value, the gradient and the new state of a batch, added over its shards.
private struct ShardGradient<Model: Parameterized & Sendable> {
  /// In one row the value, then every tensor of the model.
  ///
  /// A trained tensor stands there with its gradient, a tracked one with its change.
  private let sum: (row: [Scalar], weight: Scalar)

  init(
    of model: Model, in shards: Sharding, at step: Int, weight: (Shard) -> Int,
    _ loss: (inout Model, Shard) throws -> Tensor
  ) throws {
    sum = try shards.sum(at: step, weight: weight, empty: Self.emptyRow(of: model)) {
      shard, weight in
      try Self.row(of: model, weight: weight) { try loss(&$0, shard) }
    }
  }

  private static func emptyRow(of model: Model) -> [Scalar] {
    var (copy, count) = (model, 1)
    copy.forEachParameter { tensor, _ in count += tensor.count }
    return [Scalar](repeating: 0, count: count)
  }

  // A function of its own, so that a shard's graph and gradient are gone before the next begins.
  private static func row(
    of model: Model, weight: Scalar, _ loss: (inout Model) throws -> Tensor
  ) throws -> [Scalar] {
    var after = model
    let (value, gradient) = try valueWithGradient(at: &after, loss)
    var changes: [Tensor] = []
    after.forEachParameter(with: model) { new, old, role in
      if role == .tracked { changes.append(new - old) }
    }
    var parts = [Tensor(value)]
    var (copy, next) = (gradient, 0)
    copy.forEachParameter { tensor, role in
      parts.append(role == .tracked ? changes[next] : tensor)
      if role == .tracked { next += 1 }
    }
    let count = parts.reduce(0) { $0 + $1.count }
    return [Scalar](unsafeUninitializedCapacity: count) { row, filled in
      for part in parts {
        part.withPointer { scalars in
          for place in 0..<part.count { row[filled + place] = scalars[place] * weight }
        }
        filled += part.count
      }
    }
  }

  /// Advances the state of the model; returns value and gradient.
  func take(into model: inout Model) -> (value: Scalar, gradient: Model) {
    var gradient = model
    var place = 1
    gradient.forEachParameter { tensor, _ in
      let end = place + tensor.count
      tensor = Tensor(sum.row[place..<end].map { $0 / sum.weight }, shape: tensor.shape)
      place = end
    }
    model.forEachParameter(with: gradient) { tensor, change, role in
      if role == .tracked { tensor = tensor + change }
    }
    gradient.forEachParameter { tensor, role in
      if role == .tracked { tensor = .zeros(like: tensor) }
    }
    return (sum.row[0] / sum.weight, gradient)
  }
}

/// Adds rows as they come in a fixed binary tree: neighbors first, then pairs, then fours.
struct SumTree {
  /// The sums of complete subtrees, the largest first.
  private var pending: [(leaves: Int, row: [Scalar])] = []

  /// Adds the next leaf.
  mutating func add(_ row: [Scalar]) {
    var (leaves, row) = (1, row)
    while let last = pending.last?.leaves, last == leaves {
      var sum = pending.removeLast().row
      sum.add(row, at: 0)
      (leaves, row) = (2 * leaves, sum)
    }
    pending.append((leaves, row))
  }

  /// The sum of all leaves, whose number is a power of two.
  var sum: [Scalar] {
    require(pending.count == 1, "\(pending.map(\.leaves)) leaves of a tree, not a power of two")
    return pending[0].row
  }
}

extension [Scalar] {
  /// Adds a row to the scalars from `start` on.
  mutating func add(_ row: [Scalar], at start: Int) {
    require(start + row.count <= count, "\(row.count) scalars at \(start) of \(count)")
    withUnsafeMutableBufferPointer { own in
      row.withUnsafeBufferPointer { other in
        for place in other.indices { own[start + place] += other[place] }
      }
    }
  }
}
