import Foundation
import TestSupport
import Testing

struct CompareTests {
  static func rows(_ arguments: [String]) throws -> [[String: Any]] {
    try withTemporaryFolder { root in
      let run = try discrete(["compare", "--json"] + arguments, in: root)
      #expect(run.code == 0, "\(run.errors)")
      return try jsonObjects(run.output)
    }
  }

  @Test("variances of the Bernoulli toy at 0.45 are the closed forms, within 2 %")
  func closedForms() throws {
    let expected = [
      ("reinforce", 1.59391e-2), ("reinforce:baseline=leave-one-out", 6.25e-4),
      ("arm", 2.08333e-4), ("disarm", 0),
    ]
    let rows = try Self.rows([
      "--problem", "toy:target=0.45", "--draws", "200000", "--estimators",
      expected.map(\.0).joined(separator: ","),
    ])
    for (row, (name, variance)) in zip(rows, expected) {
      #expect(row["estimator"] as? String == name)
      let found = try #require(row["variance"] as? Double)
      #expect(abs(found - variance) <= 0.02 * variance + 1e-10, "\(name): \(found)")
      #expect((row["exact"] as? [Double]).map { abs($0[0] - 0.025) < 1e-6 } == true)
    }
  }

  @Test(
    "all unbiased estimators agree with enumeration",
    arguments: ["toy", "shared", "table", "quadratic:n=5"])
  func all(problem: String) throws {
    let rows = try Self.rows(["--problem", problem, "--draws", "20000"])
    #expect(rows.count >= 19)
    for row in rows where row["bias"] as? String == "unbiased" {
      // Six standard errors over some 150 comparisons: false alarms below 1e-6.
      let z = try #require(row["z"] as? Double)
      #expect(z < 6, "\(row["estimator"] ?? ""): \(z)")
    }
  }

  @Test("a problem of the user's own, with a figure")
  func file() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/problem.json"
      let text = """
        {"distribution": "categorical", "logits": [[0.1, 0.2, 0.3], [1, 0, -1]],
         "cost": {"constant": 1, "linear": [1, 2, 3, 0, 0, 1]}}
        """
      try write(Array(text.utf8), to: path)
      let run = try discrete(
        [
          "compare", "--problem", path, "--estimators", "exact,muprop,disarm:tree=stick-breaking",
          "--draws", "5000", "--figure", "\(root)/figure.svg",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.contains("disarm:tree=stick-breaking"))
      #expect(try TestSupport.text(of: "\(root)/figure.svg").hasPrefix("<svg"))
    }
  }

  /// Runs `compare` on a problem, and reads its rows.
  private static func rows(of problem: String, _ arguments: [String]) throws -> [[String: Any]] {
    try withTemporaryFolder { root in
      try write(Array(problem.utf8), to: "\(root)/problem.json")
      return try rows(["--problem", "\(root)/problem.json"] + arguments)
    }
  }

  @Test("as many estimates are made as are asked for", arguments: [2, 10, 777])
  func draws(count: Int) throws {
    for problem in ["toy", "quadratic:n=3"] {
      let rows = try Self.rows([
        "--problem", problem, "--draws", "\(count)", "--pilot", "0", "--estimators",
        "disarm,vimco",
      ])
      #expect(rows.map { $0["draws"] as? Int } == [count, count])
    }
  }

  @Test("the two samples of leave-one-out are shown where nobody asked for them")
  func impliedSamples() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        [
          "compare", "--draws", "100", "--estimators",
          "reinforce:baseline=leave-one-out,reinforce:samples=3,baseline=leave-one-out",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.contains("reinforce:samples=2,baseline=leave-one-out"))
      #expect(run.output.contains("reinforce:samples=3,baseline=leave-one-out"))
      let help = try discrete(["help", "compare"], in: root).output
      #expect(help.contains("two by default"))
    }
  }

  @Test("what does not fit is passed over unless it was asked for by name")
  func passedOver() throws {
    try withTemporaryFolder { root in
      let text =
        #"{"distribution": "categorical", "logits": [[0.4]], "cost": {"linear": [2]}}"#
      try write(Array(text.utf8), to: "\(root)/one.json")
      let all = try discrete(
        ["compare", "--json", "--problem", "\(root)/one.json", "--draws", "100"], in: root)
      #expect(all.code == 0)
      #expect(all.errors.contains("skipped: unordered-set needs 2 distinct states"))
      let rows = try jsonObjects(all.output)
      #expect(rows.count > 10)
      for row in rows where row["objective"] as? String == "expectation" {
        #expect(row["variance"] as? Double == 0 && row["z"] as? Double == 0, "\(row)")
      }
      let named = try discrete(
        ["compare", "--problem", "\(root)/one.json", "--estimators", "reinforce,unordered-set"],
        in: root)
      expectFailure(named, 64, ["unordered-set needs 2 distinct states", "have 1"])
    }
  }

  @Test("an estimator that returned nothing but zeros is not recommended, and has no z")
  func nothingSeen() throws {
    try withTemporaryFolder { root in
      let text = """
        {"distribution": "bernoulli", "logits": [1, -1, 0],
         "cost": {"quadratic": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}}
        """
      try write(Array(text.utf8), to: "\(root)/problem.json")
      let arguments = [
        "compare", "--problem", "\(root)/problem.json", "--pilot", "0", "--draws", "2000",
        "--estimators",
      ]
      let cold = "rebar:temperature=1e-6"
      let both = try discrete(
        arguments + ["\(cold),disarm", "--figure", "\(root)/figure.svg"], in: root)
      #expect(both.code == 0, "\(both.errors)")
      #expect(both.output.contains("\(cold): off the exact gradient without a standard error"))
      #expect(both.output.contains("rare events were not seen in 2000 estimates"))
      #expect(both.output.hasSuffix("least variance per cost call among the unbiased: disarm\n"))
      #expect(try TestSupport.text(of: "\(root)/figure.svg").contains(">0</text>"))
      let alone = try discrete(arguments + [cold], in: root)
      #expect(!alone.output.contains("least variance"))
      let row = try #require(
        try jsonObjects(discrete(arguments + [cold, "--json"], in: root).output).first)
      #expect(row["z"] is NSNull && (row["remark"] as? String)?.contains("rare events") == true)
      #expect(row["mean"] as? [Double] == [0, 0, 0] && row["variance"] as? Double == 0)
    }
  }

  @Test("a class of mass 1e-18 and cost 1e6 is summed or drawn to its last digits")
  func dearAndRare() throws {
    let rows = try Self.rows(
      of: """
        {"distribution": "categorical", "logits": [[0.1, 0.2, 0.3, -40]], "cost": {"linear": [1, 2, 3, 1e6]}}
        """,
      ["--draws", "100", "--estimators", "exact,sum-and-sample:top=3,unordered-set:samples=4"])
    for row in rows {
      let mean = try #require(row["mean"] as? [Double])
      for (found, right) in zip(mean, [-0.3206, -0.0221, 0.3427, 0]) {
        #expect(abs(found - right) < 1e-4, "\(row)")
      }
      #expect(abs(mean[3] / 1.15556e-12 - 1) < 0.01, "\(row)")
      #expect(row["z"] as? Double == 0)
    }
  }

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
    try withTemporaryFolder { root in
      try write(Array(Self.orders.utf8), to: "\(root)/orders.json")
      let rows = try Self.rows(["--problem", "\(root)/orders.json", "--draws", "20000"])
      #expect(
        rows.compactMap { $0["estimator"] as? String } == [
          "exact", "reinforce", "reinforce:baseline=leave-one-out", "unordered-set",
          "sum-and-sample", "rebar", "relax", "neural-sort", "soft-sort", "gumbel-sinkhorn",
          "vimco",
        ])
      for row in rows where row["bias"] as? String == "unbiased" {
        // Six standard errors over some 30 comparisons: false alarms below 1e-6.
        let z = try #require(row["z"] as? Double)
        #expect(z < 6, "\(row["estimator"] ?? ""): \(z)")
      }
      let misfit = try discrete(
        ["compare", "--problem", "\(root)/orders.json", "--estimators", "arm"], in: root)
      expectFailure(misfit, 64, ["does not fit plackett-luce", "neural-sort"])
      let structure = try discrete(
        ["compare", "--problem", "\(root)/orders.json", "--estimators", "pl-rank"], in: root)
      expectFailure(structure, 64, ["pl-rank needs", "discount times gain"])
    }
  }

  @Test("PL-Rank of a ranking metric, one item, log-scores far apart, eight items")
  func ordersOfAllKinds() throws {
    func matrix(_ n: Int, _ entry: (Int, Int) -> Double) -> String {
      (0..<n * n).map { "\(entry($0 / n, $0 % n))" }.joined(separator: ", ")
    }
    let problems = [
      (
        "0.3, -0.5, 1.0", matrix(3) { [1, 0.6, 0.5][$0] * [1, 3, -2][$1] },
        "pl-rank,reinforce,pl-rank:samples=3"
      ),
      ("2", "1", "all"), ("1e4, 0, -1e4", matrix(3) { $0 == $1 ? 1 : 0 }, "all"),
      (
        "0, 0, 0, 0, 0, 0, 0, 0", matrix(8) { $0 == $1 ? -0.35 : -0.2357142857 },
        "reinforce,rebar,relax"
      ),
    ]
    for (logits, linear, estimators) in problems {
      try withTemporaryFolder { root in
        let text =
          "{\"distribution\": \"plackett-luce\", \"logits\": [\(logits)], \"cost\": {\"linear\": [\(linear)]}}"
        try write(Array(text.utf8), to: "\(root)/orders.json")
        let rows = try Self.rows([
          "--problem", "\(root)/orders.json", "--draws", "5000", "--estimators", estimators,
        ])
        #expect(rows.count > 2)
        for row in rows where row["bias"] as? String == "unbiased" {
          // Six standard errors over some 50 comparisons: false alarms below 1e-6.
          let z = try #require(row["z"] as? Double, "\(row)")
          #expect(z < 6, "\(row["estimator"] ?? ""): \(z)")
        }
      }
    }
  }

  @Test("orders of hundreds of items need no matrix of their matrices' numbers")
  func manyItems() throws {
    try withTemporaryFolder { root in
      let zeros = [String](repeating: "0", count: 200).joined(separator: ",")
      let text = #"{"distribution": "plackett-luce", "logits": [\#(zeros)], "cost": {}}"#
      try write(Array(text.utf8), to: "\(root)/orders.json")
      let rows = try Self.rows([
        "--problem", "\(root)/orders.json", "--draws", "25", "--pilot", "0", "--estimators",
        "reinforce",
      ])
      #expect(rows.count == 1 && rows[0]["variance"] as? Double == 0)
    }
  }

  @Test(
    "a file that is no problem",
    arguments: [
      ("{", ["not JSON"]), ("[]", ["no object"]),
      (#"{"distribution": "bernouli", "logits": [0], "cost": {}}"#, ["'bernouli'", "'bernoulli'"]),
      (#"{"distribution": "bernoulli", "logit": [0], "cost": {}}"#, ["'logit'", "'logits'"]),
      (#"{"distribution": "bernoulli", "logits": [], "cost": {}}"#, ["logits is empty"]),
      (
        #"{"distribution": "categorical", "logits": [0, 1], "cost": {}}"#,
        ["row 1 of logits is 0", "expected a list of rows, each a list of numbers"]
      ),
      (
        #"{"distribution": "bernoulli", "logits": {"a": 1}, "cost": {}}"#,
        [#"logits is {"a":1}, expected a list of numbers"#]
      ),
      (
        #"{"distribution": "bernoulli", "logits": [0, 1], "cost": {"linear": [1]}}"#,
        ["1 numbers", "expected 2"]
      ),
      (
        #"{"distribution": "bernoulli", "logits": [0, 1], "cost": {"quadratic": [[1, 2]]}}"#,
        ["1 x 2", "expected 2 x 2"]
      ),
      (#"{"distribution": "bernoulli", "logits": [0, null], "cost": {}}"#, ["no finite number"]),
      (
        #"{"distribution": "bernoulli", "logits": [0], "cost": {"constant": 1e300}}"#,
        ["constant", "finite"]
      ),
      (#"{"distribution": "categorical", "logits": [[0, 1], [1]], "cost": {}}"#, ["2, 1"]),
      (
        #"{"distribution": "plackett-luce", "logits": [0, 1], "cost": {"linear": [1, 2]}}"#,
        ["2 numbers", "expected 4"]
      ),
    ])
  func badFile(text: String, words: [String]) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/problem.json"
      try write(Array(text.utf8), to: path)
      let run = try discrete(["compare", "--problem", path], in: root)
      expectFailure(run, ["{", "[]"].contains(text) ? 65 : 78, words + [path])
    }
  }

  @Test(
    "what does not fit is named with what does",
    arguments: [
      (["--problem", "table", "--estimators", "arm"], ["arm does not fit categorical", "arsm"]),
      (["--problem", "toy", "--estimators", "arsm"], ["arsm does not fit bernoulli", "disarm"]),
      (["--problem", "toi"], ["'toi'", "'toy'"]),
      (
        ["--estimators", "reinforce:baseline=leave-one-out,samples=1"],
        ["samples is '1'", "leave-one-out needs two or more"]
      ),
      (["--estimators", "gumbel-softmax:temperature=0"], ["temperature is '0'"]),
      (["--estimators", "rebar:temperature=-1"], ["temperature is '-1'"]),
      (
        ["--problem", "quadratic:n=40", "--estimators", "exact"],
        ["1099511627776", "65536", "reinforce"]
      ),
      (["--estimators", "unordered-set:samples=3"], ["3 distinct states", "have 2"]),
      (["--draws", "0"], ["draws is '0'"]),
      (["--estimators", "gumbel-softmax:floor=abc"], ["floor is set"]),
      (
        ["--problem", "quadratic:n=1000", "--estimators", "reinforce:samples=100000"],
        ["100000 samples", "at once"]
      ),
    ])
  func misfits(arguments: [String], words: [String]) throws {
    try withTemporaryFolder { root in
      expectFailure(try discrete(["compare"] + arguments, in: root), 64, words)
    }
  }
}
