import CKernels

extension Tensor {
  /// The filters' responses to every window of images, and where asked the largest of every 2 x 2
  /// of them.
  ///
  /// [images, height, width, channels] under weights [size, size, channels, filters] and a bias
  /// [filters] gives [images, height + 2 padding - size + 1, likewise, filters], halved where it
  /// pools; an odd last row or column is left out. Pooled responses are all that is kept: the
  /// others exist for one image at a time, forward and backward.
  package func convolved(
    _ weight: Tensor, _ bias: Tensor, padding: Int, pools: Bool
  ) -> Tensor {
    require(
      rank == 4 && weight.rank == 4 && weight.shape[0] == weight.shape[1]
        && weight.shape[2] == shape[3] && bias.shape == [weight.shape[3]],
      "filters \(weight.shape) with biases \(bias.shape) over images \(shape)")
    let (size, filters) = (weight.shape[0], weight.shape[3])
    let (rows, columns) = (
      shape[1] + 2 * padding - size + 1, shape[2] + 2 * padding - size + 1
    )
    let least = pools ? 2 : 1
    require(
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
      value = Tensor.writing(result) { target in
        Tensor.reading(x, w, b) { Kernels.convolution(job, $0, $1, $2, target, places.baseAddress) }
      }
      count = pools ? Shape.count(result) : 0
    }
    return value.recording([self, weight, bias]) { context in
      context.isDifferentiated || context.inputs.contains(where: \.isTracked)
        ? context.convolutionByParts(job, places) : context.convolutionBackward(job, places)
    }
  }
}

extension PullbackContext {
  fileprivate func convolutionBackward(
    _ job: dk_convolution_shape, _ places: [UInt8]
  ) -> [Tensor?] {
    let (x, w, g) = (inputs[0].contiguous(), inputs[1].contiguous(), cotangent.contiguous())
    let (image, weight, bias) = Tensor.writing(
      needed[0] ? inputs[0].shape : nil, w.shape, inputs[2].shape
    ) { dx, dw, db in
      Tensor.reading(x, w, g) { x, w, g in
        Kernels.convolutionBackward(job, x, w, places, g, dx, dw, db)
      }
    }
    return [image, weight, bias]
  }

  /// The same from products of unfolded windows, which can be differentiated again.
  fileprivate func convolutionByParts(_ job: dk_convolution_shape, _ places: [UInt8]) -> [Tensor?] {
    let (size, border, filters) = (job.size, job.padding, job.filters)
    let (high, wide) = (job.height + 2 * border, job.width + 2 * border)
    let (rows, columns) = (high - size + 1, wide - size + 1)
    let offsets = (0..<size * size).map { ($0 / size, $0 % size) }
    let padded = inputs[0].padded(along: 1, before: border, to: high)
      .padded(along: 2, before: border, to: wide)
    let windows = concatenate(
      offsets.map { i, j in
        padded.sliced(along: 1, i..<i + rows).sliced(along: 2, j..<j + columns)
      }, along: 3)
    var slopes = cotangent
    if job.pools {
      let (h, w) = (rows / 2, columns / 2)
      let chosen = Tensor(shape: [job.count, h, 2, w, 2, filters]) { buffer in
        buffer.update(repeating: 0)
        for (index, place) in places.enumerated() {
          let (pixel, filter) = index.quotientAndRemainder(dividingBy: filters)
          let (row, column) = pixel.quotientAndRemainder(dividingBy: w)
          let (down, right) = Int(place).quotientAndRemainder(dividingBy: 2)
          buffer[(((row * 2 + down) * w + column) * 2 + right) * filters + filter] = 1
        }
      }
      slopes = (slopes.reshaped([job.count, h, 1, w, 1, filters]) * chosen)
        .reshaped([job.count, 2 * h, 2 * w, filters])
        .padded(along: 1, before: 0, to: rows).padded(along: 2, before: 0, to: columns)
    }
    let weight = inputs[1].reshaped([size * size * job.channels, filters])
    let ofWindows = slopes.matmul(weight.transposed())
    var image = Tensor.zeros(padded.shape)
    for (index, (i, j)) in offsets.enumerated() {
      image =
        image
        + ofWindows.sliced(along: 3, index * job.channels..<(index + 1) * job.channels)
        .padded(along: 1, before: i, to: high).padded(along: 2, before: j, to: wide)
    }
    return [
      image.sliced(along: 1, border..<border + job.height)
        .sliced(along: 2, border..<border + job.width),
      windows.rows().transposed().matmul(slopes.rows()).reshaped(inputs[1].shape),
      slopes.sum(along: [0, 1, 2]),
    ]
  }
}
