/// The logarithmic scale of a panel of intervals, with a place of its own for zeros.
struct IntervalScale {
  private let axis: Axis
  private let zero: Double?
  private let start: Double
  private let width: Double
  private let isEmpty: Bool

  /// The width that a panel leaves for zeros.
  private static let zeroWidth = 30.0

  init(
    _ values: [(value: Double, low: Double, high: Double)], from x: Double, width: Double
  ) {
    let positive = values.filter { $0.value > 0 && $0.value.isFinite }
    // Whatever is smaller than a trillionth of the largest is rounding, and stands at the left end
    // of the scale.
    let largest = positive.map(\.value).max() ?? 1
    let shown = positive.filter { $0.value > largest * 1e-12 }
    let smallest = shown.map(\.value).min() ?? largest
    // Ends of intervals count as far as a decade beyond the values.
    let ends = shown.flatMap { [max($0.low, smallest / 10), min($0.high, largest * 10)] }
    axis = Axis(shown.map(\.value) + ends, .logarithmic)
    isEmpty = positive.isEmpty
    let hasZeros = values.contains { $0.value == 0 }
    zero = hasZeros ? x : nil
    start = x + (hasZeros ? IntervalScale.zeroWidth : 0)
    self.width = x + width - start
  }

  /// Where a positive value stands, at the end of the scale where it lies beyond.
  func place(_ value: Double) -> Double? {
    value > 0 ? axis.share(of: value).map { start + width * $0 } : nil
  }

  func draw(top: Double, bottom: Double, in drawing: inout Drawing) {
    if let zero {
      drawing.line(from: (zero, top), to: (zero, bottom), color: .grid)
      drawing.text("0", at: (zero, bottom + 17), anchor: .middle, size: 10, color: .quiet)
      drawing.text("exact", at: (zero, bottom + 28), anchor: .middle, size: 9, color: .quiet)
    }
    // Without a positive value there is nothing to scale.
    if !isEmpty {
      axis.drawHorizontal(from: start, width: width, top: top, bottom: bottom, in: &drawing)
    }
  }

  /// The line of an interval, with an arrow where it goes on beyond the scale.
  func drawInterval(
    _ entry: (value: Double, low: Double, high: Double), at y: Double, color: Theme.Color,
    in drawing: inout Drawing
  ) {
    guard entry.low.isFinite, entry.high.isFinite, entry.low < entry.high else { return }
    let (least, most) = (start, start + width)
    let left = place(entry.low) ?? least
    let right = place(entry.high) ?? most
    drawing.line(from: (left, y), to: (right, y), color: color, width: 2)
    if left <= least { arrow(at: (least - 5, y), to: 1, color: color, in: &drawing) }
    if right >= most { arrow(at: (most + 5, y), to: -1, color: color, in: &drawing) }
  }

  private func arrow(
    at tip: Drawing.Point, to side: Double, color: Theme.Color, in drawing: inout Drawing
  ) {
    drawing.polygon(
      [tip, (tip.x + 7 * side, tip.y - 4), (tip.x + 7 * side, tip.y + 4)], fill: color)
  }
}
