import ArgumentParser
import Experiments
import Formats

/// Writes the interactive page of the lecture.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a page on which the lecture can be tried out in a browser, without a network.",
    discussion: """
      Samples, densities and expectations on the simplex, bias and variance, baselines of REINFORCE, both samplers of \
      Plackett-Luce, and a relaxed permutation, with sliders. The page checks its formulas against the library's numbers and \
      says so at its head.

      EXAMPLE
       discrete explore --out lecture.html
      """)

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out = "explore.html"
  @Option(parsing: .unconditional, help: "What draws depend on.") var seed: UInt64 = 1

  func run() throws {
    try checkCreatable(out)
    try atomicWrite(Array(ExplorePage(seed: seed).html().utf8), to: out)
    print(out)
  }
}
