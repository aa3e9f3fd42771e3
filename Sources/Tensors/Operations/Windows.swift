extension Tensor {
  /// Every run of `width` neighbouring steps as one row: [rows, steps, n] becomes [rows, steps - width + 1, width n].
  package func windows(of width: Int) -> Tensor {
    precondition(
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
