import Formats
import Runs

/// A page without a network on which the lecture can be tried out, its tables computed by the
/// library.
public struct ExplorePage: Sendable {
  private let seed: UInt64
  private let draws: Int

  /// - Parameters:
  ///   - seed: what all draws depend on.
  ///   - draws: of each mean and variance, two or more.
  public init(seed: UInt64 = 1, draws: Int = 20_000) { (self.seed, self.draws) = (seed, draws) }

  /// The document; it takes some seconds.
  public func html() -> String {
    html(tables: ExploreTables(seed: seed).json(draws: draws).description)
  }

  /// The document around given tables, a JSON object.
  func html(tables: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Gradients through discrete variables</title>
    <style>\(ExplorePage.colors)\(ExplorePage.style)</style>
    </head>
    <body>
    \(ExplorePage.body)
    <script>const T = \(tables);
    \(ExplorePage.arithmetic)
    \(ExplorePage.script)</script>
    </body>
    </html>

    """
  }

  /// The colors of the theme as variables of the style sheet.
  private static var colors: String {
    func rules(_ scheme: Theme.Scheme) -> String {
      let named: [(String, Theme.Color)] =
        [("paper", .paper), ("ink", .ink), ("quiet", .quiet), ("axis", .axis), ("grid", .grid)]
        + (0..<4).map { ("s\($0)", .series($0)) }
      return named.map { "--\($0.0):\(Theme.code($0.1, scheme));" }.joined()
    }
    return ":root{color-scheme:light dark;\(rules(.light))}"
      + "@media(prefers-color-scheme:dark){:root{\(rules(.dark))}}"
  }
}
