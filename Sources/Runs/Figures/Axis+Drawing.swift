extension Axis {
  /// Draws ticks, their lines through the panel and their numbers below it, and the line of the
  /// axis.
  func drawHorizontal(
    from left: Double, width: Double, top: Double, bottom: Double, in drawing: inout Drawing
  ) {
    func place(_ value: Double) -> Double? { share(of: value).map { left + width * $0 } }
    for tick in ticks {
      guard let x = place(tick.value) else { continue }
      drawing.line(from: (x, top), to: (x, bottom), color: .grid)
      drawing.line(from: (x, bottom), to: (x, bottom + 5))
      drawing.text(
        tick.text, at: (x, bottom + 17), anchor: .middle, size: 10, color: .quiet)
    }
    for x in minorTicks.compactMap(place) {
      drawing.line(from: (x, bottom), to: (x, bottom + 3))
    }
    drawing.line(from: (left, bottom), to: (left + width, bottom))
  }

  /// The same from below to above, with the numbers to the left.
  func drawVertical(
    at left: Double, width: Double, top: Double, bottom: Double, in drawing: inout Drawing
  ) {
    func place(_ value: Double) -> Double? {
      share(of: value).map { bottom - (bottom - top) * $0 }
    }
    for tick in ticks {
      guard let y = place(tick.value) else { continue }
      drawing.line(from: (left, y), to: (left + width, y), color: .grid)
      drawing.line(from: (left - 5, y), to: (left, y))
      drawing.text(tick.text, at: (left - 8, y + 3.5), anchor: .end, size: 10, color: .quiet)
    }
    for y in minorTicks.compactMap(place) {
      drawing.line(from: (left - 3, y), to: (left, y))
    }
    drawing.line(from: (left, top), to: (left, bottom))
  }
}
