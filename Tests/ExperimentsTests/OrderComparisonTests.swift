import Experiments
import Stochastics
import Testing

struct OrderComparisonTests {
  /// Three items, a cost of places and one of pairs.
  static let orders = """
    {"distribution": "plackett-luce", "logits": [0.3, -0.5, 1.0],
     "cost": {"constant": 1, "linear": [1, 0, 2, -1, 0.5, 1, 0, 2, -1],
       "quadratic": [[0, 0, 0, 0, 1, 0, 0, 0, 2], [0, 0, 0, -1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0],
         [0, 0, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0],
         [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]]}}
    """

  @Test("orders: all that fit, the unbiased ones agreeing with enumeration")
  func orders() throws {
    let rows = try ComparisonTests.rows(of: Self.orders, draws: 20_000)
    #expect(
      rows.map(\.estimator) == [
        "exact", "reinforce", "reinforce:baseline=leave-one-out", "nvil", "rloo", "remax",
        "mean-centered", "grpo", "reinforce++", "unordered-set", "sum-and-sample", "rebar", "relax",
        "neural-sort", "soft-sort", "gumbel-sinkhorn", "vimco",
      ])
    try ComparisonTests.expectAgreement(of: rows)
    for (name, words) in [
      ("arm", ["does not fit plackett-luce", "neural-sort"]),
      ("pl-rank", ["pl-rank needs", "discount times gain"]),
    ] {
      let error = #expect(throws: (any Error).self) {
        try ComparisonTests.rows(of: Self.orders, [name], draws: 2)
      }
      for word in words { #expect("\(error as Any)".contains(word)) }
    }
  }

  @Test("PL-Rank of a ranking metric, one item, log-scores far apart, eight items")
  func ordersOfAllKinds() throws {
    func matrix(_ n: Int, _ entry: (Int, Int) -> Double) -> String {
      (0..<n * n).map { "\(entry($0 / n, $0 % n))" }.joined(separator: ", ")
    }
    let problems: [(String, String, [String]?)] = [
      (
        "0.3, -0.5, 1.0", matrix(3) { [1, 0.6, 0.5][$0] * [1, 3, -2][$1] },
        ["pl-rank", "reinforce", "pl-rank:samples=3"]
      ),
      ("2", "1", nil), ("1e4, 0, -1e4", matrix(3) { $0 == $1 ? 1 : 0 }, nil),
      (
        "0, 0, 0, 0, 0, 0, 0, 0", matrix(8) { $0 == $1 ? -0.35 : -0.2357142857 },
        ["reinforce", "rebar", "relax"]
      ),
    ]
    for (logits, linear, estimators) in problems {
      let text =
        "{\"distribution\": \"plackett-luce\", \"logits\": [\(logits)], \"cost\": {\"linear\": [\(linear)]}}"
      let rows = try ComparisonTests.rows(of: text, estimators, draws: 5000)
      #expect(rows.count > 2)
      try ComparisonTests.expectAgreement(of: rows)
    }
  }

  @Test("orders of hundreds of items need no matrix of their matrices' numbers")
  func manyItems() throws {
    let zeros = [String](repeating: "0", count: 200).joined(separator: ",")
    let rows = try ComparisonTests.rows(
      of: #"{"distribution": "plackett-luce", "logits": [\#(zeros)], "cost": {}}"#,
      ["reinforce"], draws: 25, pilot: 0)
    #expect(rows.count == 1 && rows[0].measurement.variance == 0)
  }
}
