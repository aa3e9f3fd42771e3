import ArgumentParser
import Experiments
import Formats
import Models
import Runs
import Tensors

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
    if !json {
      print(
        "way               nll_oracle        nll_generator     change of each since pre-training    margin"
      )
    }
    Interruption.listen()
    let launch = Launch<SequenceExperiment>(
      policy: RunPolicy(isQuiet: true, tell: { tell($0) }), advice: "the same call goes on")
    let courses = try study.courses(by: launch, over: Discrete.ranks)
    let beneath = (courses.last?.seeds ?? []).map { TradeOffCurve($0.sweep) }
    for (name, seeds) in courses {
      let (first, last) = (seeds.compactMap(\.points.first), seeds.compactMap(\.points.last))
      let margins = zip(seeds, beneath).map { course, curve in
        course.sweep.map { curve.margin(of: $0) }.max() ?? 0
      }
      let values: [(String, MeanInterval)] = [
        ("nll_oracle", MeanInterval(last.map(\.oracle))),
        ("nll_generator", MeanInterval(last.map(\.generator))),
        ("nll_oracle_change", MeanInterval(zip(last, first).map { $0.oracle - $1.oracle })),
        (
          "nll_generator_change", MeanInterval(zip(last, first).map { $0.generator - $1.generator })
        ),
        ("margin", MeanInterval(margins)),
      ]
      if json {
        print(
          JSON.object(
            [.init("way", JSON(name))]
              + values.flatMap {
                [.init($0.0, JSON($0.1.mean)), JSON.Member($0.0 + "_half", JSON($0.1.half))]
              }))
      } else {
        print(
          padded(name, 18)
            + values.map { padded("\(decimal($0.1.mean, 3)) ± \(decimal($0.1.half, 3))", 18) }
            .joined())
      }
    }
    if let picture { try write(chart(courses).drawing(), to: picture) }
  }

  private func chart(_ courses: [(name: String, seeds: [SequenceStudy.Course])]) -> LineChart {
    func panel(
      _ title: String, _ value: @escaping (SequenceStudy.Point) -> Double
    ) -> LineChart.Panel {
      .init(
        title: title, xLabel: "steps of the generator after pre-training",
        series: courses.map { name, courses in
          let seeds = courses.map(\.points)
          let points = (seeds.map(\.count).min() ?? 0)
          // Oracles differ more than ways do, so each seed counts from where pre-training left it.
          let intervals = (0..<points).map { place in
            MeanInterval(seeds.map { value($0[place]) - value($0[0]) })
          }
          return .init(
            name: name,
            points: zip(seeds[0], intervals).map { (Double($0.step), $1.mean) },
            band: intervals.map { ($0.mean - $0.half, $0.mean + $0.half) })
        })
    }
    // Means over the seeds, at each temperature.
    func mean(
      _ courses: [SequenceStudy.Course], _ value: (TradeOffCurve.Point) -> Double, at place: Int
    )
      -> Double
    {
      MeanInterval(courses.map { value($0.sweep[place]) }).mean
    }
    let curves = LineChart.Panel(
      title: "NLL oracle over temperature; lower left is better", xLabel: "NLL generator",
      series: courses.map { name, courses in
        .init(
          name: name,
          points: SequenceStudy.temperatures.indices.map {
            (mean(courses, \.diversity, at: $0), mean(courses, \.quality, at: $0))
          })
      })
    return LineChart(
      title: "Change since pre-training, nats a token: \(seeds) seeds, 95% intervals",
      panels: [
        panel("NLL oracle, quality") { $0.oracle },
        panel("NLL generator, diversity") { $0.generator }, curves,
      ])
  }
}
