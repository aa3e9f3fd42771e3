import ArgumentParser
import Experiments
import Formats
import Models
import RealModule
import Runs
import Tensors

/// Worths of items from rankings, and rankings from worths.
struct Rank: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit worths to rankings, draw rankings from a fit, or learn to rank.",
    subcommands: [Fit.self, SampleRankings.self, Learn.self, Score.self])

  /// Items of which covariances are printed.
  static let mostCovarying = 1000
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
        their covariance as well, of up to \(Rank.mostCovarying) items.

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
      let reading = try unnamed.map { try value($0, "unnamed", Rankings.Unnamed.self) }
      let picture = try figure.map(checkedPicture)
      let format = try format.map { try value($0, "format", RankingFile.Format.self) }
      guard file != "-" || format != nil else {
        throw Failure(.usage, "- is standard input, whose --format has to be given")
      }
      let read = try RankingFile(
        file == "-" ? "/dev/stdin" : file, format: format, hasHeader: header)
      guard header == nil || read.layout != .prefLib else {
        throw Failure(
          .usage, "--header and --no-header are for names; \(file) is a file of PrefLib")
      }
      var rankings = read.rankings
      if let reading { rankings.unnamed = reading }
      let reference = try reference.map { try item($0, of: rankings) }
      let contrasts = try contrast.map { try pair($0, of: rankings) }
      var heldOut: Rankings?
      if let fraction {
        let (kept, held) = try split(rankings, fraction)
        rankings = kept
        heldOut = held
      }
      let fit: PlackettLuceFit
      var measured: HeldOut?
      do throws(RankingFitError) {
        fit = try PlackettLuceFit(rankings, model: model, solver: solver, prior: prior)
        if let heldOut {
          measured = HeldOut(
            rankings: heldOut.count, logLikelihood: try fit.logLikelihood(of: heldOut))
        }
      } catch {
        throw Failure(.badData, "\(file)\(separator(error))\(error)\(advice(error))")
      }
      if let out { try atomicWrite(Array("\(SavedFit.json(of: fit))\n".utf8), to: out) }
      if let picture { try write(chart(fit).drawing(), to: picture) }
      for note in notes(on: read, reading: reading) { tell(note) }
      let report = FitReport(
        fit: reference.map { fit.relative(to: $0) } ?? fit, reference: reference,
        contrasts: contrasts, heldOut: measured)
      if json { report.printJSON() } else { report.printTable() }
    }

    /// How the file was read, as far as the user has not said how.
    private func notes(on read: RankingFile, reading: Rankings.Unnamed?) -> [String] {
      var notes: [String] = []
      let name = file.lowercased()
      if read.layout == .prefLib, name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") {
        notes.append("\(file): begins as a file of PrefLib and is read as one")
      }
      if let titles = read.header, header == nil {
        let line = titles.map(RankingCSV.field).joined(separator: ",")
        notes.append(
          "\(file): the first line, \(line), is read as titles; --no-header reads it as data")
      }
      if read.layout == .wins {
        notes.append("\(file): read as wins, a winner and a loser on each line")
      } else if reading == nil, read.rankings.incompleteCount > 0 {
        notes.append(
          "\(file): \(read.rankings.incompleteCount) of \(read.rankings.count) rankings name only some of the "
            + "\(read.rankings.items.count) items; the others come last in them (--unnamed last), "
            + "where --unnamed absent would compare only what is named")
      }
      return notes
    }

    /// The number of the item of that name.
    private func item(_ name: String, of rankings: Rankings) throws -> Int {
      let found = rankings.items.indices.filter { rankings.items[$0] == name }
      guard let item = found.first else {
        throw Failure(.usage, unknown("item", name, among: rankings.items))
      }
      guard found.count == 1 else {
        throw Failure(.usage, "\(found.count) items are named '\(name)' in \(file)")
      }
      return item
    }

    /// The items of a contrast.
    private func pair(_ text: String, of rankings: Rankings) throws -> (Int, Int) {
      guard let names = RankingCSV.names(of: text), names.count == 2, names[0] != names[1] else {
        throw Failure(
          .usage, "contrast is '\(text)', not the names of two items with a comma between")
      }
      return (try item(names[0], of: rankings), try item(names[1], of: rankings))
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

    /// Both parts have to be there, and voters are drawn one by one.
    private func split(
      _ rankings: Rankings, _ fraction: Double
    ) throws -> (kept: Rankings, heldOut: Rankings) {
      guard rankings.count <= 1_000_000_000 else {
        throw Failure(
          .badData, "\(file): \(rankings.count) voters, expected at most 1e9 with --hold-out")
      }
      var generator = Philox(seed: seed)
      let parts = rankings.split(holdingOut: fraction, using: &generator)
      guard parts.kept.count > 0, parts.heldOut.count > 0 else {
        throw Failure(
          .badData,
          "\(file): of \(rankings.count) rankings \(parts.heldOut.count) are held out, expected some in both parts"
        )
      }
      return parts
    }

    private func separator(_ error: RankingFitError) -> String {
      if case .tie = error { ", " } else { ": " }
    }

    /// Advice to the user.
    private func advice(_ error: RankingFitError) -> String {
      switch error {
      case .notConnected, .tooFarApart, .flat, .notConverged: "; a prior bounds them, --prior 0.5"
      case .tie: "; --model davidson-luce has"
      case .tiesUndetermined, .tooLarge: ""
      }
    }

    private func chart(_ fit: PlackettLuceFit) -> IntervalChart {
      let worths = fit.worths
      return IntervalChart(
        title: "Worths in \(file.split(separator: "/").last ?? "")",
        labels: fit.order.map { fit.items[$0] },
        panels: [
          .init(
            title: "worth", xLabel: "worth, adding up to 1, with 95 % intervals, log scale",
            values: fit.order.map { item in
              let factor = Double.exp(1.96 * fit.standardErrors[item])
              return (worths[item], worths[item] / factor, worths[item] * factor)
            })
        ])
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
      guard count >= 1 && count <= 1_000_000_000 else {
        throw Failure(.usage, "count is '\(count)', not a whole number from 1 to 1e9")
      }
      let fit = try SavedFit.read(fit)
      var generator = Philox(seed: seed)
      if json {
        for _ in 0..<count {
          print(["ranking": places(fit.weakOrder(using: &generator), fit)] as JSON)
        }
      } else if fit.model == .davidsonLuce {
        let drawn = fit.weakOrders(count, using: &generator)
        do throws(FormatError) {
          print(try PrefLib.text(of: drawn), terminator: "")
        } catch {
          throw FormatError(error.kind, "\(self.fit): \(error)")
        }
      } else {
        let fields = fit.items.map(RankingCSV.field)
        for _ in 0..<count {
          print(fit.ranking(using: &generator).map { fields[$0] }.joined(separator: ","))
        }
      }
    }

    /// Names of the items from the best; where there may be ties, every place is a list of them.
    private func places(_ groups: [[Int]], _ fit: PlackettLuceFit) -> JSON {
      .array(
        groups.map { group in
          let names = group.map { JSON(fit.items[$0]) }
          return fit.model == .plackettLuce ? names[0] : .array(names)
        })
    }
  }
}
