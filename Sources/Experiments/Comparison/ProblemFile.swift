import Formats
import Runs
import Stochastics
import Tensors

/// A problem in JSON: `{"distribution", "logits", "cost": {"constant", "linear", "quadratic"}}`,
/// and the count of a law that has one.
struct ProblemFile {
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
    let object = JSON.object(members)
    let law: Law
    do { law = try Law.named(object["distribution"]?.string ?? "") } catch {
      throw failure(error.description)
    }
    try check(
      members, ["distribution", "logits"] + [law.extent?.member].compactMap { $0 } + ["cost"])
    let logits =
      try law.parameters == .vector
      ? vector(object["logits"], "logits") : matrix(object["logits"], "logits")
    guard logits.count > 0 else { throw failure("logits is empty") }
    if law.parameters == .square, logits.shape[0] != logits.shape[1] {
      throw failure("logits is \(logits.shape[0]) x \(logits.shape[1]), expected a square matrix")
    }
    let extent = try extent(of: law, object, parameters: logits.shape[0])
    let features = law.features(logits.shape, extent)
    if features != logits.shape,
      let excess = MemoryBudget.excess(
        "\(law.rows) orders of \(logits.shape[0]) items", [[law.rows] + features])
    {
      throw failure(excess)
    }
    let cost = try cost(object["cost"], size: features.reduce(1, *))
    let isMetric = cost.quadratic == nil && features.count == 2 && features[0] == features[1]
    return ComparisonProblem(
      law: law, parameters: logits, extent: extent,
      metric: isMetric ? RankingMetric(cost.linear.reshaped(features)) : nil,
      cost: cost.callAsFunction)
  }

  /// The numbers beside the parameters, of which there have to be as many as these say.
  private func extent(of law: Law, _ object: JSON, parameters: Int) throws -> [Int] {
    guard let extent = law.extent else { return [] }
    let value = object[extent.member]
    guard let expected = extent.parameters else {
      return [try whole(value, extent.member, in: 1...parameters)]
    }
    let names = "[\(extent.names.joined(separator: ", "))]"
    guard let value else { throw failure("\(extent.member) is missing, expected \(names)") }
    guard let numbers = value.array, numbers.count == extent.names.count else {
      throw failure("\(extent.member) is \(excerpt(value)), expected \(names)")
    }
    let shape = try zip(numbers, extent.names).map {
      try whole($0, "\($1) of \(extent.member)", in: 1...10_000)
    }
    guard expected(shape) == parameters else {
      throw failure(
        "logits has \(parameters) numbers, expected \(expected(shape)), one for each part of a \(law.name) of \(shape)"
      )
    }
    if let excess = law.excess(shape) { throw failure(excess) }
    return shape
  }

  private func cost(_ value: JSON?, size m: Int) throws -> PolynomialCost {
    guard let value, case .object(let terms) = value else {
      throw failure("cost is not an object with constant, linear or quadratic")
    }
    try check(terms, ["constant", "linear", "quadratic"])
    var cost = PolynomialCost(size: m)
    if let constant = value["constant"] {
      cost.constant = try numbers(.array([constant]), "constant")[0]
    }
    if let linear = value["linear"] {
      cost.linear = try vector(linear, "linear")
      guard cost.linear.count == m else {
        throw failure(
          "linear has \(cost.linear.count) numbers, expected \(m), one for each scalar of a sample")
      }
    }
    if let quadratic = value["quadratic"] {
      let matrix = try matrix(quadratic, "quadratic")
      guard matrix.shape == [m, m] else {
        throw failure(
          "quadratic is \(matrix.shape[0]) x \(matrix.shape[1]), expected \(m) x \(m)")
      }
      cost.quadratic = matrix
    }
    return cost
  }

  private func whole(_ value: JSON?, _ name: String, in range: ClosedRange<Int>) throws -> Int {
    guard let value else { throw failure("\(name) is missing") }
    guard let number = value.number, let whole = Int(exactly: number), range.contains(whole) else {
      throw failure(
        "\(name) is \(excerpt(value)), not a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return whole
  }

  private func numbers(_ value: JSON, _ name: String) throws -> [Scalar] {
    guard let values = value.array else {
      throw failure("\(name) is \(excerpt(value)), expected a list of numbers")
    }
    return try values.map { value in
      guard let number = value.number, Scalar(number).isFinite else {
        throw failure("\(name) holds \(excerpt(value)), which is not a finite number")
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
