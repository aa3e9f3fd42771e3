/// Philox4x32-10, a counter-based generator: draw number i is a pure function of the key and i.
///
/// A value: a copy repeats the draws of the original. Salmon, Moraes, Dror, Shaw: "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable, Hashable {
  // Drawing, folding and splitting use parts of the counter space that never meet.
  private enum Purpose: UInt32 {
    case draw = 0
    case fold = 1
    case split = 2
  }

  private let key: UInt64
  private var draws: UInt64 = 0
  private var splits: UInt64 = 0

  /// A generator whose key is `seed`; nearby seeds give unrelated streams.
  public init(seed: UInt64) {
    key = seed
  }

  /// The next uniform word.
  public mutating func next() -> UInt64 {
    // Two draws share one block.
    let (low, high) = block(draws / 2, for: .draw)
    defer { draws &+= 1 }
    return draws.isMultiple(of: 2) ? low : high
  }

  /// The generator of item `index` (an epoch, an example), the same however much has been drawn.
  public func folding(_ index: UInt64) -> Philox {
    Philox(seed: block(index, for: .fold).0)
  }

  /// A generator independent of this one and of all earlier splits.
  ///
  /// The draws of this one stay what they were.
  public mutating func split() -> Philox {
    defer { splits &+= 1 }
    return Philox(seed: block(splits, for: .split).0)
  }

  private func block(_ index: UInt64, for purpose: Purpose) -> (UInt64, UInt64) {
    // In the streams of the vector samplers the last word of the counter is 0.
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(index >> 32), purpose.rawValue, 1),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
    return (UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32)
  }

  /// One block of the generator, as published.
  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, key) = (counter, key)
    for _ in 0..<10 {
      let p = x[0].multipliedFullWidth(by: 0xD251_1F53)
      let q = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
      x = SIMD4(q.high ^ x[1] ^ key[0], q.low, p.high ^ x[3] ^ key[1], p.low)
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }
}
