/// A picture in scalable vector graphics, put together element by element.
public struct SVG: Sendable {
  public let width: Double
  public let height: Double
  private var elements: [String] = []

  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// Where text stands relative to its point.
  public enum Anchor: String, Sendable { case start, middle, end }

  public mutating func line(
    from a: (x: Double, y: Double), to b: (x: Double, y: Double), color: String = "#444",
    width: Double = 1
  ) {
    elements.append(
      "<line x1=\"\(SVG.number(a.x))\" y1=\"\(SVG.number(a.y))\" x2=\"\(SVG.number(b.x))\" y2=\"\(SVG.number(b.y))\" stroke=\"\(color)\" stroke-width=\"\(SVG.number(width))\"/>"
    )
  }

  public mutating func polyline(
    _ points: [(x: Double, y: Double)], color: String = "#1f5fa8", width: Double = 1.5
  ) {
    let list = points.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")
    elements.append(
      "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(SVG.number(width))\"/>"
    )
  }

  public mutating func circle(
    at point: (x: Double, y: Double), radius: Double = 3, color: String = "#1f5fa8",
    opacity: Double = 1
  ) {
    elements.append(
      "<circle cx=\"\(SVG.number(point.x))\" cy=\"\(SVG.number(point.y))\" r=\"\(SVG.number(radius))\" fill=\"\(color)\" fill-opacity=\"\(SVG.number(opacity))\"/>"
    )
  }

  public mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, color: String = "#1f5fa8",
    opacity: Double = 1
  ) {
    elements.append(
      "<rect x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(width))\" height=\"\(SVG.number(height))\" fill=\"\(color)\" fill-opacity=\"\(SVG.number(opacity))\"/>"
    )
  }

  public mutating func polygon(
    _ points: [(x: Double, y: Double)], color: String, opacity: Double = 1
  ) {
    let list = points.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")
    elements.append(
      "<polygon points=\"\(list)\" fill=\"\(color)\" fill-opacity=\"\(SVG.number(opacity))\"/>")
  }

  public mutating func text(
    _ text: String, at point: (x: Double, y: Double), anchor: Anchor = .start, size: Double = 12,
    color: String = "#222"
  ) {
    elements.append(
      "<text x=\"\(SVG.number(point.x))\" y=\"\(SVG.number(point.y))\" text-anchor=\"\(anchor.rawValue)\" font-size=\"\(SVG.number(size))\" fill=\"\(color)\">\(SVG.escaped(text))</text>"
    )
  }

  /// The whole document.
  public func text() -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(SVG.number(width))" height="\(SVG.number(height))" \
    viewBox="0 0 \(SVG.number(width)) \(SVG.number(height))" font-family="Helvetica, Arial, sans-serif">
    <rect width="100%" height="100%" fill="white"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  /// Two decimals, and none where they are zero.
  private static func number(_ x: Double) -> String {
    let scaled = (x * 100).rounded() / 100
    return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}
