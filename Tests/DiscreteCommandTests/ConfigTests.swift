import Foundation
import TestSupport
import Testing

struct ConfigTests {
  @Test("every setting is printed with its value and where it comes from, the later source winning")
  func origins() throws {
    try withTemporaryFolder { root in
      try write(Array("layers: [3, 2]\nbatch-size: 7\n".utf8), to: "\(root)/c.yaml")
      let arguments = [
        "config", "print", "belief-network", "--config", "\(root)/c.yaml", "--set", "seed=5",
        "--batch-size", "8",
      ]
      let run = try discrete(arguments, in: root, with: ["DISCRETE_LEARNING_RATE": "0.5"])
      #expect(run.code == 0, "\(run.errors)")
      func words(_ key: String) -> [Substring] {
        run.output.split(separator: "\n").map { $0.split(separator: " ") }
          .first { $0.first == key[...] } ?? []
      }
      #expect(words("layers") == ["layers", "[3,2]", "\(root)/c.yaml"])
      #expect(words("batch-size") == ["batch-size", "8", "command", "line"])
      #expect(words("learning-rate") == ["learning-rate", "0.5", "DISCRETE_LEARNING_RATE"])
      #expect(words("seed") == ["seed", "5", "command", "line"])
      #expect(words("patience") == ["patience", "-", "unset"])
      #expect(words("binarize") == ["binarize", "dynamic", "default"])
      let json = try discrete(arguments + ["--json"], in: root).json()
      #expect(json["layers"] as? [Int] == [3, 2] && json["batch-size"] as? Int == 8)
      #expect(json["patience"] is NSNull)
    }
  }

  @Test("every model has its settings", arguments: ["vae", "sequence-gan", "sorter"])
  func models(model: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["config", "print", model, "--json"], in: root)
      #expect(try run.code == 0 && run.json()["model"] as? String == model, "\(run.errors)")
    }
  }

  @Test("a bad value ends as where it trains", arguments: [("--batch-size", "0", 64)])
  func bad(flag: String, value: String, code: Int32) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["config", "print", "vae", flag, value], in: root)
      expectFailure(run, code, ["batch-size is '0'"])
    }
  }
}
