import Tensors

/// The built-in data: digits of 28 x 28 drawn from strokes, with random slant, scale, thickness,
/// turn and jitter.
///
/// An image is a pure function of (seed, index) and shows the digit index mod 10.
public enum Glyphs {
  /// Width and height of an image.
  public static let side = 28

  /// 10,000 images to train on, 2,000 to validate and 2,000 to test.
  public static func data(seed: UInt64) -> ImageData {
    ImageData(
      training: images(0..<10_000, seed: seed), validation: images(10_000..<12_000, seed: seed),
      test: images(12_000..<14_000, seed: seed))
  }

  /// The labeled images of a range of indices.
  public static func images(_ indices: Range<Int>, seed: UInt64) -> ImageSet {
    let root = Philox(seed: seed)
    let pixelCount = side * side
    var pen = Pen()
    let bytes = [UInt8](unsafeUninitializedCapacity: indices.count * pixelCount) { buffer, count in
      for (row, index) in indices.enumerated() {
        var generator = root.folding(UInt64(index))
        pen.clear()
        draw(index % 10, with: &pen, using: &generator)
        pen.copy(to: UnsafeMutableBufferPointer(rebasing: buffer[(row * pixelCount)...]))
      }
      count = indices.count * pixelCount
    }
    return ImageSet(
      count: indices.count, height: side, width: side, bytes: bytes,
      labels: indices.map { UInt8($0 % 10) })
  }

  private static func draw(_ digit: Int, with pen: inout Pen, using generator: inout Philox) {
    let variants = GlyphStrokes.digits[digit]
    let strokes = variants[Int(generator.next() % UInt64(variants.count))]
    let hand = Hand(using: &generator)
    pen.radius = hand.radius
    for stroke in strokes {
      let points = stroke.map { hand.place($0, using: &generator) }
      // Catmull-Rom: through every point, with the tangent of its neighbors.
      for end in 1..<points.count {
        let (a, b) = (points[end - 1], points[end])
        let before = end > 1 ? points[end - 2] : a
        let after = end + 1 < points.count ? points[end + 1] : b
        let steps = points.count == 2 ? 1 : 4
        var from = a
        for step in 1...steps {
          let t = Float(step) / Float(steps)
          let to = curve(before, a, b, after, t)
          pen.line(from, to)
          from = to
        }
      }
    }
  }

  private static func curve(
    _ before: SIMD2<Float>, _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ after: SIMD2<Float>, _ t: Float
  ) -> SIMD2<Float> {
    let linear = (b - before) * t
    let quadratic = (2 * before - 5 * a + 4 * b - after) * (t * t)
    let cubic = (3 * (a - b) + after - before) * (t * t * t)
    return a + 0.5 * (linear + quadratic + cubic)
  }
}

/// One way of writing: what all points of a digit share.
private struct Hand {
  let radius: Float
  private let across: SIMD2<Float>
  private let down: SIMD2<Float>
  private let center: SIMD2<Float>

  init(using generator: inout Philox) {
    let size = SIMD2(generator.uniform(10, 16), generator.uniform(16, 20))
    let slant = generator.uniform(-0.1, 0.45)
    // Small enough for its sine to be itself and its cosine one, which spares the library of the
    // platform.
    let turn = generator.uniform(-0.15, 0.15)
    across = SIMD2(1, turn) * size.x
    down = SIMD2(-turn - slant, 1 - turn * slant) * size.y
    center = SIMD2(14 + generator.uniform(-1.2, 1.2), 14 + generator.uniform(-1.2, 1.2))
    radius = generator.uniform(0.7, 1.6)
  }

  /// Where a point of the digit's box falls, in pixels, give or take the unsteadiness of the hand.
  func place(_ point: SIMD2<Float>, using generator: inout Philox) -> SIMD2<Float> {
    let jitter = SIMD2(generator.uniform(-0.035, 0.035), generator.uniform(-0.03, 0.03))
    let q = point - 0.5 + jitter
    return center + across * q.x + down * q.y
  }
}

extension Philox {
  fileprivate mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(next() >> 40) * 0x1p-24
  }
}
