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
      let listed = try discrete(["compare", "--problem", "chain:n=50,k=3", "--exact"], in: root)
      #expect(listed.code == 64 && listed.output.isEmpty)
      #expect(listed.errors.hasSuffix("no estimator could be measured on chain:n=50,k=3\n"))
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

  @Test(
    "a file that is not a problem",
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
      (#"{"distribution": "bernoulli", "logits": [0, null], "cost": {}}"#, ["not a finite number"]),
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
