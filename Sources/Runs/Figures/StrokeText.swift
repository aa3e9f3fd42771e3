/// A line of text as strokes of a pen, for pictures made of pixels.
struct StrokeText {
  /// The strokes, from the left end of the base line, y downwards.
  let strokes: [[Drawing.Point]]
  let width: Double

  private struct Glyph {
    let strokes: [[Drawing.Point]]
    let left: Double
    let right: Double
  }

  /// Height of a capital in units of the font, and its share of the size of the text.
  private static let capital = (units: 21.0, share: 0.72)
  /// The letters are wider than those of other programs.
  private static let narrowing = 0.86
  /// The base line in units of the font.
  private static let baseLine = 9.0

  private static let glyphs: [Glyph] = HersheyFont.text.split(separator: "\n").map { line in
    let numbers = line.utf8.map { Double($0) - Double(UInt8(ascii: "R")) }
    var strokes: [[Drawing.Point]] = [[]]
    for place in stride(from: 2, to: numbers.count - 1, by: 2) {
      // A space before an R.
      if numbers[place] == -50 {
        strokes.append([])
      } else {
        strokes[strokes.count - 1].append((numbers[place], numbers[place + 1]))
      }
    }
    return Glyph(strokes: strokes.filter { !$0.isEmpty }, left: numbers[0], right: numbers[1])
  }

  private static let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
  private static let plain = Array("0123456789-")
  /// How characters that the font has not are written.
  private static let spelled: [Character: String] = [
    "×": "x", "·": ".", "±": "+-", "−": "-", "–": "-", "…": "...", "“": "\"", "”": "\"",
    "τ": "tau", "π": "pi", "µ": "u", "∞": "inf", "≤": "<=", "→": "->", "‖": "||",
  ]

  init(_ text: String, size: Double) {
    let unit = size * StrokeText.capital.share / StrokeText.capital.units
    var strokes: [[Drawing.Point]] = []
    var x = 0.0
    func write(_ character: Character, scale: Double, rise: Double) {
      let code = Int(character.asciiValue ?? UInt8(ascii: "?"))
      let glyph = StrokeText.glyphs[(32..<127).contains(code) ? code - 32 : 31]
      let (across, down) = (unit * scale * StrokeText.narrowing, unit * scale)
      strokes += glyph.strokes.map { stroke in
        stroke.map {
          (x + ($0.x - glyph.left) * across, ($0.y - StrokeText.baseLine) * down - rise)
        }
      }
      x += (glyph.right - glyph.left) * across
    }
    for character in text {
      if let place = StrokeText.raised.firstIndex(of: character) {
        write(StrokeText.plain[place], scale: 0.65, rise: size * 0.32)
      } else {
        for letter in StrokeText.spelled[character] ?? String(character) {
          write(letter, scale: 1, rise: 0)
        }
      }
    }
    self.strokes = strokes
    width = x
  }
}
