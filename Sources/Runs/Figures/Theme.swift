/// The colors of every picture, in a light and a dark scheme.
///
/// Marks and letters stand out from the paper by a contrast of at least 3 : 1 in both. The lines of
/// the grid do not: they lead the eye and say nothing.
package enum Theme {
  /// The purpose of a color.
  package enum Color: Hashable, Sendable {
    case paper
    /// Letters that are read first.
    case ink
    /// Letters that are looked up.
    case quiet
    case axis
    case grid
    /// One of eight that are told apart, in turn.
    case series(Int)
    /// A share from 0 to 1, where darker is more in both schemes.
    case shade(Double)
  }

  /// The hue of a color as red, green and blue from 0 to 1.
  package typealias RGB = (red: Double, green: Double, blue: Double)

  package enum Scheme: CaseIterable, Sendable { case light, dark }

  /// The opacity of marks that lie over each other, at which one alone keeps its contrast.
  package static let sheer = 0.8

  package static let seriesCount = series.count

  private static let series: [(light: Int, dark: Int)] = [
    (0x0068A8, 0x62B0F5), (0xC94F00, 0xFF8F52), (0x00825E, 0x3ECF9D), (0xA8477F, 0xEC9BCB),
    (0x8F6400, 0xF0BB45), (0x007D8C, 0x52D3E2), (0x5B6470, 0xB7C0CB), (0x7D4A22, 0xD6A878),
  ]
  /// From nothing to everything, at equal distances.
  private static let shades = [0xF3F7FC, 0xC3DAEE, 0x6BAED6, 0x2171B5, 0x08306B]

  package static func rgb(_ color: Color, _ scheme: Scheme = .light) -> RGB {
    let pair: (light: Int, dark: Int)
    switch color {
    case .paper: pair = (0xFFFFFF, 0x14181F)
    case .ink: pair = (0x1D2430, 0xE8ECF2)
    case .quiet: pair = (0x56606E, 0xA3ADBA)
    case .axis: pair = (0x7A8594, 0x7F8B9B)
    case .grid: pair = (0xE3E7EC, 0x2B323C)
    case .series(let index): pair = series[index % series.count]
    case .shade(let share): return shade(share)
    }
    return rgb(scheme == .light ? pair.light : pair.dark)
  }

  private static func shade(_ share: Double) -> RGB {
    let place = min(1, max(0, share.isNaN ? 0 : share)) * Double(shades.count - 1)
    let below = min(Int(place), shades.count - 2)
    let (a, b) = (rgb(shades[below]), rgb(shades[below + 1]))
    let t = place - Double(below)
    return (
      a.red + t * (b.red - a.red), a.green + t * (b.green - a.green), a.blue + t * (b.blue - a.blue)
    )
  }

  private static func rgb(_ code: Int) -> RGB {
    (
      Double(code >> 16 & 0xFF) / 255, Double(code >> 8 & 0xFF) / 255, Double(code & 0xFF) / 255
    )
  }

  /// As a style sheet spells it.
  package static func code(_ color: Color, _ scheme: Scheme = .light) -> String {
    let (red, green, blue) = rgb(color, scheme)
    return "#"
      + [red, green, blue].map { part in
        let digits = String(Int((part * 255).rounded()), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// The end of the names of its classes; `nil` for a color that both schemes share.
  static func name(_ color: Color) -> String? {
    switch color {
    case .paper: "paper"
    case .ink: "ink"
    case .quiet: "quiet"
    case .axis: "axis"
    case .grid: "grid"
    case .series(let index): "\(index % series.count)"
    case .shade: nil
    }
  }
}
