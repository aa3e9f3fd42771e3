import CKernels

/// Philox4x32-10, a counter-based generator: draw number i is a pure function of the key and i.
///
/// A value: a copy repeats the draws of the original. Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable, Hashable {
  // Which words of the counter space a value may use: drawing, folding and splitting never meet.
  private enum Purpose: UInt32 {
    case draw = 0
    case fold = 1
    case split = 2
  }

  private let key: UInt64
  /// Number of draws and of splits so far.
  private var drawn: UInt64 = 0
  private var splits: UInt64 = 0

  /// A generator whose key is `seed`; nearby seeds give unrelated streams.
  public init(seed: UInt64) {
    key = seed
  }

  /// A uniform word. Two draws share one block.
  public mutating func next() -> UInt64 {
    let (low, high) = block(drawn / 2, purpose: .draw)
    defer { drawn &+= 1 }
    return drawn.isMultiple(of: 2) ? low : high
  }

  /// The generator of item `index` (an epoch, an example), the same however much has been drawn from this one.
  public func folding(_ index: UInt64) -> Philox {
    Philox(seed: block(index, purpose: .fold).0)
  }

  /// A generator independent of this one and of all earlier splits; the draws of this one stay what they were.
  public mutating func split() -> Philox {
    defer { splits &+= 1 }
    return Philox(seed: block(splits, purpose: .split).0)
  }

  private func block(_ index: UInt64, purpose: Purpose) -> (UInt64, UInt64) {
    // The third counter word keeps apart from the streams of the vector samplers, where it is 0.
    let counter = [UInt32(truncatingIfNeeded: index), UInt32(index >> 32), purpose.rawValue, 1]
    let words = Philox.block(
      counter: counter, key: [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)])
    return (
      UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32
    )
  }

  /// One block of the generator: four words from four words of counter and two of key.
  static func block(counter: [UInt32], key: [UInt32]) -> [UInt32] {
    precondition(
      counter.count == 4 && key.count == 2,
      "a Philox block takes 4 counter and 2 key words, got \(counter.count) and \(key.count)")
    return [UInt32](unsafeUninitializedCapacity: 4) { buffer, count in
      dk_philox_block(counter, key, buffer.baseAddress)
      count = 4
    }
  }
}
