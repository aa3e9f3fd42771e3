import CKernels
package import Tensors

// The scores of a batch [batch, n] are read by every sample of their entry: whatever is listed in
// orders [samples, batch, places] is taken as [batch, samples, places], so that scores are never
// repeated.

extension Tensor {
  /// The log-probability of lists [samples] + batch + [places] under log-scores batch + [n], in one
  /// pass.
  ///
  /// - Parameter isWhole: whether items that are not listed compete for every place, or for none.
  package func orderLogProbability(of orders: Indices, isWhole: Bool) -> Tensor {
    let shape = Array(orders.shape.dropLast())
    let n = self.shape[rank - 1]
    var slopes: Tensor = 0
    let value = Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      guard isTracked else {
        writeOrderLogProbability(of: orders, isWhole: isWhole, target, nil)
        return
      }
      slopes = Tensor(shape: shape + [n]) { slopes in
        writeOrderLogProbability(of: orders, isWhole: isWhole, target, slopes.baseAddress)
      }
    }
    let kept = slopes
    return value.recording(self) { context in
      let scores = context.inputs[0]
      let rows = scores.shape.dropLast().reduce(1, *)
      let samples = context.cotangent.count / Swift.max(1, rows)
      let weights = context.cotangent.reshaped([samples, rows, 1])
      guard context.isDifferentiated else {
        let weighted = weights * kept.reshaped([samples, rows, n])
        return [(samples == 1 ? weighted : weighted.sum(along: 0)).reshaped(scores.shape)]
      }
      let list = OrderedScores(scores, orders, isWhole: isWhole)
      return [list.items(of: list.slopes * weights.permuted([1, 0, 2]))]
    }
  }

  /// The derivatives of the log-probability of lists in the log-scores, [samples] + batch + [n],
  /// without a gradient.
  package func orderScore(of orders: Indices) -> Tensor {
    let shape = Array(orders.shape.dropLast())
    return Tensor(shape: shape + [self.shape[rank - 1]]) { slopes in
      _ = Tensor(shape: shape) { buffer in
        guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
        writeOrderLogProbability(of: orders, isWhole: true, target, slopes.baseAddress)
      }
    }
  }

  private func writeOrderLogProbability(
    of orders: Indices, isWhole: Bool, _ target: UnsafeMutablePointer<Scalar>,
    _ slopes: UnsafeMutablePointer<Scalar>?
  ) {
    let (n, places) = (shape[rank - 1], orders.shape[orders.shape.count - 1])
    let rows = orders.shape.dropLast().reduce(1, *)
    let scoreRows = shape.dropLast().reduce(1, *)
    contiguous().withPointer { source in
      orders.withPointer { list in
        if let source = source.baseAddress {
          Kernels.orderLogProbability(
            rows, n, places, isWhole, source, scoreRows, list, target, slopes)
        } else {
          // Without items there is one order, and it is certain.
          target.update(repeating: 0, count: rows)
        }
      }
    }
  }
}

/// Log-scores less what all of them have in common, in the order of lists, with what the
/// log-probability of each place is made of; every tensor is [batch, samples, items].
struct OrderedScores {
  let orders: Indices
  let places: Int
  /// Log-scores, batch + [n].
  let scores: Tensor
  /// Log-scores of the items that compete, first those listed, in their order.
  let listed: Tensor
  /// The logarithm of the sum of the scores from each place on: what its item was chosen against.
  let remaining: Tensor
  private let columns: Indices

  /// - Parameter isWhole: whether items that are not listed compete.
  init(_ logScores: Tensor, _ orders: Indices, isWhole: Bool) {
    let scores = logScores.withoutCommonPart()
    let n = scores.shape[scores.rank - 1]
    places = orders.shape[orders.shape.count - 1]
    self.scores = scores
    self.orders = isWhole ? Orders(trusted: orders, itemCount: n).completed.indices : orders
    let rows = scores.shape.dropLast().reduce(1, *)
    let length = self.orders.shape[self.orders.shape.count - 1]
    let samples = self.orders.shape.dropLast().reduce(1, *) / max(1, rows)
    let source = self.orders
    columns = Indices(shape: [rows, samples * length]) { buffer in
      for row in 0..<rows {
        for sample in 0..<samples {
          for place in 0..<length {
            buffer[(row * samples + sample) * length + place] =
              source.values[(sample * rows + row) * length + place]
          }
        }
      }
    }
    listed = scores.reshaped([rows, n]).takingAlong(columns, axis: 1)
      .reshaped([rows, samples, length])
    remaining = listed.cumulativeLogSumExp(along: 2, reversed: true)
  }

  /// The log-probability of the item at each place, [batch, samples, places].
  var logProbabilities: Tensor { (listed - remaining).sliced(along: 2, 0..<places) }

  /// The derivatives of the log-probability in the listed scores.
  var slopes: Tensor {
    let length = listed.shape[2]
    guard places > 0 else { return .zeros(like: listed) }
    let reciprocals = (-remaining.sliced(along: 2, 0..<places)).cumulativeLogSumExp(along: 2)
    let last = reciprocals.sliced(along: 2, (places - 1)..<places)
      .broadcast(to: Array(listed.shape.dropLast()) + [length - places])
    let isPlaced = Tensor((0..<length).map { $0 < places ? 1 : 0 })
    return isPlaced - (listed + concatenate([reciprocals, last], along: 2)).exp()
  }

  /// Other numbers of the items, batch + [n], in the order of the lists.
  func listing(_ values: Tensor) -> Tensor {
    require(
      values.shape == scores.shape, "values \(values.shape) of log-scores \(scores.shape)")
    return values.reshaped([listed.shape[0], values.shape[values.rank - 1]])
      .takingAlong(columns, axis: 1).reshaped(listed.shape)
  }

  /// Values of listed items, summed over the lists, at the items: batch + [n].
  func items(of values: Tensor) -> Tensor {
    values.reshaped(columns.shape)
      .addingAlong(columns, axis: 1, size: scores.shape[scores.rank - 1])
      .reshaped(scores.shape)
  }

  /// Values [batch, samples, places] as [samples] + batch + [places].
  func bySample(_ values: Tensor) -> Tensor {
    values.permuted([1, 0, 2]).reshaped(orders.shape.dropLast() + [values.shape[2]])
  }

  /// One value for each list, [batch, samples], as [samples] + batch.
  func byList(_ values: Tensor) -> Tensor {
    values.transposed().reshaped(Array(orders.shape.dropLast()))
  }

  /// Values [samples] + batch + [places] as [batch, samples, places].
  func byEntry(_ values: Tensor) -> Tensor {
    values.reshaped([listed.shape[1], listed.shape[0], values.shape[values.rank - 1]])
      .permuted([1, 0, 2])
  }
}
