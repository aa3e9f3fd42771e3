import Experiments
import Formats
import Foundation
import Runs
import TestSupport
import Testing

/// The settings of `train sequence-gan`: those in force, and those that cannot be.
struct SequenceConfigurationTests {
  private func configuration(_ more: [String: String]) throws -> JSON {
    try SequenceExperiment(TinySequences.settings(more)).settings.json
  }

  @Test("settings in force are typed, and those without an effect are unset")
  func resolved() throws {
    let standard = try SequenceExperiment(Settings(SequenceExperiment.settings)).settings.json
    #expect(standard["sequences"] == 10000 && standard["lag"] == 0.8)
    #expect(standard["estimator"] == ["name": "reinforce", "baseline": "none"])
    #expect(standard["filters"] == ["1x32", "2x32", "3x32", "4x32", "5x32"])
    for key in ["oracle", "data", "tokens", "minimum-count", "baseline", "temperature", "discount"]
    {
      #expect(standard[key] == .null, "\(key)")
    }
    let named = try configuration(["baseline": "network", "oracle": "hmm:seed=3"])
    #expect(named["estimator"] == ["name": "reinforce", "baseline": "network"])
    #expect(named["oracle"] == ["name": "hmm", "states": 8, "deviation": 2, "seed": 3])
    let relaxed = try configuration(["estimator": "st-gumbel-softmax"])
    #expect(relaxed["estimator"] == ["name": "st-gumbel-softmax"])
    #expect(relaxed["temperature"] == 1 && relaxed["roll-outs"] == .null)
  }

  @Test("policy gradients of language models by name, with what they divide by")
  func policyGradients() throws {
    let grpo = try configuration(["estimator": "grpo"])["estimator"]
    #expect(grpo == ["name": "grpo", "deviation": "sample", "length": "yes"])
    let plain = try configuration(["estimator": "grpo:deviation=none,length=no"])["estimator"]
    #expect(plain == ["name": "grpo", "deviation": "none", "length": "no"])
    for name in ["rloo", "remax", "mean-centered", "reinforce++"] {
      #expect(try configuration(["estimator": name])["estimator"] == ["name": .init(name)])
    }
    for text in ["grpo:deviation=half", "grpo:baseline=none", "rloo:length=no"] {
      #expect(throws: (any Error).self) { try configuration(["estimator": text]) }
    }
    #expect(throws: (any Error).self) {
      try configuration(["estimator": "grpo", "batch-size": "1"])
    }
  }

  @Test("short sequences have those of the default filters that fit")
  func shortFilters() throws {
    var settings = Settings(SequenceExperiment.settings)
    try settings.set("length", to: "3", from: .commandLine)
    let experiment = try SequenceExperiment(settings)
    #expect(try experiment.settings.json["filters"] == ["1x32", "2x32", "3x32"])
    #expect(try SequenceExperiment(experiment.settings).settings.json == experiment.settings.json)
  }

  @Test("files are kept by their whole paths, and a text is used whole unless a number is set")
  func files() throws {
    let folder = FileManager.default.currentDirectoryPath
    var settings = Settings(SequenceExperiment.settings)
    for key in ["data", "test-data", "vocabulary-file"] {
      try settings.set(key, to: "some/\(key)", from: .commandLine)
    }
    let json = try SequenceExperiment(settings).settings.json
    for key in ["data", "test-data", "vocabulary-file"] {
      #expect(json[key] == JSON("\(folder)/some/\(key)"))
    }
    #expect(json["sequences"] == .null && json["tokens"] == "characters")
    #expect(json["vocabulary"] == .null)
    #expect(try configuration(["data": "molecules"])["data"] == "molecules")
  }

  @Test(
    "what cannot be is one sentence",
    arguments: [
      (["reward": "tokens"], "recurrent"),
      (["estimator": "st-gumbel-softmax", "baseline": "none"], "only estimator reinforce"),
      (["discount": "0.5"], "discount is set"), (["discount": "2"], "'2'"), (["lag": "1"], "'1'"),
      (["lag": "0.999999999"], "rounds to 1"), (["estimator": "relaxed"], "'relax'"),
      (["estimator": "reinforce:baseline=leave-on-out"], "leave-one-out"),
      (["estimator": "reinforce:baseline=none", "baseline": "none"], "by estimator too"),
      (["estimator": "relax:baseline=none"], "'relax' takes no options"),
      (["baseline": "leave-one-out", "batch-size": "1"], "batch-size of 2"),
      (["oracle": "hmm:states=0"], "states is '0'"), (["oracle": "hmm:stats=2"], "'states'"),
      (["oracle": "hmm:seed=-1"], "seed is '-1'"), (["filters": "9x4"], "width 9"),
      (["filters": "2"], "WIDTHxCOUNT"), (["tokens": "words"], "no file of data"),
      (["data": "molecules", "tokens": "words"], "no file of data"),
      (["data": "a", "oracle": "b"], "exclude each other"),
      (["data": "a", "vocabulary": "7"], "given by the file"),
      (["data": "a", "minimum-count": "2"], "minimum-count is 2"),
    ])
  func bad(more: [String: String], words: String) throws {
    let failure = try #require(throws: Failure.self) { try configuration(more) }
    #expect(failure.kind == .usage && failure.description.contains(words), "\(failure)")
  }

  @Test("a text is told of when it is read: how much there is, of how many tokens, in which pieces")
  func told() throws {
    try withTemporaryFolder { root in
      try write(Array(String(repeating: "abc äö\n", count: 60).utf8), to: "\(root)/text")
      func told(_ more: [String: String]) throws -> [String] {
        var settings = try TinySequences.settings(
          ["data": "\(root)/text"].merging(more, uniquingKeysWith: { $1 }))
        if more["sequences"] == nil { settings.clear("sequences") }
        var texts: [String] = []
        _ = try SequenceExperiment(settings).prepare(tell: { texts.append($0) }, .never)
        return texts
      }
      // 420 characters are 84 pieces of five, of which eight are held out.
      #expect(
        try told([:]) == [
          "\(root)/text: 380 characters; a vocabulary of 7 tokens; 76 pieces of 5 to learn, 8 to test"
        ])
      #expect(try told(["sequences": "10"])[0].contains("50 characters"))
      #expect(
        try told(["tokens": "words"])[0].contains("108 words; a vocabulary of 4 tokens; 54 lines"))
    }
  }
}
