import ArgumentParser
import Datasets
import Experiments
import Formats
import Models
import Runs

/// Bounds of a trained model on held-out data.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run's model on test images.",
    discussion: """
      Prints the bound of the test images, which is the evidence lower bound, and the importance-weighted estimate of their \
      log-likelihood, both in nats per image; of a run of made the log-likelihood itself, or its bound over all orders. Of a \
      sorter's run, the shares of test sequences that are sorted whole and of places that are right. Of a run of sequences, the \
      likelihoods of samples and of fresh data, in nats a token; 'discrete sweep' weighs them. Of a ranker's run, the NDCG of the \
      documents that it was tested on, or of those of --data.

      EXAMPLES
       discrete eval runs/vae --samples 1000
       discrete eval runs/vae --checkpoint best --data mnist
       discrete eval runs/ranker --data rank.test
      """)

  @OptionGroup var source: SavedModelOptions
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows; a file of documents for a ranker. (default: the run's own data)",
      valueName: "folder|name|file"))
  var data: String?
  @Option(
    help: ArgumentHelp(
      "Group sizes of the documents, where not in FILE.query beside them.", valueName: "file"))
  var groups: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples per image, of which the likelihood's estimate rises. (default: 100; 10 for any order)",
      valueName: "n")
  )
  var samples: Int?
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    if let samples { try check("samples", samples, in: 1...100_000) }
    let folder = try RunFolder(opening: source.path)
    let model = try Settings.model(of: folder)
    guard groups == nil || model == RankerExperiment.model else {
      throw Failure(
        .usage, "--groups is for documents; \(source.path) is a run of '\(model ?? "")'")
    }
    switch model {
    case RankerExperiment.model: return try testRanker()
    case SorterExperiment.model: return try testSorter()
    case SequenceExperiment.model: return try testSequences()
    default: break
    }
    try testImages()
  }

  private func testImages() throws {
    let progress = VerbProgress()
    let found = try TestedImages(
      run: source.path, checkpoint: source.choice(), data: data, samples: samples,
      progress: progress.report)
    progress.clear()
    if json { print(found.json) } else { found.lines.forEach { print($0) } }
  }

  private func testSequences() throws {
    guard samples == nil, data == nil, source.checkpoint == "last" else {
      throw Failure(
        .usage,
        "--samples, --data and --checkpoint are for images; \(source.path) is a run of 'sequence-gan'"
      )
    }
    let figures = JSON.object(try TrainedSequences(run: source.path).evaluate())
    if json { print(figures) } else { TrainSequenceGAN.report(figures: figures) }
  }

  private func testRanker() throws {
    guard samples == nil else {
      throw Failure(
        .usage, "--samples is for likelihoods; \(source.path) is a run of 'ranker'")
    }
    let ranker = try TrainedRanker(run: source.path, checkpoint: source.choice())
    let documents = try ranker.documents(data, groups: groups) { tell($0) }
    let found = try ranker.gains(on: documents)
    if json { return print(JSON.object(found.members)) }
    for cutoff in RankerExperiment.cutoffs {
      let gain = found.mean(at: cutoff).map { decimal($0, 4) } ?? "-"
      print(padded("NDCG@\(cutoff)", 17) + gain)
    }
    print(
      "queries          \(found.queries) with a relevant document, of \(documents.queries.count)")
  }

  private func testSorter() throws {
    guard samples == nil else {
      throw Failure(
        .usage, "--samples is for likelihoods; \(source.path) is a run of 'sorter'")
    }
    let checkpoint = try source.choice()
    let found = try TrainedSorter(run: source.path, checkpoint: checkpoint).evaluate(on: data)
    if json {
      let values: JSON = [
        "sequences": JSON(found.sequences), "exact": JSON(found.exact),
        "elementwise": JSON(found.elementwise),
      ]
      print(values)
    } else {
      print("sequences        \(found.sequences)")
      print("exact            \(decimal(found.exact, 4)) of sequences sorted whole")
      print("elementwise      \(decimal(found.elementwise, 4)) of places right")
    }
  }
}
