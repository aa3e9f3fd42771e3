import CKernels

extension Tensor {
  /// The largest response of each filter to the windows of each row, [rows, filters], of inputs
  /// [rows, steps, n].
  ///
  /// The weights are [filters, width n]. On the way back only the chosen windows count, so that it
  /// takes a small part of a product.
  package func largestResponses(to filters: Tensor) -> Tensor {
    require(
      rank == 3 && filters.rank == 2 && shape[2] > 0 && filters.shape[1] % shape[2] == 0,
      "filters \(filters.shape) over steps of \(shape)")
    let (rows, steps, n, count) = (shape[0], shape[1], shape[2], filters.shape[0])
    let width = filters.shape[1] / n
    let responses = detached().windows(of: width).matmul(filters.detached().transposed())
      .contiguous()
    var value: Tensor = 0
    let chosen = Indices(shape: [rows, count]) { chosen in
      guard let chosen = chosen.baseAddress else { return }
      value = Tensor.writing([rows, count]) { target in
        responses.withBase {
          Kernels.largestResponses(rows, steps - width + 1, count, $0, target, chosen)
        }
      }
    }
    return value.recording([self, filters]) { context in
      if context.isDifferentiated || context.inputs.contains(where: \.isTracked) {
        return context.cotangents { operands in
          operands[0].windows(of: width).matmul(operands[1].transposed()).max(along: 1)
        }
      }
      let (x, weight, slopes) = (
        context.inputs[0].contiguous(), context.inputs[1].contiguous(),
        context.cotangent.contiguous()
      )
      let (ofInputs, ofFilters) = Tensor.writing(
        context.needed[0] ? x.shape : nil, weight.shape
      ) { ofInputs, ofFilters in
        Tensor.reading(x, weight, slopes) { x, weight, slopes in
          Kernels.largestResponsesBackward(
            rows, steps, n, width, count, x, weight, chosen.values, slopes, ofInputs, ofFilters)
        }
      }
      return [ofInputs, ofFilters]
    }
  }

  /// Every run of `width` neighboring steps as one row: [rows, steps, n] becomes [rows,
  /// steps - width + 1, width n].
  package func windows(of width: Int) -> Tensor {
    require(
      rank == 3 && width >= 1 && width <= shape[1], "windows of \(width) steps of \(shape)")
    let (rows, steps, n) = (shape[0], shape[1], shape[2])
    let plain = contiguous()
    let view = Tensor(
      shape: [rows, steps - width + 1, width * n], storage: plain.storage, offset: plain.offset,
      viewStrides: [steps * n, n, 1])
    return view.contiguous().recording(self) { [$0.cotangent.overlapped(steps: steps)] }
  }

  /// The transpose of `windows`: every row is added to the steps it came from.
  private func overlapped(steps: Int) -> Tensor {
    let (rows, places) = (shape[0], shape[1])
    let width = steps - places + 1
    let (run, n) = (shape[2], shape[2] / width)
    let value = Tensor(shape: [rows, steps, n]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      buffer.update(repeating: 0)
      contiguous().withBase { source in
        for row in 0..<rows {
          for place in 0..<places {
            let (from, to) = (
              source + (row * places + place) * run, target + (row * steps + place) * n
            )
            for i in 0..<run { to[i] += from[i] }
          }
        }
      }
    }
    return value.recording(self) { [$0.cotangent.windows(of: width)] }
  }
}
