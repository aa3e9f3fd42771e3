import ArgumentParser
import Experiments
import Formats
import Models
import Runs

/// Worths of items from rankings, and rankings from worths.
struct Rank: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit worths to rankings, draw rankings from a fit, or learn to rank.",
    subcommands: [Fit.self, SampleRankings.self, Learn.self, Score.self])
}

extension Rank {
  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fit the Plackett-Luce model to a file of rankings.",
      discussion: """
        FILE is one of PrefLib's .soc, .soi, .toc and .toi, or a .csv of names, one ranking a line, best first; also with .gz. A .csv may \
        have wins instead, winner,loser,count on each line, and titles of columns in its first line; both are found out, and said. What \
        a ranking does not name comes after what it names, or is absent from it, as --unnamed says; from wins it is absent. Under \
        plackett-luce a tie of all that is left over says nothing, and other ties are errors; davidson-luce has a prevalence for each \
        size of ties. Standard errors are those of log-worths that sum to zero, or of their differences from --reference; --json has \
        their covariance as well, of up to \(RankingFit.mostCovarying) items.

        EXAMPLES
         discrete rank fit election.soi --figure worths.svg
         zcat votes.csv.gz | discrete rank fit - --format csv

        SOLVERS: newton, mm (minorize-maximize) and ilsr (iterated spectral ranking); all find the same maximum.
        """)

    @Argument(
      help: ArgumentHelp("Rankings; - for standard input, with --format.", valueName: "file"))
    var file: String
    @Option(
      help: ArgumentHelp(
        "soc, soi, toc, toi or csv. (default: the end of the file's name)", valueName: "name"))
    var format: String?
    @Option(help: ArgumentHelp("plackett-luce or davidson-luce.", valueName: "name"))
    var model = "plackett-luce"
    @Option(help: ArgumentHelp("newton, mm or ilsr.", valueName: "name"))
    var solver = "newton"
    @Option(
      help: ArgumentHelp(
        "last or absent: where a ranking has the items that it does not name. (default: last; absent of wins)",
        valueName: "reading"))
    var unnamed: String?
    @Flag(
      inversion: .prefixedNo, help: "Whether the first line of a .csv has titles of columns.")
    var header: Bool?
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp(
        "Pseudo-rankings of every item before a ghost, and as many after it.", valueName: "weight"))
    var prior = "0"
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp(
        "Part of the voters to keep out of the fit and to measure it on.", valueName: "fraction"))
    var holdOut: String?
    @Option(parsing: .unconditional, help: "What the voters to hold out are drawn from.")
    var seed: UInt64 = 1
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Give log-worths less that of this item.", valueName: "item"))
    var reference: String?
    @Option(
      parsing: .unconditionalSingleValue,
      help: ArgumentHelp(
        "Also the difference of two log-worths and its standard error; may be repeated.",
        valueName: "a,b"))
    var contrast: [String] = []
    @Option(help: ArgumentHelp("Write the fit as JSON, for rank sample.", valueName: "file"))
    var out: String?
    @Option(
      help: ArgumentHelp("Write a figure of the worths, as SVG or PNG.", valueName: "file"))
    var figure: String?
    @Flag(help: "Print one JSON object per item, then one of the whole.") var json = false

    func run() throws {
      let model = try value(model, "model", PlackettLuceFit.Model.self)
      let solver = try value(solver, "solver", PlackettLuceFit.Solver.self)
      guard model == .plackettLuce || solver == .newton else {
        throw Failure(
          .usage, "solver \(solver.rawValue) does not fit model \(model.rawValue), newton does")
      }
      guard let prior = Double(prior), (0...1e9).contains(prior) else {
        throw Failure(.usage, "prior is '\(prior)', not a number from 0 to 1e9")
      }
      let fraction = try holdOut.map { text in
        guard let fraction = Double(text), fraction > 0, fraction < 1 else {
          throw Failure(.usage, "hold-out is '\(text)', not a number between 0 and 1")
        }
        return fraction
      }
      var request = RankingFit.Request(file: file)
      (request.hasHeader, request.model, request.solver) = (header, model, solver)
      request.format = try format.map { try value($0, "format", RankingFile.Format.self) }
      request.unnamed = try unnamed.map { try value($0, "unnamed", Rankings.Unnamed.self) }
      (request.prior, request.holdOut, request.seed) = (prior, fraction, seed)
      (request.reference, request.contrasts) = (reference, contrast)
      let picture = try figure.map(checkedPicture)
      let found = try RankingFit(request)
      if let out { try atomicWrite(Array("\(SavedFit.json(of: found.fit))\n".utf8), to: out) }
      if let picture { try write(found.chart.drawing(), to: picture) }
      found.notes.forEach { tell($0) }
      if json {
        found.json.forEach { print($0) }
      } else {
        found.lines.forEach { print(escaped($0)) }
      }
    }

    private func value<V: RawRepresentable & CaseIterable>(
      _ text: String, _ kind: String, _: V.Type
    ) throws -> V where V.RawValue == String {
      guard let value = V(rawValue: text) else {
        throw Failure(
          .usage, unknown(kind, text, among: V.allCases.map(\.rawValue)))
      }
      return value
    }
  }

  struct SampleRankings: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sample",
      abstract: "Draw rankings from a saved fit, best first.",
      discussion: """
        rank fit can read the output back. Without ties it has one ranking of names a line, for a .csv. Of davidson-luce it is a file of \
        PrefLib, for a .toc, where ties are in braces and equal rankings are counted.
        """)

    @Argument(help: ArgumentHelp("A file that rank fit --out wrote.", valueName: "fit"))
    var fit: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Number of rankings.", valueName: "n"))
    var count = 10
    @Option(parsing: .unconditional, help: "Seed of the draws.")
    var seed: UInt64 = 1
    @Flag(help: "Print one JSON object per ranking.") var json = false

    func run() throws {
      try check("count", count, in: 1...1_000_000_000)
      let rankings = try DrawnRankings(fit: fit, seed: seed)
      if json { return rankings.objects(count) { print($0) } }
      try rankings.text(count) { print($0, terminator: "") }
    }
  }
}
