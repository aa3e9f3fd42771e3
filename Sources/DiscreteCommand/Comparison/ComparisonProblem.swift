import Experiments
import Formats
import Runs
import Stochastics
import Tensors

/// A cost of a flattened sample v: constant + linear · v + v' quadratic v.
struct PolynomialCost: Sendable {
  var constant: Scalar = 0
  /// Of shape [m].
  var linear: Tensor
  /// Of shape [m, m], where there is one.
  var quadratic: Tensor?

  init(size m: Int) { linear = .zeros([m]) }

  /// Values [...] of flattened points [..., m].
  func callAsFunction(_ v: Tensor) -> Tensor {
    let affine = constant + (v * linear).sum(along: -1)
    return quadratic.map { affine + (v.matmul($0) * v).sum(along: -1) } ?? affine
  }
}

/// A problem on which estimators are compared.
struct ComparisonProblem {
  enum Law: String, CaseIterable {
    case bernoulli
    case categorical
    case plackettLuce = "plackett-luce"
  }

  let law: Law
  /// What gradients are taken with respect to.
  let parameters: Tensor
  /// The shape of one event, to which parameters are broadcast.
  let event: [Int]
  /// Sizes of a batch, each entry with parameters of its own; empty for a single event.
  var batch: [Int] = []
  /// Costs [...] + batch of flattened points [...] + batch + [scalars of an event].
  let cost: @Sendable (Tensor) -> Tensor
  /// Estimates made at once.
  var rows = 250
  /// What the cost is made of where it is one, over orders.
  var metric: RankingMetric?

  /// The shape of one event as a point: an order's is its matrix.
  var pointShape: [Int] { law == .plackettLuce ? event + event : event }

  /// Costs of points whose events have some axes.
  func cost(ofPoints points: Tensor, eventRank: Int) -> Tensor {
    let leading = Array(points.shape.dropLast(eventRank))
    return cost(points.reshaped(leading + [points.shape.suffix(eventRank).reduce(1, *)]))
  }

  /// A built-in problem or a file of the user's own.
  static func load(_ text: String) throws -> ComparisonProblem {
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

  static let names = ["toy", "shared", "table", "quadratic", "belief-network"]

  private static func builtIn(
    _ specification: Specification
  ) throws(SettingError) -> ComparisonProblem? {
    switch specification.name {
    case "toy":
      try specification.allow(["target"])
      let target = Scalar(try specification.number("target", in: -1e6..<1e6, default: 0.499))
      return ComparisonProblem(
        law: .bernoulli, parameters: [0], event: [1],
        cost: squares(1, target: target).callAsFunction)
    case "shared":
      try specification.allow(["target"])
      let target = Scalar(try specification.number("target", in: -1e6..<1e6, default: 0.499))
      return ComparisonProblem(
        law: .bernoulli, parameters: [0], event: [3],
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
      return ComparisonProblem(
        law: .categorical, parameters: Tensor([0.3, -0.4, 0.1, 0.8, -0.2, 0], shape: [2, 3]),
        event: [2, 3], cost: cost.callAsFunction)
    case "quadratic":
      try specification.allow(["n", "seed"])
      let n = try specification.integer("n", in: 1...10_000, default: 8)
      let seed = try specification.integer("seed", in: 0...Int.max, default: 1)
      if let excess = MemoryBudget.excess("a quadratic cost of \(n) bits", [[4, n, n]]) {
        throw SettingError(excess)
      }
      var generator = Philox(seed: UInt64(seed))
      var cost = PolynomialCost(size: n)
      cost.linear = .randomNormal([n], using: &generator)
      cost.quadratic = .randomNormal([n, n], using: &generator) / Scalar(n).squareRoot()
      return ComparisonProblem(
        law: .bernoulli, parameters: .randomNormal([n], using: &generator), event: [n],
        cost: cost.callAsFunction)
    default:
      return nil
    }
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

/// A problem in JSON: `{"distribution", "logits", "cost": {"constant", "linear", "quadratic"}}`.
private struct ProblemFile {
  let path: String
  let members: [JSON.Member]

  init(_ path: String) throws {
    self.path = path
    guard case .object(let members) = try JSON(file: path) else {
      throw FormatError(
        .malformed, "\(path): no object, a problem has distribution, logits and cost")
    }
    self.members = members
  }

  private func failure(_ message: String) -> Failure {
    Failure(.badConfiguration, "\(path): \(message)")
  }

  private func check(_ members: [JSON.Member], _ known: [String]) throws {
    for member in members where !known.contains(member.key) {
      throw failure(unknown("key", member.key, among: known))
    }
  }

  func problem() throws -> ComparisonProblem {
    try check(members, ["distribution", "logits", "cost"])
    let object = JSON.object(members)
    let name = object["distribution"]?.string ?? ""
    guard let law = ComparisonProblem.Law(rawValue: name) else {
      throw failure(
        unknown("distribution", name, among: ComparisonProblem.Law.allCases.map(\.rawValue)))
    }
    let logits =
      try law == .categorical
      ? matrix(object["logits"], "logits") : vector(object["logits"], "logits")
    guard logits.count > 0 else { throw failure("logits is empty") }
    guard case .object(let terms)? = object["cost"] else {
      throw failure("cost is not an object with constant, linear or quadratic")
    }
    try check(terms, ["constant", "linear", "quadratic"])
    let m = law == .plackettLuce ? logits.count * logits.count : logits.count
    if let excess = MemoryBudget.excess("25 orders of \(logits.count) items", [[25, m]]),
      law == .plackettLuce
    {
      throw failure(excess)
    }
    var cost = PolynomialCost(size: m)
    if let constant = object["cost"]?["constant"] {
      cost.constant = try numbers(.array([constant]), "constant")[0]
    }
    if let linear = object["cost"]?["linear"] {
      cost.linear = try vector(linear, "linear")
      guard cost.linear.count == m else {
        throw failure(
          "linear has \(cost.linear.count) numbers, expected \(m), one for each scalar of a sample")
      }
    }
    if let quadratic = object["cost"]?["quadratic"] {
      let matrix = try matrix(quadratic, "quadratic")
      guard matrix.shape == [m, m] else {
        throw failure(
          "quadratic is \(matrix.shape[0]) x \(matrix.shape[1]), expected \(m) x \(m)")
      }
      cost.quadratic = matrix
    }
    guard law == .plackettLuce else {
      return ComparisonProblem(
        law: law, parameters: logits, event: logits.shape, cost: cost.callAsFunction)
    }
    return ComparisonProblem(
      law: law, parameters: logits, event: logits.shape, cost: cost.callAsFunction, rows: 25,
      metric: cost.quadratic == nil
        ? RankingMetric(cost.linear.reshaped([logits.count, logits.count])) : nil)
  }

  private func numbers(_ value: JSON, _ name: String) throws -> [Scalar] {
    guard let values = value.array else {
      throw failure("\(name) is \(excerpt(value)), expected a list of numbers")
    }
    return try values.map { value in
      guard let number = value.number, Scalar(number).isFinite else {
        throw failure("\(name) holds \(excerpt(value)), which is no finite number")
      }
      // Room for what estimators do with them.
      guard abs(number) <= 1e30 else {
        throw failure("\(name) holds \(excerpt(value)), expected a number from -1e30 to 1e30")
      }
      return Scalar(number)
    }
  }

  /// A value as an error shows it, at most 40 characters of it.
  private func excerpt(_ value: JSON) -> String {
    let text = value.description
    return text.count > 40 ? "\(text.prefix(37))..." : text
  }

  private func vector(_ value: JSON?, _ name: String) throws -> Tensor {
    guard let value else { throw failure("\(name) is missing") }
    return Tensor(try numbers(value, name))
  }

  private func matrix(_ value: JSON?, _ name: String) throws -> Tensor {
    guard let rows = value?.array, !rows.isEmpty else {
      throw failure("\(name) is not a list of rows")
    }
    if let place = rows.firstIndex(where: { $0.array == nil }) {
      throw failure(
        "row \(place + 1) of \(name) is \(excerpt(rows[place])), expected a list of rows, each a list of numbers"
      )
    }
    let values = try rows.map { try numbers($0, name) }
    guard values.allSatisfy({ $0.count == values[0].count }), !values[0].isEmpty else {
      throw failure(
        "\(name) has rows of \(values.map { "\($0.count)" }.joined(separator: ", ")) numbers, expected as many in each"
      )
    }
    return Tensor(values.flatMap { $0 }, shape: [values.count, values[0].count])
  }
}
