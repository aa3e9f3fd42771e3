/// How the gray of a pixel becomes a bit.
public enum Binarization: Sendable, Equatable {
  /// A coin with the brightness as its probability, tossed again at every visit.
  ///
  /// Salakhutdinov and Murray, ICML 2008.
  case dynamic
  /// Such a coin, tossed once for all: a function of this seed and the image.
  case fixed(seed: UInt64)
  /// One where a pixel is brighter than half.
  case threshold
}
