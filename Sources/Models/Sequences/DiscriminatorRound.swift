public import Stochastics
public import Tensors

/// One round of lessons for a discriminator: data beside samples, shuffled anew in each epoch.
///
/// Batch number k is a function of the noise that the round was made with, so a round can be taken
/// up at any batch.
public struct DiscriminatorRound: Sendable {
  private let data: Classes
  private let generated: Classes
  private let half: Int
  private let noise: Philox
  /// For each epoch the order of the data and of the samples.
  private let orders: [(data: [Int], generated: [Int])]
  private let batchesPerEpoch: Int

  /// A round; traps unless there are as many samples as data, at least one, and an epoch.
  ///
  /// - Parameters:
  ///   - data: sequences [n, length].
  ///   - generated: samples of the generator, of the same shape.
  ///   - batchSize: sequences of a step, half of them data and half samples.
  public init(data: Classes, generated: Classes, epochs: Int, batchSize: Int, noise: Philox) {
    require(
      data.shape == generated.shape && data.shape[0] > 0 && epochs > 0 && batchSize > 0,
      "\(epochs) epochs of data \(data.shape) and samples \(generated.shape) in batches of \(batchSize)"
    )
    self.data = data
    self.generated = generated
    self.noise = noise
    half = (batchSize + 1) / 2
    let places = Array(0..<data.shape[0])
    batchesPerEpoch = (places.count + half - 1) / half
    var shuffling = noise
    orders = (0..<epochs).map { _ in
      (places.shuffled(using: &shuffling), places.shuffled(using: &shuffling))
    }
  }

  /// Number of batches.
  public var count: Int { orders.count * batchesPerEpoch }

  /// The data, the samples and the noise of a batch; traps outside `0..<count`.
  public subscript(batch: Int) -> (data: Classes, generated: Classes, noise: Philox) {
    require(batch >= 0 && batch < count, "batch \(batch) of \(count)")
    let (epoch, place) = batch.quotientAndRemainder(dividingBy: batchesPerEpoch)
    let range = place * half..<min(data.shape[0], (place + 1) * half)
    return (
      data.rows(Array(orders[epoch].data[range])),
      generated.rows(Array(orders[epoch].generated[range])), noise.folding(UInt64(batch))
    )
  }
}
