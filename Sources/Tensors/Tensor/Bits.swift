import Synchronization

/// Hard zeros and ones in a shape, without a gradient: binary data and samples of Bernoulli variables.
///
/// A product with a matrix is a sum of the rows whose bits are set, which beats a dense product when few are.
public struct Bits: Sendable {
  /// The bits as scalars, 0 or 1.
  public let tensor: Tensor
  private let lists: RowLists

  /// Bits from a tensor of zeros and ones, which is trusted to hold nothing else.
  public init(_ tensor: Tensor) {
    self.tensor = tensor.contiguous()
    self.lists = RowLists()
  }

  /// Bits from Booleans in row-major order.
  public init(_ values: [Bool], shape: [Int]) {
    self.init(Tensor(values.map { $0 ? 1 : 0 }, shape: shape))
  }

  /// Sizes, outermost axis first.
  public var shape: [Int] { tensor.shape }

  /// Number of bits.
  public var count: Int { tensor.count }

  /// The bits in row-major order.
  public var values: [Bool] { tensor.scalars.map { $0 != 0 } }

  /// The same bits in another shape.
  public func reshaped(_ shape: [Int]) -> Bits { Bits(tensor.reshaped(shape)) }

  /// The row lists, made at first use; `nil` where so many bits are set that a dense product is faster.
  fileprivate func sparseRows() -> SparseRows? {
    lists.rows { SparseRows(tensor.reshaped([-1, shape[shape.count - 1]])) }
  }
}

extension Bits {
  /// bits · weight + bias for bits [..., in], a weight [in, out] and a bias [out].
  public func affine(_ weight: Tensor, _ bias: Tensor) -> Tensor {
    precondition(
      shape.last == weight.shape.first && weight.rank == 2 && bias.shape == [weight.shape[1]],
      "affine map of \(shape) by \(weight.shape) and \(bias.shape)")
    guard let rows = sparseRows() else { return tensor.affine(weight, bias) }
    let dense = tensor.reshaped([-1, weight.shape[0]])
    let value = rows.product(weight, bias).recording([weight, bias]) { context in
      [
        context.cotangent(of: 0) {
          context.cotangent.isTracked
            ? dense.transposed().matmul(context.cotangent)
            : rows.transposedProduct(context.cotangent)
        },
        context.cotangent(of: 1) { context.cotangent.sum(along: 0) },
      ]
    }
    return value.reshaped(Array(shape.dropLast()) + [weight.shape[1]])
  }

  /// The product of bits [..., in] and a weight [in, out].
  public func matmul(_ weight: Tensor) -> Tensor {
    affine(weight, .zeros([weight.shape[1]]))
  }
}

/// For every row, the columns whose bits are set.
private final class SparseRows: Sendable {
  let rows: Int
  let width: Int
  let starts: [Int32]
  let columns: [Int32]

  /// Sums of rows were faster than a dense product up to about a third of the bits set.
  static let densest = 0.3

  init?(_ matrix: Tensor) {
    let (rows, width) = (matrix.shape[0], matrix.shape[1])
    var starts = [Int32](repeating: 0, count: rows + 1)
    var total = 0
    let columns = [Int32](unsafeUninitializedCapacity: rows * width) { columns, initialized in
      matrix.withPointer { bits in
        guard let bits = bits.baseAddress, let columns = columns.baseAddress else { return }
        total = Kernels.bitsLists(rows, width, bits, &starts, columns)
      }
      initialized = total
    }
    guard Double(total) <= SparseRows.densest * Double(rows * width) else { return nil }
    self.rows = rows
    self.width = width
    self.starts = starts
    self.columns = columns
  }

  func product(_ weight: Tensor, _ bias: Tensor) -> Tensor {
    let weight = weight.contiguous()
    let bias = bias.contiguous()
    return Tensor(shape: [rows, weight.shape[1]]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      weight.withBase { weight in
        bias.withBase { bias in
          Kernels.bitsProduct(rows, width, buffer.count / rows, starts, columns, weight, bias, target)
        }
      }
    }
  }

  /// bits^T · other, of shape [in, out].
  func transposedProduct(_ other: Tensor) -> Tensor {
    let other = other.contiguous()
    return Tensor(shape: [width, other.shape[1]]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      other.withBase {
        Kernels.bitsProductGradient(rows, width, other.shape[1], starts, columns, $0, target)
      }
    }
  }
}

/// Remembers the row lists, so that several products with the same bits list them once.
private final class RowLists: Sendable {
  private enum State {
    case unknown
    case known(SparseRows?)
  }
  private let state = Mutex<State>(.unknown)

  func rows(_ make: () -> SparseRows?) -> SparseRows? {
    state.withLock { state in
      if case .known(let rows) = state { return rows }
      let rows = make()
      state = .known(rows)
      return rows
    }
  }
}
