import Testing

@testable import Runs

struct ThemeTests {
  /// The relative luminance of the Web Content Accessibility Guidelines.
  private static func luminance(_ color: Theme.RGB) -> Double {
    func linear(_ part: Double) -> Double {
      var power = 1.0
      if part <= 0.03928 { return part / 12.92 }
      // The power 2.4 as the fifth root of the twelfth power.
      let base = (part + 0.055) / 1.055
      for _ in 0..<12 { power *= base }
      var root = base
      for _ in 0..<60 {
        root -= (root * root * root * root * root - power) / (5 * root * root * root * root)
      }
      return root
    }
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
  }

  static func contrast(_ a: Theme.RGB, _ b: Theme.RGB) -> Double {
    let (x, y) = (luminance(a), luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  @Test("the contrast of black on white is 21, that of a middle gray known")
  func known() {
    #expect(abs(Self.contrast((0, 0, 0), (1, 1, 1)) - 21) < 1e-9)
    let gray = 119.0 / 255
    #expect(abs(Self.contrast((gray, gray, gray), (1, 1, 1)) - 4.478) < 0.001)
  }

  @Test(
    "marks stand out from the paper by 3 : 1, letters by 4.5 : 1", arguments: Theme.Scheme.allCases)
  func contrasts(scheme: Theme.Scheme) {
    let paper = Theme.rgb(.paper, scheme)
    for index in 0..<Theme.seriesCount {
      let color = Theme.rgb(.series(index), scheme)
      #expect(Self.contrast(color, paper) >= 4, "series \(index)")
      let t = Theme.sheer
      let sheer = (
        t * color.red + (1 - t) * paper.red, t * color.green + (1 - t) * paper.green,
        t * color.blue + (1 - t) * paper.blue
      )
      #expect(Self.contrast(sheer, paper) >= 3, "series \(index), sheer")
    }
    #expect(Self.contrast(Theme.rgb(.axis, scheme), paper) >= 3)
    for letters in [Theme.Color.ink, .quiet] {
      #expect(Self.contrast(Theme.rgb(letters, scheme), paper) >= 4.5)
    }
  }

  @Test("darker is more")
  func shades() {
    let luminances = (0...20).map { Self.luminance(Theme.rgb(.shade(Double($0) / 20))) }
    #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 > $1 })
  }
}
