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

  /// The sums of the given scores, one for each part.
  func chart(of scores: [Double]) -> Chart
  /// The parts of a state with the largest sum of scores; of several the one that is found first.
  func mode(of scores: [Double]) -> [Int]
  /// The parts of every state.
  func states() -> [[Int]]
  /// The log-normalizers `[rows]` of scores `[rows, parts]`, by operations that can be
  /// differentiated any number of times.
  func logNormalizer(of scores: Tensor) -> Tensor
}

/// The sums of one set of scores.
public protocol StructureChart: Sendable {
  /// The logarithm of the sum of all states' weights; -infinity if there is none.
  var logNormalizer: Double { get }
  /// In nats.
  var entropy: Double { get }
  /// The probability of each part.
  var marginals: [Double] { get }

  /// The covariance matrix of the parts' indicators times a vector.
  func covariance(times vector: [Double]) -> [Double]
  /// The parts of an exact sample.
  func sample(using generator: inout Philox) -> [Int]
}
