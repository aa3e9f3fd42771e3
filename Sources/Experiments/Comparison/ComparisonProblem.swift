import Formats
import Runs
import Stochastics
import Tensors

/// A problem with names on which estimators are compared: a law, its parameters and a cost.
public struct ComparisonProblem: Sendable {
  let law: Law
  /// The parameters that gradients are taken with respect to.
  let parameters: Tensor
  /// The shape of the parameters of one event, to which they are broadcast.
  let event: [Int]
  /// Sizes of a batch, each entry with parameters of its own; empty for a single event.
  let batch: [Int]
  /// The numbers of the law's extent, such as how many items are chosen; empty without one.
  let extent: [Int]
  /// Estimates made at once.
  let rows: Int
  /// The ranking metric that the cost over orders is, where it is one.
  let metric: RankingMetric?
  /// Costs [...] + batch of flattened points [...] + batch + [scalars of an event].
  let cost: @Sendable (Tensor) -> Tensor

  init(
    law: Law, parameters: Tensor, event: [Int]? = nil, batch: [Int] = [],
    extent: [Int] = [], rows: Int? = nil, metric: RankingMetric? = nil,
    cost: @escaping @Sendable (Tensor) -> Tensor
  ) {
    self.law = law
    self.parameters = parameters
    self.event = event ?? parameters.shape
    self.batch = batch
    self.extent = extent
    // Sums over structures are in double precision, and each estimate has its own.
    self.rows =
      rows ?? max(1, min(law.rows, MemoryBudget.bytes / (8 * max(1, law.sums(extent)))))
    self.metric = metric
    self.cost = cost
  }

  /// Measures estimators on it.
  public func comparison(_ plan: ComparisonPlan = ComparisonPlan()) -> any EstimatorComparison {
    law.comparison(self, plan)
  }

  /// A built-in problem or a file of the user's own.
  public static func load(_ text: String) throws -> ComparisonProblem {
    do {
      let specification = try Specification(text)
      if let problem = try builtIn(specification) { return problem }
      if specification.name == "belief-network" {
        return try NetworkProblem(specification).problem()
      }
      guard try fileExists(text) || text.contains("/") || text.hasSuffix(".json") else {
        throw SettingError(unknown("problem", specification.name, among: names))
      }
    } catch let error as SettingError {
      throw Failure(.usage, error.description)
    }
    return try ProblemFile(text).problem()
  }

  public static let names =
    ["toy", "shared", "table", "quadratic", "answers", "rare-answer", "belief-network"]
    + Law.structuresByName.keys.sorted()

  private static func builtIn(
    _ specification: Specification
  ) throws(SettingError) -> ComparisonProblem? {
    switch specification.name {
    case "toy":
      try specification.allow(["target"])
      let target = Scalar(try specification.number("target", in: -1e6..<1e6, default: 0.499))
      return try ComparisonProblem(
        law: Law.named("bernoulli"), parameters: [0], event: [1],
        cost: squares(1, target: target).callAsFunction)
    case "shared":
      try specification.allow(["target"])
      let target = Scalar(try specification.number("target", in: -1e6..<1e6, default: 0.499))
      return try ComparisonProblem(
        law: Law.named("bernoulli"), parameters: [0], event: [3],
        cost: squares(3, target: target).callAsFunction)
    case "table":
      try specification.allow([])
      // Two variables of three classes: entry (i, j) of the table is (i - j)^2 + 0.3 i - 0.2 j.
      var cost = PolynomialCost(size: 6)
      cost.quadratic = Tensor(
        (0..<36).map { place in
          let (row, column) = (place / 6, place % 6)
          guard row < 3 && column >= 3 else { return 0 }
          let (i, j) = (Scalar(row), Scalar(column - 3))
          return (i - j) * (i - j) + 0.3 * i - 0.2 * j
        }, shape: [6, 6])
      return try ComparisonProblem(
        law: Law.named("categorical"),
        parameters: Tensor([0.3, -0.4, 0.1, 0.8, -0.2, 0], shape: [2, 3]),
        event: [2, 3], cost: cost.callAsFunction)
    case "answers":
      try specification.allow([])
      return try answers(of: [0.5, 0.3, 0.2], rewards: [0, 1, 3])
    case "rare-answer":
      try specification.allow([])
      return try answers(of: [0.6, 0.399, 0.001], rewards: [1, 0, 1000])
    case "quadratic":
      try specification.allow(["n", "seed"])
      let n = try specification.integer("n", in: 1...10_000, default: 8)
      let seed = try specification.integer("seed", in: 0...Int.max, default: 1)
      if let excess = MemoryBudget.excess("a quadratic cost of \(n) bits", [[4, n, n]]) {
        throw SettingError(excess)
      }
      return random(try Law.named("bernoulli"), parameters: n, seed: seed)
    default:
      return try Law.structuresByName[specification.name].map { law throws(SettingError) in
        try structured(law, specification)
      }
    }
  }

  /// One question with three answers, whose rewards stand in place of costs.
  private static func answers(
    of probabilities: [Scalar], rewards: [Scalar]
  ) throws(SettingError) -> ComparisonProblem {
    var cost = PolynomialCost(size: 3)
    cost.linear = Tensor(rewards)
    return try ComparisonProblem(
      law: Law.named("categorical"),
      parameters: Tensor(probabilities, shape: [1, 3]).log(), event: [1, 3],
      cost: cost.callAsFunction)
  }

  /// A structure with scores and a quadratic cost drawn from a seed: `chain:n=4,k=3,seed=1`.
  private static func structured(
    _ law: Law, _ specification: Specification
  ) throws(SettingError) -> ComparisonProblem {
    let names = law.extent?.names ?? []
    try specification.allow(names + ["seed"])
    var extent: [Int] = []
    for name in names { extent.append(try specification.integer(name, in: 1...1000, default: 4)) }
    let seed = try specification.integer("seed", in: 0...Int.max, default: 1)
    let parts = law.extent?.parameters?(extent) ?? 0
    guard parts > 0 else {
      throw SettingError("\(specification.text) has a single state, without a part to score")
    }
    let cost = MemoryBudget.excess("a quadratic cost of \(parts) parts", [[4, parts, parts]])
    if let excess = cost ?? law.excess(extent) { throw SettingError(excess) }
    return random(law, parameters: parts, extent: extent, seed: seed)
  }

  /// Parameters and a quadratic cost that are drawn from a seed.
  private static func random(
    _ law: Law, parameters n: Int, extent: [Int] = [], seed: Int
  ) -> ComparisonProblem {
    var generator = Philox(seed: UInt64(seed))
    var cost = PolynomialCost(size: n)
    cost.linear = .randomNormal([n], using: &generator)
    cost.quadratic = .randomNormal([n, n], using: &generator) / Scalar(n).squareRoot()
    return ComparisonProblem(
      law: law, parameters: .randomNormal([n], using: &generator), event: [n], extent: extent,
      cost: cost.callAsFunction)
  }

  /// The sum of (b - target)^2 over n bits.
  private static func squares(_ n: Int, target: Scalar) -> PolynomialCost {
    var cost = PolynomialCost(size: n)
    cost.constant = Scalar(n) * target * target
    cost.linear = .full(-2 * target, [n])
    cost.quadratic = Tensor((0..<n * n).map { $0 % (n + 1) == 0 ? 1 : 0 }, shape: [n, n])
    return cost
  }
}
