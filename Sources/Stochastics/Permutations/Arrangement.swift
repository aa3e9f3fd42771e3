public import Tensors

/// Orders of items as a cost sees them, hard or relaxed: at each place an item, or a mean of items.
///
/// The point of laws over orders. It applies itself to a payload, and its matrix is formed for
/// those only who ask for it: a hard order moves rows, a relaxed sort visits the weights that are
/// not zero.
public struct Arrangement: Sendable {
  private enum Form {
    case order(Orders)
    case neuralSort(NeuralSort, isHard: Bool)
    case softSort(SoftSort, isHard: Bool)
    case matrix(Tensor)
  }

  private let form: Form

  /// A hard order, or a list of first places, without a gradient.
  public init(_ orders: Orders) { form = .order(orders) }

  /// A relaxed sort; or, hard, its order with the gradient of the relaxed sort.
  public init(_ sort: NeuralSort, isHard: Bool = false) {
    form = .neuralSort(sort, isHard: isHard)
  }

  /// A relaxed sort; or, hard, its order with the gradient of the relaxed sort.
  public init(_ sort: SoftSort, isHard: Bool = false) { form = .softSort(sort, isHard: isHard) }

  /// Weights of the items at each place, `leading + [places, n]`, such as a plan of ``Sinkhorn``.
  ///
  /// Traps unless it has two axes or more.
  public init(matrix: Tensor) {
    require(matrix.rank >= 2, "a matrix of places and items, not \(matrix.shape)")
    form = .matrix(matrix)
  }

  /// The weights of the items at each place, `leading + [places, n]`: rows of a permutation matrix,
  /// or on the simplex.
  ///
  /// - Complexity: O(places n) for each order, in time and memory.
  public var matrix: Tensor {
    func matrix(_ relaxed: Tensor, _ order: Indices, isHard: Bool) -> Tensor {
      let n = relaxed.shape[relaxed.rank - 1]
      return isHard ? order.oneHot(classes: n).passingGradient(to: relaxed) : relaxed
    }
    switch form {
    case .order(let orders): return orders.matrix
    case .neuralSort(let sort, let isHard):
      return matrix(sort.matrix, sort.order, isHard: isHard)
    case .softSort(let sort, let isHard):
      return matrix(sort.matrix, sort.order, isHard: isHard)
    case .matrix(let matrix): return matrix
    }
  }

  /// The row at each place of a payload `batch + [n] + rest`, of shape
  /// `leading + [places] + rest`: the matrix times the payload.
  ///
  /// The payload's batch is that of the orders, or lacks its first axes, such as that of samples.
  /// Differentiable in the payload, and in what the orders were relaxed from.
  ///
  /// - Complexity: O(places d) for hard orders, that of the relaxed sort, or O(places n d) for a
  ///   matrix.
  public func apply(to payload: Tensor) -> Tensor {
    switch form {
    case .order(let orders): return orders.arranging(payload)
    case .neuralSort(let sort, let isHard):
      let payload = payload.spread(over: sort.sorted)
      return isHard ? sort.applyStraightThrough(to: payload) : sort.apply(to: payload)
    case .softSort(let sort, let isHard):
      let payload = payload.spread(over: sort.sorted)
      return isHard ? sort.applyStraightThrough(to: payload) : sort.apply(to: payload)
    case .matrix(let matrix): return matrix.matched(with: payload)
    }
  }

  /// A hard order whose gradient is that of relaxed ones.
  func straightThrough(_ orders: Orders) -> Arrangement {
    switch form {
    case .neuralSort(let sort, _) where sort.order == orders.indices:
      return Arrangement(sort, isHard: true)
    case .softSort(let sort, _) where sort.order == orders.indices:
      return Arrangement(sort, isHard: true)
    default: return Arrangement(matrix: orders.matrix.passingGradient(to: matrix))
    }
  }
}

extension Arrangement: FeaturedPoint {
  /// The matrix.
  public var features: Tensor { matrix }
}

extension Tensor {
  /// This payload repeated for every sequence of some scores.
  fileprivate func spread(over scores: SortedScores) -> Tensor {
    let missing = missingAxes(of: scores.batch, items: scores.itemCount)
    return missing == 0 ? self : broadcast(to: Array(scores.batch[..<missing]) + shape)
  }
}
