import CKernels
public import Tensors

/// The batches of an epoch of binary images: shuffled for training, in order for evaluation.
///
/// Batch k is a pure function of (seed, epoch, k), so a run continues in the middle of an epoch as
/// if it had never stopped.
public struct Batches: Sendable {
  private let images: ImageSet
  private let binarization: Binarization
  /// The image at each place of the epoch.
  private let order: [Int32]
  /// The key of the coins; with `dynamic` a function of the epoch as well.
  private let key: UInt64
  /// Images in a batch, but for the last of an evaluation.
  public let size: Int
  /// Number of batches.
  public let count: Int

  /// An epoch of training: a permutation of its own, the images that do not fill a last batch left
  /// out.
  ///
  /// Traps unless one batch can be filled. O(images).
  public init(
    training images: ImageSet, size: Int, binarization: Binarization, seed: UInt64, epoch: Int
  ) {
    require(size > 0 && size <= images.count, "batches of \(size) from \(images.count) images")
    self.images = images
    self.size = size
    self.binarization = binarization
    var generator = Philox(seed: seed, stream: .order).folding(UInt64(epoch))
    order = (0..<Int32(images.count)).shuffled(using: &generator)
    key = Batches.key(of: binarization, seed: seed, visit: UInt64(epoch))
    count = images.count / size
  }

  /// All images once and in order; with dynamic binarization one draw that only the seed
  /// determines.
  ///
  /// Traps unless the size is positive.
  public init(evaluating images: ImageSet, size: Int, binarization: Binarization, seed: UInt64) {
    require(size > 0, "batches of \(size)")
    self.images = images
    self.size = size
    self.binarization = binarization
    order = Array(0..<Int32(images.count))
    key = Batches.key(of: binarization, seed: seed, visit: Batches.evaluation)
    count = (images.count + size - 1) / size
  }

  /// A visit that is not an epoch.
  private static let evaluation = UInt64.max

  private static func key(of binarization: Binarization, seed: UInt64, visit: UInt64) -> UInt64 {
    var generator =
      if case .fixed(let fixed) = binarization {
        Philox(seed: fixed, stream: .coins)
      } else {
        Philox(seed: seed, stream: .coins).folding(visit)
      }
    return generator.next()
  }
}

extension Batches {
  /// The numbers of the images in a batch.
  public func indices(of batch: Int) -> [Int] {
    places(of: batch).map { Int(order[$0]) }
  }

  /// The bits [images, pixels] of a batch; traps outside `0..<count`.
  public subscript(batch: Int) -> Bits {
    let places = places(of: batch)
    return Bits(
      Tensor(shape: [places.count, images.pixelCount]) { scalars in
        guard let target = scalars.baseAddress else { return }
        switch binarization {
        case _ where images.isBinary: convert(places, to: target) { $0 }
        case .threshold: convert(places, to: target) { $0 >> 7 }
        case .dynamic: toss(places, to: target)
        case .fixed: tossByImage(places, to: target)
        }
      })
  }

  private func places(of batch: Int) -> Range<Int> {
    require(batch >= 0 && batch < count, "batch \(batch) of \(count)")
    return batch * size..<min((batch + 1) * size, order.count)
  }

  private func convert(
    _ places: Range<Int>, to target: UnsafeMutablePointer<Scalar>, _ bit: (UInt8) -> UInt8
  ) {
    let pixelCount = images.pixelCount
    for (row, place) in places.enumerated() {
      images.withPixels(of: Int(order[place])) { pixels in
        let row = UnsafeMutableBufferPointer(
          start: target + row * pixelCount, count: pixelCount)
        for pixel in 0..<pixelCount { row[pixel] = Scalar(Int32(bit(pixels[pixel]))) }
      }
    }
  }

  /// Coin p of place i in the epoch is word i · pixels + p of the stream, so a batch is one run of
  /// the kernel.
  private func toss(_ places: Range<Int>, to target: UnsafeMutablePointer<Scalar>) {
    let pixelCount = images.pixelCount
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: places.count * pixelCount) { gray in
      guard let base = gray.baseAddress else { return }
      for (row, place) in places.enumerated() {
        images.withPixels(of: Int(order[place])) { pixels in
          guard let source = pixels.baseAddress else { return }
          (base + row * pixelCount).initialize(from: source, count: pixelCount)
        }
      }
      Kernels.binarize(
        key, UInt64(places.lowerBound * pixelCount), gray.count, base, target)
    }
  }

  /// Coin p of image i is word i · pixels + p, whatever its place.
  private func tossByImage(_ places: Range<Int>, to target: UnsafeMutablePointer<Scalar>) {
    let pixelCount = images.pixelCount
    for (row, place) in places.enumerated() {
      let image = Int(order[place])
      images.withPixels(of: image) { pixels in
        guard let base = pixels.baseAddress else { return }
        Kernels.binarize(
          key, UInt64(image * pixelCount), pixelCount, base, target + row * pixelCount)
      }
    }
  }
}
