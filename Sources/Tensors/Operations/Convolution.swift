import CKernels

extension Tensor {
  /// The filters' responses to every window of images, and where asked the largest of every 2 x 2 of them.
  ///
  /// [images, height, width, channels] under weights [size, size, channels, filters] and a bias [filters] gives
  /// [images, height + 2 padding - size + 1, likewise, filters], halved where it pools; an odd last row or column is left out. Pooled
  /// responses are all that is kept: the others exist for one image at a time, forward and backward.
  package func convolved(
    _ weight: Tensor, _ bias: Tensor, padding: Int, pools: Bool
  ) -> Tensor {
    precondition(
      rank == 4 && weight.rank == 4 && weight.shape[0] == weight.shape[1]
        && weight.shape[2] == shape[3] && bias.shape == [weight.shape[3]],
      "filters \(weight.shape) with biases \(bias.shape) over images \(shape)")
    let (size, filters) = (weight.shape[0], weight.shape[3])
    let (rows, columns) = (
      shape[1] + 2 * padding - size + 1, shape[2] + 2 * padding - size + 1
    )
    let least = pools ? 2 : 1
    precondition(
      padding >= 0 && padding < size && rows >= least && columns >= least,
      "windows of \(size) with a border of \(padding) over images \(shape)")
    let result = [shape[0]] + (pools ? [rows / 2, columns / 2] : [rows, columns]) + [filters]
    guard Shape.count(result) > 0 else { return .zeros(result) }
    let job = dk_convolution_shape(
      count: shape[0], height: shape[1], width: shape[2], channels: shape[3], filters: filters,
      size: size, padding: padding, pools: pools)
    let (x, w, b) = (contiguous(), weight.contiguous(), bias.contiguous())
    var value: Tensor = 0
    // Which of its four responses each one was.
    let places = [UInt8](unsafeUninitializedCapacity: pools ? Shape.count(result) : 0) {
      places, count in
      value = Tensor(shape: result) { buffer in
        guard let target = buffer.baseAddress else { return }
        x.withBase { x in
          w.withBase { w in
            b.withBase { Kernels.convolution(job, x, w, $0, target, places.baseAddress) }
          }
        }
      }
      count = pools ? Shape.count(result) : 0
    }
    return value.recording([self, weight, bias]) { context in
      if context.isDifferentiated || context.inputs.contains(where: \.isTracked) {
        return context.convolutionByParts(padding: padding, pools: pools)
      }
      return context.convolutionBackward(job, places)
    }
  }
}

extension PullbackContext {
  fileprivate func convolutionBackward(
    _ job: dk_convolution_shape, _ places: [UInt8]
  ) -> [Tensor?] {
    let (x, w, g) = (inputs[0].contiguous(), inputs[1].contiguous(), cotangent.contiguous())
    var image: Tensor?
    var bias: Tensor = 0
    let weight = Tensor(shape: w.shape) { weight in
      bias = Tensor(shape: inputs[2].shape) { bias in
        x.withBase { x in
          w.withBase { w in
            g.withBase { g in
              places.withUnsafeBufferPointer { places in
                guard let dw = weight.baseAddress, let db = bias.baseAddress else { return }
                func run(_ dx: UnsafeMutablePointer<Scalar>?) {
                  Kernels.convolutionBackward(
                    job, x, w, job.pools ? places.baseAddress : nil, g, dx, dw, db)
                }
                guard needed[0] else { return run(nil) }
                image = Tensor(shape: inputs[0].shape) { run($0.baseAddress) }
              }
            }
          }
        }
      }
    }
    return [image, weight, bias]
  }

  /// The same derived from products of unfolded windows, which can be differentiated again.
  fileprivate func convolutionByParts(padding: Int, pools: Bool) -> [Tensor?] {
    let operands = inputs.map { $0.isTracked ? $0 : $0.variable() }
    let (x, weight) = (operands[0], operands[1])
    let (size, filters) = (weight.shape[0], weight.shape[3])
    let padded = x.padded(along: 1, before: padding, to: x.shape[1] + 2 * padding)
      .padded(along: 2, before: padding, to: x.shape[2] + 2 * padding)
    let (rows, columns) = (padded.shape[1] - size + 1, padded.shape[2] - size + 1)
    var shifted: [Tensor] = []
    for i in 0..<size {
      for j in 0..<size {
        shifted.append(
          padded.sliced(along: 1, i..<i + rows).sliced(along: 2, j..<j + columns))
      }
    }
    let windows = concatenate(shifted, along: 3)
    var value = windows.matmul(weight.reshaped([size * size * x.shape[3], filters])) + operands[2]
    if pools {
      let (high, wide) = (rows / 2, columns / 2)
      value = value.sliced(along: 1, 0..<2 * high).sliced(along: 2, 0..<2 * wide)
        .reshaped([x.shape[0], high, 2, wide, 2, filters]).max(along: 4).max(along: 2)
    }
    return gradients(of: value * cotangent, withRespectTo: operands, differentiable: true)
  }
}
