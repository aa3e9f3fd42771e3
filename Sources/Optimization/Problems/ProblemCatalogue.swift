import Runs

/// The built-in problems by their names, some with a file, as in `tsp:berlin52.tsp`.
public enum ProblemCatalogue {
  /// How a problem is made.
  private enum Maker: Sendable {
    /// Over as many bits as are asked for.
    case bits(@Sendable (Int) throws -> any Problem)
    /// From a file, perhaps over the space that was asked for.
    case file(@Sendable (String, SearchSpace?) throws -> any Problem)

    var isOfFile: Bool { if case .file = self { true } else { false } }
  }

  private static let all: [(name: String, maker: Maker)] = [
    ("onemax", .bits { try OneMax($0) }),
    ("leading-ones", .bits { try LeadingOnes($0) }),
    ("trap", .bits { try Trap($0) }),
    ("labs", .bits { try LowAutocorrelation($0) }),
    ("maxcut", .file { file, _ in try EdgeSum.maxCut(file: file) }),
    ("ising", .file { file, _ in try EdgeSum.ising(file: file) }),
    ("maxsat", .file { file, _ in try MaxSatisfiability(file: file) }),
    ("qap", .file { file, _ in try QuadraticAssignment(file: file) }),
    ("tsp", .file { file, _ in try TravelingSalesman(file: file) }),
    ("kemeny", .file { file, _ in try KemenyConsensus(file: file) }),
    ("regression", .file { try SubsetRegression(file: $0, over: $1) }),
  ]

  /// The names of the problems over as many bits as are asked for.
  public static var ofBits: [String] { all.filter { !$0.maker.isOfFile }.map(\.name) }

  /// The names of the problems of a file.
  public static var ofFiles: [String] { all.filter(\.maker.isOfFile).map(\.name) }

  /// The problem that a text names.
  ///
  /// - Parameter space: the space that was asked for; `nil` for that of the file.
  /// - Throws: `Failure` of kind `usage` where the name is unknown or the space does not fit, and
  ///   what is wrong with the file.
  static func make(_ text: String, over space: SearchSpace?) throws -> any Problem {
    let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (name, file) = (String(words[0]), words.count == 2 ? String(words[1]) : nil)
    let problem = try make(name, file, over: space)
    guard let space, space.parts.map(\.kind) != problem.space.parts.map(\.kind) else {
      return problem
    }
    throw Failure(.usage, "\(text) is over \(problem.space), not \(space)")
  }

  private static func make(
    _ name: String, _ file: String?, over space: SearchSpace?
  ) throws -> any Problem {
    switch all.first(where: { $0.name == name })?.maker {
    case .file(let make):
      guard let file else {
        throw Failure(.usage, "problem \(name) is of a file, as in \(name):FILE")
      }
      return try make(file, space)
    case .bits(let make):
      guard let space, space.parts.count == 1, case .bits(let bits) = space.parts[0].kind else {
        throw Failure(.usage, "problem \(name) is over bits, as in --bits 20")
      }
      return try make(bits)
    case nil: throw Failure(.usage, unknown("problem", name, among: all.map(\.name)))
    }
  }
}
