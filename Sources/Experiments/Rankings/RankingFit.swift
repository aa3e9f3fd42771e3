package import Formats
package import Models
import Runs
import Tensors

/// A fit of worths to a file of rankings, as `rank fit` is asked for one.
package struct RankingFit {
  /// The questions to a file of rankings.
  package struct Request {
    /// A path, or `-` for standard input, which needs a format.
    package var file: String
    /// `nil` where the end of the file's name says it.
    package var format: RankingFile.Format?
    /// Whether the first line of a CSV has titles; `nil` where that is to be found out.
    package var hasHeader: Bool?
    package var model = PlackettLuceFit.Model.plackettLuce
    package var solver = PlackettLuceFit.Solver.newton
    /// The place of items that a ranking does not name; `nil` as the file has it.
    package var unnamed: Rankings.Unnamed?
    /// Pseudo-rankings of every item before a ghost, and as many after it.
    package var prior = 0.0
    /// The share of voters that the fit is measured on, in 0...1 without its ends.
    package var holdOut: Double?
    package var seed: UInt64 = 1
    /// The item whose log-worth is taken from all; `nil` where they sum to zero.
    package var reference: String?
    /// Names of two items with a comma between.
    package var contrasts: [String] = []

    package init(file: String) { self.file = file }
  }

  /// The log-likelihood of rankings that the fit has not seen.
  package struct HeldOut {
    package let rankings: Int
    package let logLikelihood: Double
  }

  package let file: String
  /// With log-worths that sum to zero.
  package let fit: PlackettLuceFit
  /// The item that shown log-worths are relative to.
  package let reference: Int?
  package let contrasts: [(Int, Int)]
  package let heldOut: HeldOut?
  /// Sentences on how the file was read, as far as the request leaves it open.
  package let notes: [String]

  /// Reads and fits; throws `Failure` or `FormatError` for what the file or the request has wrong.
  package init(_ request: Request) throws {
    file = request.file
    guard file != "-" || request.format != nil else {
      throw Failure(.usage, "- is standard input, whose --format has to be given")
    }
    let read = try RankingFile(
      file == "-" ? "/dev/stdin" : file, format: request.format, hasHeader: request.hasHeader)
    guard request.hasHeader == nil || read.layout != .prefLib else {
      throw Failure(.usage, "--header and --no-header are for names; \(file) is a file of PrefLib")
    }
    var rankings = read.rankings
    if let unnamed = request.unnamed { rankings.unnamed = unnamed }
    let names = ItemNames(rankings, in: file)
    reference = try request.reference.map { try names.item($0) }
    contrasts = try request.contrasts.map { try names.pair($0) }
    var held: Rankings?
    if let share = request.holdOut {
      let parts = try RankingFit.split(rankings, share, request)
      (rankings, held) = (parts.kept, parts.heldOut)
    }
    do throws(RankingFitError) {
      fit = try PlackettLuceFit(
        rankings, model: request.model, solver: request.solver, prior: request.prior)
      let fit = fit
      heldOut = try held.map { held throws(RankingFitError) in
        HeldOut(rankings: held.count, logLikelihood: try fit.logLikelihood(of: held))
      }
    } catch {
      throw Failure(.badData, "\(file)\(error.continuation)")
    }
    notes = RankingFit.notes(on: read, request)
  }

  /// Both parts have to be there, and voters are drawn one by one.
  private static func split(
    _ rankings: Rankings, _ share: Double, _ request: Request
  ) throws(Failure) -> (kept: Rankings, heldOut: Rankings) {
    guard rankings.count <= 1_000_000_000 else {
      throw Failure(
        .badData, "\(request.file): \(rankings.count) voters, expected at most 1e9 with --hold-out")
    }
    var generator = Philox(seed: request.seed)
    let parts = rankings.split(holdingOut: share, using: &generator)
    guard parts.kept.count > 0, parts.heldOut.count > 0 else {
      throw Failure(
        .badData,
        "\(request.file): of \(rankings.count) rankings \(parts.heldOut.count) are held out, expected some in both parts"
      )
    }
    return parts
  }

  private static func notes(on read: RankingFile, _ request: Request) -> [String] {
    var notes: [String] = []
    let (file, name) = (request.file, request.file.lowercased())
    if read.layout == .prefLib, name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") {
      notes.append("\(file): begins as a file of PrefLib and is read as one")
    }
    if let titles = read.header, request.hasHeader == nil {
      let line = titles.map(RankingCSV.field).joined(separator: ",")
      notes.append(
        "\(file): the first line, \(line), is read as titles; --no-header reads it as data")
    }
    if read.layout == .wins {
      notes.append("\(file): read as wins, a winner and a loser on each line")
    } else if request.unnamed == nil, read.rankings.incompleteCount > 0 {
      notes.append(
        "\(file): \(read.rankings.incompleteCount) of \(read.rankings.count) rankings name only some of the "
          + "\(read.rankings.items.count) items; the others come last in them (--unnamed last), "
          + "where --unnamed absent would compare only what is named")
    }
    return notes
  }
}

/// The items of rankings by their names.
private struct ItemNames {
  let names: [String]
  let file: String

  init(_ rankings: Rankings, in file: String) { (names, self.file) = (rankings.items, file) }

  func item(_ name: String) throws(Failure) -> Int {
    let found = names.indices.filter { names[$0] == name }
    guard let item = found.first else {
      throw Failure(.usage, unknown("item", name, among: names))
    }
    guard found.count == 1 else {
      throw Failure(.usage, "\(found.count) items are named '\(name)' in \(file)")
    }
    return item
  }

  /// The items of a contrast.
  func pair(_ text: String) throws(Failure) -> (Int, Int) {
    guard let names = RankingCSV.names(of: text), names.count == 2, names[0] != names[1] else {
      throw Failure(
        .usage, "contrast is '\(text)', not the names of two items with a comma between")
    }
    return (try item(names[0]), try item(names[1]))
  }
}

extension RankingFitError {
  /// The end of a sentence that begins with the file, with advice.
  fileprivate var continuation: String {
    switch self {
    case .notConnected, .tooFarApart, .flat, .notConverged:
      ": \(self); a prior bounds them, --prior 0.5"
    case .tie: ", \(self); --model davidson-luce has"
    case .tiesUndetermined, .tooLarge: ": \(self)"
    }
  }
}
