import Tensors

/// An adaptive coder of binary images that needs no training: every pixel by the counts of what
/// came before where its neighbors were the same.
///
/// Neighbors stand above and to the left, as in the templates of JBIG; outside the image is zero.
/// The probability is (ones + 1/2) / (all + 1), of Krichevsky and Trofimov, in whole numbers, so
/// that every machine has the same. Counts go on from image to image. ISO/IEC 11544 (1993).
public struct ContextCoder: Sendable {
  /// How many neighbors a context has.
  public enum Template: Int, CaseIterable, Sendable {
    case ten = 10
    case twelve = 12
    case sixteen = 16

    /// Places relative to the pixel, the row first.
    var neighbors: [(row: Int, column: Int)] {
      let reaches: [(row: Int, columns: ClosedRange<Int>)] =
        switch self {
        case .ten: [(-2, 0...0), (-1, -2...2), (0, -4 ... -1)]
        case .twelve: [(-2, -1...1), (-1, -2...2), (0, -4 ... -1)]
        case .sixteen: [(-3, -1...1), (-2, -2...2), (-1, -2...2), (0, -3 ... -1)]
        }
      return reaches.flatMap { reach in reach.columns.map { (reach.row, $0) } }
    }
  }

  public let template: Template
  public let width: Int
  public let height: Int
  public let precision: Int

  /// Traps unless images have pixels, and the precision is from 2 to 24.
  public init(template: Template, width: Int, height: Int, precision: Int = 16) {
    require(
      width > 0 && height > 0 && (2...ANS.mostPrecision).contains(precision),
      "images of \(width) x \(height) at a precision of \(precision) bits")
    self.template = template
    self.width = width
    self.height = height
    self.precision = precision
  }

  /// Puts images [count · height · width] of 0 and 1 on top of a message.
  public func push(_ pixels: [UInt8], onto message: inout ANS) {
    var frequencies = [UInt32](repeating: 0, count: pixels.count)
    var place = 0
    walk(pixels.count / (width * height)) { ones throws(Never) in
      frequencies[place] = ones
      place += 1
      return pixels[place - 1]
    }
    message.push(bits: pixels, ones: frequencies, precision: precision)
  }

  /// Takes so many images off.
  ///
  /// - Throws: `underflow` where the message ends before.
  public func pop(_ count: Int, from message: inout ANS) throws(CodeError) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * width * height)
    var lane = 0
    try walk(count) { ones throws(CodeError) in
      let place = message.peek(precision: precision, lane: lane)
      let (bit, interval) = Interval.bit(at: place, ones: ones, precision: precision)
      try message.pop(interval, precision: precision, lane: lane)
      lane = lane + 1 == message.lanes ? 0 : lane + 1
      pixels.append(UInt8(bit))
      return UInt8(bit)
    }
    return pixels
  }

  /// Goes through the pixels in order; `bit` learns the frequency of one and says what the pixel
  /// is.
  private func walk<Failure: Error>(
    _ count: Int, bit: (UInt32) throws(Failure) -> UInt8
  ) throws(Failure) {
    let neighbors = template.neighbors
    var ones = [UInt64](repeating: 0, count: 1 << neighbors.count)
    var all = ones
    // A frame of zeros, so that every neighbor is there.
    let (margin, reach) = (4, 3)
    let stride = width + 2 * margin
    let offsets = neighbors.map { $0.row * stride + $0.column }
    var frame = [UInt8](repeating: 0, count: (height + reach) * stride)
    let spare = UInt64(1) << UInt64(precision) - 2
    for _ in 0..<count {
      for row in 0..<height {
        for column in 0..<width {
          let place = (row + reach) * stride + margin + column
          var context = 0
          for offset in offsets { context = context << 1 | Int(frame[place + offset]) }
          let share = (2 * ones[context] + 1) * spare / (2 * (all[context] + 1))
          let value = try bit(UInt32(1 + share))
          frame[place] = value
          ones[context] += UInt64(value)
          all[context] += 1
        }
      }
      for row in reach..<(height + reach) {
        for column in margin..<(margin + width) { frame[row * stride + column] = 0 }
      }
    }
  }
}
