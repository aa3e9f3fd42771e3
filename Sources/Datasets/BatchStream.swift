import Synchronization
public import Tensors

/// The batches of a training without end: batch number k, in whatever epoch it falls.
///
/// A batch is a function of (images, size, binarization, seed, k); the order of the latest epoch is
/// kept for speed.
public final class BatchStream: Sendable {
  private let images: ImageSet
  private let binarization: Binarization
  private let seed: UInt64
  private let latest = Mutex<(epoch: Int, batches: Batches)?>(nil)
  /// The batch that was made last: the shards of a step ask for it one after another.
  private let made = Mutex<(index: Int, bits: Bits)?>(nil)
  /// Images in a batch.
  public let size: Int
  /// Number of batches in an epoch.
  public let batchesPerEpoch: Int

  /// Traps unless one batch can be filled.
  public init(_ images: ImageSet, size: Int, binarization: Binarization, seed: UInt64) {
    require(size > 0 && size <= images.count, "batches of \(size) from \(images.count) images")
    self.images = images
    self.size = size
    self.binarization = binarization
    self.seed = seed
    batchesPerEpoch = images.count / size
  }

  /// The bits [size, pixels] of a batch; traps where it is negative.
  public subscript(index: Int) -> Bits {
    require(index >= 0, "batch \(index)")
    if let bits = made.withLock({ $0?.index == index ? $0?.bits : nil }) { return bits }
    let bits = make(index)
    made.withLock { $0 = (index, bits) }
    return bits
  }

  private func make(_ index: Int) -> Bits {
    let (epoch, place) = index.quotientAndRemainder(dividingBy: batchesPerEpoch)
    let batches = latest.withLock { latest in
      if let latest, latest.epoch == epoch { return latest.batches }
      let batches = Batches(
        training: images, size: size, binarization: binarization, seed: seed, epoch: epoch)
      latest = (epoch, batches)
      return batches
    }
    return batches[place]
  }
}
