import Tensors

/// A picture put together from lines, shapes and letters, with a title and a description for those
/// who cannot see it.
///
/// Lengths are in pixels, from the upper left corner. Every number is finite.
public struct Drawing: Sendable {
  public typealias Point = (x: Double, y: Double)

  public let width: Double
  public let height: Double
  public let title: String
  public let description: String
  var elements: [Element] = []

  /// - Parameters:
  ///   - title: what the picture is, in a few words; drawn by nobody.
  ///   - description: what is to be seen in it, in sentences.
  public init(width: Double, height: Double, title: String, description: String) {
    require(
      width > 0 && height > 0 && width.isFinite && height.isFinite,
      "a picture of \(width) x \(height)")
    self.width = width.rounded(.up)
    self.height = height.rounded(.up)
    self.title = title
    self.description = description
  }

  /// Where text stands relative to its point.
  public enum Anchor: String, Sendable { case start, middle, end }

  /// A shape and how it is painted.
  struct Element: Sendable {
    enum Shape: Sendable {
      case line(Point, Point)
      case polyline([Point])
      case polygon([Point])
      case circle(Point, radius: Double)
      case rectangle(Point, width: Double, height: Double)
      case text(String, Point, anchor: Anchor, size: Double, isBold: Bool, isUpright: Bool)
    }

    let shape: Shape
    var fill: Theme.Color?
    var stroke: Theme.Color?
    var width = 1.0
    var opacity = 1.0
    /// Lengths of dashes and of gaps in turn; empty for a line without gaps.
    var dashes: [Double] = []
  }

  package mutating func line(
    from a: Point, to b: Point, color: Theme.Color = .axis, width: Double = 1,
    dashes: [Double] = []
  ) {
    add(Element(shape: .line(a, b), stroke: color, width: width, dashes: dashes), at: [a, b])
  }

  package mutating func polyline(
    _ points: [Point], color: Theme.Color, width: Double = 1.8
  ) {
    guard points.count > 1 else { return }
    add(Element(shape: .polyline(points), stroke: color, width: width), at: points)
  }

  package mutating func polygon(
    _ points: [Point], fill: Theme.Color?, stroke: Theme.Color? = nil, width: Double = 1,
    opacity: Double = 1
  ) {
    add(
      Element(
        shape: .polygon(points), fill: fill, stroke: stroke, width: width, opacity: opacity),
      at: points)
  }

  package mutating func circle(
    at center: Point, radius: Double = 3, fill: Theme.Color?, stroke: Theme.Color? = nil,
    width: Double = 1, opacity: Double = 1
  ) {
    add(
      Element(
        shape: .circle(center, radius: radius), fill: fill, stroke: stroke, width: width,
        opacity: opacity),
      at: [center])
  }

  package mutating func rectangle(
    at corner: Point, width: Double, height: Double, fill: Theme.Color?,
    stroke: Theme.Color? = nil, opacity: Double = 1
  ) {
    add(
      Element(
        shape: .rectangle(corner, width: width, height: height), fill: fill, stroke: stroke,
        opacity: opacity),
      at: [corner, (corner.x + width, corner.y + height)])
  }

  /// - Parameter isUpright: turned by a quarter, to be read from below.
  package mutating func text(
    _ text: String, at point: Point, anchor: Anchor = .start, size: Double = 12,
    color: Theme.Color = .ink, isBold: Bool = false, isUpright: Bool = false
  ) {
    add(
      Element(
        shape: .text(
          text, point, anchor: anchor, size: size, isBold: isBold, isUpright: isUpright),
        fill: color),
      at: [point])
  }

  private mutating func add(_ element: Element, at points: [Point]) {
    require(
      points.allSatisfy { $0.x.isFinite && $0.y.isFinite }, "an element at \(points) of a picture")
    elements.append(element)
  }

  /// About the width of a text, whose letters nobody has measured.
  package static func width(of text: String, size: Double = 12) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 0.55 : 1) } * size
  }
}
