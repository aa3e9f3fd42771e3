import CBLAS
import CKernels

extension Tensor {
  /// The hidden states of a GRU, of shape [steps, rows, n], as one operation with its own way back.
  ///
  /// Gates stand in the order update, reset, candidate; the reset is applied after the product. Cho
  /// et al. (2014), Learning phrase representations using RNN encoder-decoder.
  ///
  /// - Parameters:
  ///   - self: what the inputs give to the gates, of shape [steps, rows, 3 n].
  ///   - recurrent: what the hidden state gives to them, of shape [n, 3 n].
  ///   - bias: what is added to the candidate's share of that, of shape [n].
  ///   - hidden: the state before the first step, of shape [rows, n].
  package func gru(_ recurrent: Tensor, bias: Tensor, hidden: Tensor) -> Tensor {
    let n = recurrent.shape[0]
    require(
      rank == 3 && recurrent.shape == [n, 3 * n] && bias.shape == [n] && shape[2] == 3 * n
        && hidden.shape == [shape[1], n],
      "a GRU of gates \(shape), recurrence \(recurrent.shape), bias \(bias.shape), state \(hidden.shape)"
    )
    let (steps, rows) = (shape[0], shape[1])
    let size = rows * n
    let (weight, first) = (recurrent.contiguous(), hidden.contiguous())
    let inputs = contiguous()
    let biases = concatenate([.zeros([2 * n]), bias.detached()], along: 0)
      .broadcast(to: shape).contiguous()
    let (value, squashed, fromState) = Tensor.writing(
      [steps, rows, n], shape, shape
    ) { target, gates, products in
      guard size > 0 else { return }
      Tensor.reading(inputs, biases, weight, first) { inputs, biases, weight, first in
        gates.update(from: inputs, count: steps * 3 * size)
        products.update(from: biases, count: steps * 3 * size)
        for t in 0..<steps {
          let before = t == 0 ? first : UnsafePointer(target + (t - 1) * size)
          let product = products + t * 3 * size
          gemm(false, false, rows, 3 * n, n, 1, before, n, weight, 3 * n, 1, product, 3 * n)
          Kernels.gruCell(rows, n, gates + t * 3 * size, product, before, target + t * size)
        }
      }
    }
    return value.recording([self, recurrent, bias, hidden]) { context in
      if context.isDifferentiated || context.inputs.contains(where: \.isTracked) {
        return context.cotangents(through: gruByParts)
      }
      return context.gruBackward(squashed, fromState, steps: steps, rows: rows, n: n)
    }
  }
}

extension PullbackContext {
  /// Backpropagation through time over the squashed gates and the products.
  fileprivate func gruBackward(
    _ squashed: Tensor, _ fromState: Tensor, steps: Int, rows: Int, n: Int
  ) -> [Tensor?] {
    let size = rows * n
    let (weight, first) = (inputs[1].contiguous(), inputs[3].contiguous())
    let (states, slopes) = (output.contiguous(), cotangent.contiguous())
    let (gates, cotangents, slope) = Tensor.writing(
      squashed.shape, fromState.shape, [rows, n]
    ) { gates, products, slope in
      guard size > 0 else { return }
      slope.update(repeating: 0, count: size)
      Tensor.reading(squashed, fromState, weight, first, states, slopes) {
        squashed, fromState, weight, first, states, slopes in
        gates.update(from: squashed, count: steps * 3 * size)
        products.update(from: fromState, count: steps * 3 * size)
        for t in stride(from: steps - 1, through: 0, by: -1) {
          let product = products + t * 3 * size
          for i in 0..<size { slope[i] += slopes[t * size + i] }
          Kernels.gruCellBackward(
            rows, n, gates + t * 3 * size, product, t == 0 ? first : states + (t - 1) * size,
            slope)
          gemm(false, true, rows, n, 3 * n, 1, product, 3 * n, weight, 3 * n, 1, slope, n)
        }
      }
    }
    return [
      gates,
      cotangent(of: 1) {
        let earlier = concatenate(
          [first.expandingDimensions(at: 0), states.sliced(along: 0, 0..<max(0, steps - 1))],
          along: 0)
        return earlier.sliced(along: 0, 0..<steps).rows().transposed().matmul(cotangents.rows())
      },
      cotangents.sliced(along: 2, 2 * n..<3 * n).sum(along: [0, 1]),
      slope,
    ]
  }
}

/// The same out of sigmoid and tanh, of gates, recurrence, bias and hidden state.
private func gruByParts(_ operands: [Tensor]) -> Tensor {
  let n = operands[1].shape[0]
  var hidden = operands[3]
  return stack(
    (0..<operands[0].shape[0]).map { t in
      let (given, product) = (operands[0].sliced(along: 0, at: t), hidden.matmul(operands[1]))
      func part(_ tensor: Tensor, _ place: Int) -> Tensor {
        tensor.sliced(along: 1, place * n..<(place + 1) * n)
      }
      let update = (part(given, 0) + part(product, 0)).sigmoid()
      let reset = (part(given, 1) + part(product, 1)).sigmoid()
      let candidate = (part(given, 2) + reset * (part(product, 2) + operands[2])).tanh()
      hidden = candidate + update * (hidden - candidate)
      return hidden
    })
}
