import Experiments
import Foundation
import TestSupport
import Testing

struct LaboratoryTests {
  @Test("verify lists at least twenty-five mutants, each caught")
  func verify() throws {
    try withTemporaryFolder { root in
      let run = try discrete(["verify", "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.allSatisfy { $0["passed"] as? Bool == true })
      #expect(lines.filter { $0["is_mutant"] as? Bool == true }.count >= 25)
      let named = Set(
        lines.compactMap {
          ($0["subject"] as? String)?.split(separator: ":").first.map(String.init)
        })
      for entry in EstimatorCatalogue.all { #expect(named.contains(entry.name), "\(entry.name)") }
    }
  }

  @Test("verify takes one estimator with options, and says what is wrong with others")
  func verifyOne() throws {
    try withTemporaryFolder { root in
      let run = try discrete(["verify", "disarm:tree=stick-breaking", "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.count == 1 && lines[0]["law"] as? String == "categorical")
      let unknown = try discrete(["verify", "disram"], in: root)
      #expect(unknown.code == 64 && unknown.errors.contains("'disarm'"))
    }
  }

  @Test(
    "the pictures are SVG",
    arguments: [
      "score-function", "control-variates", "relaxed-bit", "gumbel", "simplex-samples",
      "bias-variance", "expectations", "simplex-density",
      "plackett-luce", "relaxed-permutation", "sorting-digits",
    ])
  func figures(name: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["figure", name, "--out", "\(root)/a.svg"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let text = try String(contentsOfFile: "\(root)/a.svg", encoding: .utf8)
      #expect(text.hasPrefix("<svg") && text.contains("</svg>") && !text.contains("nan"))
      let parser = XMLText(text)
      #expect(parser.isWellFormed)
    }
  }

  @Test("an unknown picture names those there are")
  func unknownFigure() throws {
    try withTemporaryFolder { root in
      expectFailure(try discrete(["figure", "gumbl"], in: root), 64, ["'gumbl'", "'gumbel'"])
    }
  }

  @Test("the toy tells the estimators apart")
  func toy() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        ["toy", "--target", "0.45", "--seeds", "3", "--steps", "1500", "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.map { $0["estimator"] as? String } == ["REINFORCE", "REBAR", "RELAX"])
      #expect(lines.allSatisfy { $0["right"] as? Int == 3 })
      let variances = lines.compactMap { $0["log10_variance"] as? Double }
      #expect(variances[2] < variances[0] - 1)
      let orders = try discrete(
        [
          "toy", "--problem", "plackett-luce", "--items", "3", "--steps", "1500", "--json",
          "--figure", "\(root)/toy.svg",
        ], in: root)
      #expect(orders.code == 0, "\(orders.errors)")
      #expect(orders.output.contains("\"estimator\":\"exact\",\"right\":1"))
      // Of three items the identity costs 3 (1 - d)² + 6 o², d = 1/3 + 0.05 and o = 1/3 - 0.025.
      let exact =
        try JSONSerialization.jsonObject(
          with: Data((orders.output.split(separator: "\n").first ?? "").utf8)) as? [String: Any]
      #expect(abs((exact?["cost"] as? Double ?? 0) - 1.71125) < 5e-3)
      expectFailure(
        try discrete(["toy", "--problem", "plackett-luce", "--target", "0.4"], in: root), 64,
        ["target"])
      expectFailure(
        try discrete(["toy", "--target", "0.5"], in: root), 64, ["target is '0.5'"])
      expectFailure(
        try discrete(["toy", "--target", "0.50000001"], in: root), 64, ["target is '0.50000001'"])
    }
  }

  @Test("a frozen belief network is a problem too")
  func network() throws {
    let rows = try CompareTests.rows([
      "--problem", "belief-network:latents=6,images=2,steps=50", "--draws", "4000", "--estimators",
      "exact,disarm,reinforce:baseline=leave-one-out",
    ])
    #expect(rows.count == 3)
    for row in rows {
      #expect((row["exact"] as? [Double])?.count == 12)
      #expect(try #require(row["z"] as? Double) < 6)
    }
  }
}

/// Whether tags close in the order in which they open.
private struct XMLText {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var isSound = true
    for match in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      if !match.1.isEmpty {
        isSound = isSound && open.popLast() == match.2
      } else if match.3.isEmpty {
        open.append(match.2)
      }
    }
    isWellFormed = isSound && open.isEmpty
  }
}
