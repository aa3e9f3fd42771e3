import Runs

/// The built-in problems by their names, some with a file, as in `tsp:berlin52.tsp`.
public enum ProblemCatalogue {
  /// The problems over as many bits as are asked for, and a sentence about each.
  public static let ofBits: KeyValuePairs = [
    "onemax": "The number of ones, sought largest.",
    "leading-ones": "The ones before the first zero, sought most.",
    "trap": "Blocks of four bits that lead astray, sought largest.",
    "labs": "The energy of a low-autocorrelation binary sequence.",
  ]

  /// The problems of a file, and a sentence about each.
  public static let ofFiles: KeyValuePairs = [
    "maxcut": "The weight between two halves of a graph of Gset, sought largest.",
    "ising": "The energy of spins that a graph of Gset couples.",
    "maxsat": "The weight of unsatisfied clauses of DIMACS, cnf or wcnf.",
    "qap": "A quadratic assignment of QAPLIB.", "tsp": "A round trip of TSPLIB.",
    "kemeny": "The disagreements of an order with an election of PrefLib or CSV.",
    "regression": "The squares that a subset of columns leaves of the last one, of CSV.",
  ]

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
    let names = (ofBits.map(\.key), ofFiles.map(\.key))
    if names.1.contains(name) {
      guard let file else {
        throw Failure(.usage, "problem \(name) is of a file, as in \(name):FILE")
      }
      switch name {
      case "maxcut": return try MaxCut(file: file)
      case "ising": return try Ising(file: file)
      case "maxsat": return try MaxSatisfiability(file: file)
      case "qap": return try QuadraticAssignment(file: file)
      case "tsp": return try TravelingSalesman(file: file)
      case "kemeny": return try KemenyConsensus(file: file)
      default: return try SubsetRegression(file: file, over: space)
      }
    }
    guard names.0.contains(name) else {
      throw Failure(.usage, unknown("problem", name, among: names.0 + names.1))
    }
    guard let space, space.parts.count == 1, case .bits(let bits) = space.parts[0].kind else {
      throw Failure(.usage, "problem \(name) is over bits, as in --bits 20")
    }
    switch name {
    case "onemax": return try OneMax(bits)
    case "leading-ones": return try LeadingOnes(bits)
    case "trap": return try Trap(bits)
    default: return try LowAutocorrelation(bits)
    }
  }
}
