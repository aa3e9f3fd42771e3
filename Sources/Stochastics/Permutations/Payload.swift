import Tensors

// Payloads `batch + [n] + rest` of batches of n items: whatever is arranged or blended by their
// order.
extension Tensor {
  /// This matrix `batch + [places, n]` times a payload `batch + [n] + rest`, or one that lacks
  /// leading axes of the batch.
  func matched(with payload: Tensor) -> Tensor {
    let batch = Array(shape.dropLast(2))
    let (places, n) = (shape[rank - 2], shape[rank - 1])
    let tail = Array(batch[payload.missingAxes(of: batch, items: n)...])
    let rest = Array(payload.shape.dropFirst(tail.count + 1))
    let width = rest.reduce(1, *)
    return matmul(payload.reshaped(tail + [n, width])).reshaped(batch + [places] + rest)
  }

  /// How many leading axes of a batch a payload `batch + [n] + rest` lacks; traps where it fits no
  /// tail of the batch.
  func missingAxes(of batch: [Int], items n: Int) -> Int {
    // The payload's batch is the longest tail of this one that it begins with.
    guard let own = (0...batch.count).first(where: { shape.starts(with: batch[$0...] + [n]) })
    else { fatalError("a payload \(shape) for \(n) items in a batch \(batch)") }
    return own
  }
}
