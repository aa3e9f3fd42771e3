import CKernels
public import Tensors

/// The parts of a structured value, and which sets of parts are values: chains, segmentations,
/// trees, alignments.
///
/// A structure says what its parts are and gives an engine, most often a ``DerivationGraph``. A
/// ``Gibbs`` law over it then has its probability, marginals, entropy, samples and mode.
public protocol Structure: Sendable {
  associatedtype Engine: StructureEngine

  /// How the states are summed, drawn and listed.
  var engine: Engine { get }

  /// The place of each part of a smaller structure among the parts of this one; traps where it does
  /// not fit.
  func places(of smaller: Self) -> [Int]
}

extension Structure {
  /// Number of parts, which is the number of bits of a state.
  public var partCount: Int { engine.partCount }
}

/// Sums over the states of a structure, each weighing the product of its parts' weights.
///
/// Scores are log-weights, -infinity for a part that is forbidden. All is done in double precision.
public protocol StructureEngine: Sendable {
  associatedtype Chart: StructureChart

  /// Number of parts.
  var partCount: Int { get }
  /// Number of states, or `nil` if it exceeds what an integer holds.
  var stateCount: Int? { get }

  /// The sums of rows of scores `rows * parts`, one set for each row and by itself: a row has the
  /// same sums in any company.
  ///
  /// - Parameter rows: at most ``StructureChart/mostRows``.
  func chart(of scores: [Double], rows: Int) -> Chart
  /// The parts of a state with the largest sum of scores; of several the one that is found first.
  func mode(of scores: [Double]) -> [Int]
  /// The parts of every state.
  func states() -> [[Int]]
  /// The log-normalizers `[rows]` of scores `[rows, parts]`, by operations that can be
  /// differentiated any number of times.
  func logNormalizer(of scores: Tensor) -> Tensor
}

extension StructureEngine {
  /// The sums of one set of scores.
  func chart(of scores: [Double]) -> Chart { chart(of: scores, rows: 1) }
}

/// The sums of a few rows of scores.
public protocol StructureChart: Sendable {
  /// The logarithm of the sum of all states' weights, for each row; -infinity if there is no state.
  var logNormalizers: [Double] { get }
  /// In nats, for each row.
  var entropies: [Double] { get }
  /// The probability of each part, `rows * parts`.
  var marginals: [Double] { get }

  /// The covariance matrix of the parts' indicators times vectors `rows * parts`.
  func covariance(times vectors: [Double]) -> [Double]
  /// The parts of an exact sample of a row.
  func sample(row: Int, using generator: inout Philox) -> [Int]
}

extension StructureChart {
  /// As many rows as kernels take side by side.
  public static var mostRows: Int { Int(dk_chart_lanes) }
}
