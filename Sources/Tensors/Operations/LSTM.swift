import CBLAS
import CKernels

extension Tensor {
  /// The hidden states and cells of an LSTM, of shape [2, steps, rows, n], as one operation with
  /// its own way back.
  ///
  /// Gates stand in the order input, forget, output, candidate. Hochreiter and Schmidhuber (1997),
  /// Long short-term memory.
  ///
  /// - Parameters:
  ///   - self: what the inputs give to the gates, of shape [steps, rows, 4 n].
  ///   - recurrent: what the hidden state gives to them, of shape [n, 4 n].
  ///   - hidden: the state before the first step, of shape [rows, n].
  ///   - cell: likewise.
  package func lstm(_ recurrent: Tensor, hidden: Tensor, cell: Tensor) -> Tensor {
    let n = recurrent.shape[0]
    require(
      rank == 3 && recurrent.shape == [n, 4 * n] && shape[2] == 4 * n
        && hidden.shape == [shape[1], n] && cell.shape == hidden.shape,
      "an LSTM of gates \(shape), recurrence \(recurrent.shape), states \(hidden.shape), \(cell.shape)"
    )
    let (steps, rows) = (shape[0], shape[1])
    let size = rows * n
    let (weight, first, start) = (recurrent.contiguous(), hidden.contiguous(), cell.contiguous())
    let inputs = contiguous()
    let (value, squashed, _) = Tensor.writing(
      [2, steps, rows, n], inputs.shape, [rows, 4 * n]
    ) { target, gates, products in
      guard size > 0 else { return }
      Tensor.reading(inputs, weight, first, start) { inputs, weight, first, start in
        for t in 0..<steps {
          let before = t == 0 ? first : UnsafePointer(target + (t - 1) * size)
          let cells = target + steps * size + t * size
          gemm(false, false, rows, 4 * n, n, 1, before, n, weight, 4 * n, 0, products, 4 * n)
          Kernels.lstmCell(
            rows, n, inputs + t * 4 * size, products, gates + t * 4 * size,
            t == 0 ? start : UnsafePointer(cells - size), cells, target + t * size)
        }
      }
    }
    return value.recording([self, recurrent, hidden, cell]) { context in
      if context.isDifferentiated || context.inputs.contains(where: \.isTracked) {
        return context.cotangents(through: lstmByParts)
      }
      return context.lstmBackward(squashed, steps: steps, rows: rows, n: n)
    }
  }
}

extension PullbackContext {
  /// Backpropagation through time over the squashed gates.
  fileprivate func lstmBackward(_ squashed: Tensor, steps: Int, rows: Int, n: Int) -> [Tensor?] {
    let size = rows * n
    let (weight, first, start) = (
      inputs[1].contiguous(), inputs[2].contiguous(), inputs[3].contiguous()
    )
    let (states, slopes) = (output.contiguous(), cotangent.contiguous())
    let (cotangents, slope, carried) = Tensor.writing(
      squashed.shape, [rows, n], [rows, n]
    ) { gates, slope, carried in
      guard size > 0 else { return }
      slope.update(repeating: 0, count: size)
      carried.update(repeating: 0, count: size)
      Tensor.reading(squashed, weight, start, states, slopes) {
        squashed, weight, start, states, slopes in
        for t in stride(from: steps - 1, through: 0, by: -1) {
          let gate = gates + t * 4 * size
          let cells = states + (steps + t) * size
          Kernels.lstmCellBackward(
            rows, n, squashed + t * 4 * size, gate, t == 0 ? start : cells - size,
            cells, slope, slopes + t * size, slopes + (steps + t) * size, carried)
          gemm(false, true, rows, n, 4 * n, 1, gate, 4 * n, weight, 4 * n, 0, slope, n)
        }
      }
    }
    return [
      cotangents,
      cotangent(of: 1) {
        let hidden = states.sliced(along: 0, at: 0)
        let earlier = concatenate(
          [first.expandingDimensions(at: 0), hidden.sliced(along: 0, 0..<max(0, steps - 1))],
          along: 0)
        return earlier.sliced(along: 0, 0..<steps).rows().transposed().matmul(cotangents.rows())
      },
      slope, carried,
    ]
  }
}

/// The same out of sigmoid and tanh, of gates, recurrence, hidden state and cell.
private func lstmByParts(_ operands: [Tensor]) -> Tensor {
  let n = operands[1].shape[0]
  var (hidden, cell) = (operands[2], operands[3])
  var (hiddens, cells): ([Tensor], [Tensor]) = ([], [])
  for t in 0..<operands[0].shape[0] {
    let gates = operands[0].sliced(along: 0, at: t) + hidden.matmul(operands[1])
    func gate(_ place: Int) -> Tensor { gates.sliced(along: 1, place * n..<(place + 1) * n) }
    cell = gate(1).sigmoid() * cell + gate(0).sigmoid() * gate(3).tanh()
    hidden = gate(2).sigmoid() * cell.tanh()
    hiddens.append(hidden)
    cells.append(cell)
  }
  return stack([stack(hiddens), stack(cells)])
}
