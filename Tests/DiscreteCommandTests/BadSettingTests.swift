import Foundation
import TestSupport
import Testing

/// A setting that makes no sense, and words of the sentence about it.
struct BadSetting: Sendable, CustomTestStringConvertible {
  let key: String
  let text: String
  let words: [String]

  init(_ key: String, _ text: String, _ words: String...) {
    self.key = key
    self.text = text
    self.words = words
  }

  var testDescription: String { "\(key): \(text)" }

  static let all = [
    BadSetting("estimator", "rebar", "hard samples only", "reinforce"),
    BadSetting("estimator", "reinforse", "unknown estimator 'reinforse'", "'reinforce'"),
    BadSetting("estimator", "nvil:unit=3", "unknown option of nvil 'unit'", "'units'"),
    BadSetting("estimator", "reinforce:samples=0", "samples is '0'"),
    BadSetting("estimator", "nvil:samples=0", "samples is '0'"),
    BadSetting("estimator", "reinforce:baseline=leave-one-out,samples=1", "samples is '1'"),
    BadSetting("estimator", "exact:samples=2", "takes no options"),
    BadSetting("estimator", "ugc:threshold=0.6", "threshold is '0.6'"),
    BadSetting("optimizer", "adma", "unknown optimizer 'adma'", "'adam'"),
    BadSetting("optimizer", "sgd:momentum=1", "momentum is '1'"),
    BadSetting("optimizer", "sgd:nesterov=maybe", "nesterov is 'maybe'"),
    BadSetting("optimizer", "adam:beta2=0.99999999", "beta2 is '0.99999999'", "rounds to 1"),
    BadSetting("estimator", "nvil:decay=0.99999999", "decay is '0.99999999'", "rounds to 1"),
    BadSetting("estimator", "auto,nvil", "auto chooses one for all layers"),
    BadSetting("learning-rate", "-0.001", "learning-rate is '-0.001'"),
    BadSetting("learning-rate", "nan", "learning-rate is 'nan'"),
    BadSetting("learning-rate", "0", "learning-rate is '0'"),
    BadSetting("schedule", "cosin", "unknown schedule 'cosin'", "'cosine'"),
    BadSetting("layers", "0", "layers is '0'"),
    BadSetting("layers", "-3", "layers is '-3'"),
    BadSetting("layers", "8,", "layers is '8,'"),
    BadSetting("layers", "1,2,3,4", "4 layers"),
    BadSetting("layers", "1000000,1000000", "training the weights", "at most 1 GiB"),
    BadSetting("latent", "categorical:1000000x1000000", "training the weights", "at most 1 GiB"),
    BadSetting("latent", "categorical:3", "categorical:VARIABLESxCLASSES"),
    BadSetting("latent", "bernoulli:1,2,3,4", "4 layers"),
    BadSetting("batch-size", "0", "batch-size is '0'"),
    BadSetting("shards", "3", "shards is '3'", "power of two"),
    BadSetting("shards", "0", "shards is '0'", "power of two"),
    BadSetting("shards", "64", "shards is 64", "batch of"),
    BadSetting("batch-size", "65", "batch-size is 65", "54 training images"),
    BadSetting("steps", "-5", "steps is '-5'"),
    BadSetting("seed", "one", "seed is 'one'"),
    BadSetting("binarize", "statik", "unknown binarize 'statik'", "'static'"),
    BadSetting("prior", "lerned", "unknown prior 'lerned'", "'learned'"),
  ]
}

struct BadSettingTests {
  @Test("a bad value is 64 as a flag, 78 in a file", arguments: BadSetting.all)
  func value(_ setting: BadSetting) throws {
    try withTemporaryFolder { root in
      let file = "\(root)/settings.yaml"
      try write(Array("\(setting.key): \"\(setting.text)\"\n".utf8), to: file)
      let start = ["train", "belief-network", "--out", "\(root)/run"]
      try makeBars(at: "\(root)/data")
      let data = ["--data", "\(root)/data", "--set", "batch-size=9"]
      let flag = try discrete(start + data + ["--\(setting.key)", setting.text], in: root)
      expectFailure(flag, 64, setting.words)
      let shared = setting.key == "batch-size" ? Array(data.dropLast(2)) : data
      let config = try discrete(start + shared + ["--config", file], in: root)
      expectFailure(config, 78, setting.words + [file])
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }

  @Test(
    "a key, flag or verb that is not known",
    arguments: [
      ("train belief-network --set learning-rat=1", ["'learning-rat'", "'learning-rate'"]),
      ("train belief-network --set estimator.sampels=4", ["'sampels'", "'samples'"]),
      ("train belief-network --set layers", ["key=value", "'layers'"]),
      ("train belief-network --layer 8", ["'--layer'", "'--layers'"]),
      ("train belief-network --epochs 1 --steps 1", ["--epochs", "--steps"]),
      ("train belief-network --estimator reinforce:samples=100000", ["100000 samples"]),
      ("train belief-network --estimator exact --layers 16", ["65536 samples of exact"]),
      ("train belief-network --estimator disarm:pairs=90000", ["180000 samples of disarm"]),
      ("train belief-network --threads 0", ["threads is '0'"]),
      ("train belief-network --seeds 1", ["--seeds takes 2 or more"]),
      ("train belief-network --seeds 1001", ["1000 at most"]),
      ("train belief-network --set =4", ["key=value", "'=4'"]),
      (
        "train belief-network --layers 8 --latent bernoulli:8",
        ["--layers and --latent", "exclude"]
      ),
      (
        "train belief-network --latent categorical:2x3 --estimator arm",
        ["arm does not fit categorical"]
      ),
      ("train belief-network --latent categorical:2x3 --prior learned", ["prior is 'learned'"]),
      ("train belief-network --latent tree:4", ["'tree:4', a structure", "train vae"]),
      ("train belief-networks", ["'belief-networks'"]),
      ("trian", ["'trian'"]),
    ])
  func unknownName(line: String, words: [String]) throws {
    try withTemporaryFolder { root in
      var arguments = line.split(separator: " ").map(String.init)
      if arguments.count > 2 { arguments += ["--out", "\(root)/run"] }
      expectFailure(try discrete(arguments, in: root), 64, words)
      #expect(try contents(of: root).isEmpty)
    }
  }

  @Test(
    "a configuration that is not one",
    arguments: [
      ("learning-rat: 0.1", ["unknown setting 'learning-rat'", "'learning-rate'"]),
      ("estimator: { name: nvil, unit: 3 }", ["'unit'", "'units'"]),
      ("estimator: [", ["not YAML"]),
      ("layers: [8, [4]]", ["'layers'", "list"]),
      ("seed: 1\nseed: 2", ["'seed'", "twice"]),
      ("\u{1}\u{2}", ["not YAML", "control characters"]),
      ("just words", ["'just words'"]),
    ])
  func configuration(text: String, words: [String]) throws {
    try withTemporaryFolder { root in
      let file = "\(root)/settings.yaml"
      try write(Array(text.utf8), to: file)
      let run = try discrete(
        ["train", "belief-network", "--out", "\(root)/run", "--config", file], in: root)
      expectFailure(run, 78, words + [file])
      let none = try discrete(["train", "belief-network", "--config", "\(file).not"], in: root)
      expectFailure(none, 66, ["\(file).not"])
    }
  }

  @Test("a configuration is read from a pipe, and its options stand in any order")
  func pipe() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      let pipe = "\(root)/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let text = """
        {"estimator": {"baseline": "leave-one-out", "name": "reinforce", "samples": 4},
         "steps": 3, "batch-size": 9, "layers": 4}
        """
      let writer = Thread { try? write(Array(text.utf8), toPipe: pipe) }
      writer.start()
      let run = try discrete(
        [
          "train", "belief-network", "--data", "\(root)/data", "--config", pipe, "--out",
          "\(root)/run", "--quiet",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let left = try TestSupport.text(of: "\(root)/run/config.json")
      #expect(left.contains("\"steps\":3") && left.contains("leave-one-out"), "\(left)")
      #expect(left.contains("\"name\":\"reinforce\"") && left.contains("\"samples\":4"))
    }
  }

  @Test("two lengths exclude each other, in a file and on the command line")
  func lengths() throws {
    try withTemporaryFolder { root in
      let file = "\(root)/settings.yaml"
      try write(Array("steps: 3\nminutes: 1\n".utf8), to: file)
      let start = ["train", "belief-network", "--out", "\(root)/run"]
      expectFailure(
        try discrete(start + ["--config", file], in: root), 78, ["steps and minutes", file])
      let sets = ["--set", "epochs=1", "--set", "steps=3"]
      expectFailure(try discrete(start + sets, in: root), 64, ["epochs and steps"])
      expectFailure(
        try discrete(start + ["--epochs", "1", "--steps", "3"], in: root), 64, ["--steps"])
    }
  }

  @Test(
    "an unknown verb or model names the nearest",
    arguments: [
      (["trian"], "verb 'trian'", "'train'"),
      (["train", "beleif-network"], "model 'beleif-network'", "'belief-network'"),
      (["data", "verfy", "mnist"], "verb 'verfy'", "'verify'"),
      (["help", "trian"], "verb 'trian'", "'train'"),
      (["help", "train", "beleif-network"], "model 'beleif-network'", "'belief-network'"),
      (["train", "--data", "x"], "takes a model before '--data'", "belief-network"),
    ])
  func verbs(words: [String], unknown: String, near: String) throws {
    try withTemporaryFolder { root in
      expectFailure(try discrete(words, in: root), 64, [unknown, near])
    }
  }

  @Test("null is the default, and a flag stands in place of what a file says by another")
  func precedence() throws {
    try withTemporaryFolder { root in
      let (file, data, folder) = ("\(root)/settings.json", "\(root)/data", "\(root)/run")
      try makeBars(at: data)
      let text = #"{"seed": null, "patience": null, "layers": [4, 3], "epochs": 7}"#
      try write(Array(text.utf8), to: file)
      let run = try discrete(
        [
          "train", "belief-network", "--config", file, "--data", data, "--out", folder,
          "--latent", "categorical:2x3", "--steps", "3", "--batch-size", "9",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let bytes = Data(try bytes(of: "\(folder)/config.json"))
      let config = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
      #expect(config["seed"] as? Int == 1 && config["steps"] as? Int == 3)
      #expect(config["latent"] as? String == "categorical:2x3")
      for key in ["patience", "layers", "prior", "epochs"] {
        #expect(config[key] is NSNull, "\(key)")
      }
    }
  }
}
