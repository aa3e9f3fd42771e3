import ArgumentParser
import Experiments
import Formats
import Runs

/// Compares the ways of following a discriminator with likelihood, in one figure.
struct GANStudy: ParsableCommand, SharedVerb {
  static let configuration = CommandConfiguration(
    commandName: "gan-study",
    abstract: "Compare ways of training a sequence GAN with likelihood, over several seeds.",
    discussion: """
      A small setting of SeqGAN: a random oracle of 200 tokens for each seed, length 10, 16 units, 2,000 sequences, 8 roll-outs. \
      After the same pre-training the generator follows the discriminator by REINFORCE, with a leave-one-out or a learned \
      baseline, or by straight-through Gumbel-Softmax; likelihood goes on for as many steps. Each run leaves its folder. The margin \
      is how much worse a generator could get in both likelihoods until one of likelihood's at some temperature is as good, for \
      the generator's own best temperature: above 0 only beyond likelihood's curve. Called again with the same folder it leaves \
      finished runs alone and goes on with the rest.
      """)

  @Option(
    help: ArgumentHelp("A folder for the runs, new or of the same study.", valueName: "folder"))
  var out: String
  @Option(parsing: .unconditional, help: ArgumentHelp("Seeds, 1 to N.", valueName: "n"))
  var seeds = 5
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps after the discriminator.", valueName: "n"))
  var steps = 60
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Epochs of likelihood before.", valueName: "n"))
  var pretrainEpochs = 20
  @Option(help: ArgumentHelp("Write both likelihoods over steps as SVG or PNG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print one JSON object per way.") var json = false

  func run() throws {
    try check("seeds", seeds, in: 2...1000)
    try check("steps", steps, in: 1...100_000)
    try check("pretrain-epochs", pretrainEpochs, in: 0...10_000)
    let picture = try figure.map(checkedPicture)
    guard !out.isEmpty else { throw Failure(.usage, "--out is empty, expected a folder") }
    let study = SequenceStudy(
      root: out, steps: steps, pretrainEpochs: pretrainEpochs, seeds: seeds)
    Interruption.listen()
    let launch = Launch<SequenceExperiment>(
      policy: RunPolicy(isQuiet: true, tell: { tell($0) }), advice: "the same call goes on")
    let courses = try study.courses(by: launch, over: Discrete.ranks)
    let report = SequenceStudyReport(courses)
    if json { report.json.forEach { print($0) } } else { report.lines.forEach { print($0) } }
    if let picture { try write(report.chart.drawing(), to: picture) }
  }
}
