extension Drawing {
  /// The picture as scalable vector graphics.
  ///
  /// The light scheme is in the attributes, which every program reads; a style sheet has the dark
  /// one for those that ask for it.
  public func svg() -> String {
    let (w, h) = (Self.number(width), Self.number(height))
    let all =
      [Element(shape: .rectangle((0, 0), width: width, height: height), fill: .paper)] + elements
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" viewBox="0 0 \(w) \(h)" \
      role="img" font-family="Helvetica, Arial, sans-serif">
      <title>\(Self.escaped(title))</title>
      <desc>\(Self.escaped(description))</desc>
      <style>@media (prefers-color-scheme: dark) { \(Self.darkRules(of: all)) }</style>
      \(all.map(Self.text).joined(separator: "\n"))
      </svg>

      """
  }

  /// The rules for the colors that occur.
  private static func darkRules(of elements: [Element]) -> String {
    func rules(_ property: String, _ colors: [Theme.Color?]) -> [String] {
      Set(colors.compactMap { $0 }).compactMap { color in
        Theme.name(color).map {
          ".\(property)-\($0) { \(property): \(Theme.code(color, .dark)) }"
        }
      }.sorted()
    }
    return (rules("fill", elements.map(\.fill)) + rules("stroke", elements.map(\.stroke)))
      .joined(separator: " ")
  }

  private static func text(of element: Element) -> String {
    let paint = paint(of: element)
    switch element.shape {
    case .line(let a, let b):
      return
        "<line x1=\"\(number(a.x))\" y1=\"\(number(a.y))\" x2=\"\(number(b.x))\" y2=\"\(number(b.y))\"\(paint)/>"
    case .polyline(let points): return "<polyline points=\"\(list(points))\"\(paint)/>"
    case .polygon(let points): return "<polygon points=\"\(list(points))\"\(paint)/>"
    case .circle(let center, let radius):
      return
        "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\"\(paint)/>"
    case .rectangle(let corner, let width, let height):
      return
        "<rect x=\"\(number(corner.x))\" y=\"\(number(corner.y))\" width=\"\(number(width))\" height=\"\(number(height))\"\(paint)/>"
    case .text(let text, let point, let anchor, let size, let isBold, let isUpright):
      let (x, y) = (number(point.x), number(point.y))
      let weight = isBold ? " font-weight=\"bold\"" : ""
      let turn = isUpright ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
      return
        "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor.rawValue)\" font-size=\"\(number(size))\"\(weight)\(turn)\(paint)>\(escaped(text))</text>"
    }
  }

  private static func paint(of element: Element) -> String {
    var classes: [String] = []
    var attributes = ""
    for (property, color) in [("fill", element.fill), ("stroke", element.stroke)] {
      guard let color else {
        if property == "fill" { attributes += " fill=\"none\"" }
        continue
      }
      attributes += " \(property)=\"\(Theme.code(color))\""
      if let name = Theme.name(color) { classes.append("\(property)-\(name)") }
    }
    if element.stroke != nil {
      attributes += " stroke-width=\"\(number(element.width))\" stroke-linejoin=\"round\""
    }
    if !element.dashes.isEmpty {
      attributes +=
        " stroke-dasharray=\"\(element.dashes.map(number).joined(separator: " "))\""
    }
    if element.opacity < 1 { attributes += " fill-opacity=\"\(number(element.opacity))\"" }
    return attributes
      + (classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\"")
  }

  private static func list(_ points: [Point]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// Two decimals, and none where they are zero.
  private static func number(_ x: Double) -> String {
    let scaled = (x * 100).rounded() / 100
    return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
  }

  /// Text that markup cannot mistake for its own, without what it has no place for.
  package static func escaped(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      let isText = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
      let isSpace = ["\t", "\n", "\r"].contains(scalar)
      plain.unicodeScalars.append(isSpace ? " " : isText ? scalar : "\u{FFFD}")
    }
    return html(plain)
  }
}
