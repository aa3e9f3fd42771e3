import Tensors

/// Writes binary images by a model, block after block, and reads them again.
public struct ImageCoder: Sendable {
  public let model: any CodedModel
  /// Pixels of an image.
  public let pixelCount: Int
  /// Images that the model evaluates at once, in writing as in reading; the last block is full.
  ///
  /// Images that are not written fill it up. First bits grow with it, time falls.
  public let block: Int
  public let precision: Int
  /// Where first bits come from.
  public let seed: UInt64

  /// Traps unless sizes are positive.
  /// - Parameter block: `nil` for what is best for the model.
  public init(
    _ model: any CodedModel, pixelCount: Int, block: Int? = nil, precision: Int = 16,
    seed: UInt64 = 1
  ) {
    let block = block ?? model.block
    require(pixelCount > 0 && block > 0, "blocks of \(block) images of \(pixelCount) pixels")
    self.model = model
    self.pixelCount = pixelCount
    self.block = block
    self.precision = precision
    self.seed = seed
  }

  private var source: Philox { Philox(seed: seed, stream: .codes) }

  /// A message of images [count · pixels] of 0 and 1.
  ///
  /// - Throws: `impossible` where an image has probability zero under the model.
  public func message(of pixels: [UInt8], lanes: Int = 1) throws(CodeError) -> ANS {
    require(
      pixels.count.isMultiple(of: pixelCount), "\(pixels.count) pixels of images of \(pixelCount)")
    var message = ANS(lanes: lanes, seed: source)
    // The first block is pushed last, to be popped first.
    for part in parts(pixels.count / pixelCount).reversed() {
      var bits = [Scalar](repeating: 0, count: block * pixelCount)
      let start = part.lowerBound * pixelCount
      for place in 0..<part.count * pixelCount { bits[place] = Scalar(pixels[start + place]) }
      try model.push(
        Bits(Tensor(bits, shape: [block, pixelCount])), rows: part.count, precision: precision,
        onto: &message)
    }
    return message
  }

  /// So many images [count · pixels] of a message, after which nothing but its seed is left.
  ///
  /// - Throws: `underflow` and `damaged` where the message is not one of this coder.
  public func images(
    _ count: Int, of message: ANS, seedWords: Int
  ) throws(CodeError) -> [UInt8] {
    var message = message
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * pixelCount)
    for part in parts(count) {
      let bits = try model.pop(part.count, block: block, precision: precision, from: &message)
      pixels += bits.tensor.scalars[..<(part.count * pixelCount)].map { UInt8($0) }
    }
    try message.checkRead(leaving: seedWords, of: source)
    return pixels
  }

  private func parts(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: block).map { $0..<min(count, $0 + block) }
  }

  /// A digest of the message of stored inputs: black, white and random images.
  ///
  /// A machine whose arithmetic gives other frequencies has another one, and cannot read what this
  /// one writes.
  public func probe() throws(CodeError) -> String {
    var noise = Philox(seed: 0, stream: .codes)
    let random = (0..<pixelCount).map { _ in UInt8(noise.next() & 1) }
    let black = [UInt8](repeating: 0, count: pixelCount)
    return try message(of: black + black.map { 1 - $0 } + random).digest
  }
}
