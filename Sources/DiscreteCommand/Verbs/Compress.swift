import ArgumentParser
import Experiments
import Formats

/// Writes images or text by a trained model, or images by the context coder.
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compress binary images or text by a trained model, without loss.",
    discussion: """
      A run of belief-network or vae writes about as many bits as its bound says, by bits back; those of made and sequence-gan need no first bits. 'context' in \
      place of a run is the adaptive coder with JBIG's template, which needs no training. 'discrete rate' compares them.
      """)

  @OptionGroup var options: CodeOptions
  @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String

  func run() throws {
    try refuseExistingFile(out)
    let written = try options.request.compressed()
    try written.write(to: out)
    if options.json {
      print(JSON.object([.init("file", JSON(out))] + written.members))
    } else {
      print("\(out)   \(written.line)")
    }
  }
}

/// Compares a model's bound with the bits of its file and of others.
struct Rate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the bits of a model's codes with its bound and with other coders.",
    discussion:
      "The others are the context coder, gzip, bzip2 and xz on the same bits; none counts the bytes of a model, which have a line of their own."
  )

  @OptionGroup var options: CodeOptions

  func run() throws {
    let rates = try options.request.rates()
    if options.json { print(rates.json) } else { rates.lines.forEach { print($0) } }
  }
}
