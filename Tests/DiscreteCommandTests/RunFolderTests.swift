import Foundation
import TestSupport
import Testing

struct RunFolderTests {
  @Test("a run folder that exists is refused, its files are as they were")
  func existing() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--steps", "3", "--out", folder), in: root).code == 0)
      let before = try contents(of: folder)
      let again = try discrete(training(data, "--steps", "5", "--out", folder), in: root)
      expectFailure(again, 73, [folder, "exists already"])
      #expect(try contents(of: folder) == before)
    }
  }

  @Test("a folder that cannot be made is 73")
  func unwritable() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      // Below a file nobody can make a folder, not even root.
      try write([1, 2, 3], to: "\(root)/file")
      let run = try discrete(training("\(root)/data", "--out", "\(root)/file/run"), in: root)
      expectFailure(run, 73, ["\(root)/file/run", "cannot be created"])
      #expect(try bytes(of: "\(root)/file") == [1, 2, 3])
    }
  }

  @Test(
    "a damaged checkpoint is passed over for the one before; where both are, that is 65 and nothing is changed",
    arguments: ["flipped", "truncated", "empty", "header", "metadata"])
  func damaged(how: String) throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--steps", "9", "--out", folder), in: root).code == 0)
      let path = "\(folder)/checkpoints/last.safetensors"
      var file = try bytes(of: path)
      switch how {
      case "flipped": file[file.count - 1] ^= 0x10
      case "truncated": file.removeLast(5)
      case "empty": file = []
      case "header": file[9] ^= 0x10
      default:
        let step = Array("\"step\":\"9\"".utf8)
        let place = try #require(
          file.indices.first { file[$0...].starts(with: step) }, "no step in the metadata")
        file[place + step.count - 2] = UInt8(ascii: "8")
      }
      try write(file, to: path)
      let resume = ["train", "belief-network", "--resume", folder, "--steps", "12", "--quiet"]
      let previous = "\(folder)/checkpoints/previous.safetensors"
      let good = try bytes(of: previous)
      try write([], to: previous)
      let before = try contents(of: folder)
      expectFailure(try discrete(resume, in: root), 65, [previous])
      #expect(try contents(of: folder) == before)
      try write(good, to: previous)
      let run = try discrete(resume, in: root)
      #expect(run.code == 0 && run.errors.contains(path) && run.errors.contains("of step 0"))
      #expect(try TensorFile(path).step == 12)
    }
  }

  @Test("what cannot be resumed")
  func notResumed() throws {
    try withTemporaryFolder { root in
      let resume = ["train", "belief-network", "--resume"]
      expectFailure(try discrete(resume + ["\(root)/no"], in: root), 66, ["\(root)/no"])
      try makeBars(at: "\(root)/data")
      let folder = "\(root)/run"
      let first = training("\(root)/data", "--steps", "3", "--out", folder)
      #expect(try discrete(first, in: root).code == 0)
      let before = try contents(of: folder)
      let other = try discrete(resume + [folder, "--layers", "9"], in: root)
      expectFailure(other, 64, ["--resume goes on with the settings"])
      #expect(try contents(of: folder) == before)
    }
  }

  @Test(
    "training that diverges ends with 1 and names parameter and step; a finite checkpoint is left",
    arguments: [
      ("1e30", "the gradient of estimator.0.network.hidden.weight is not finite at step "),
      ("1e39", "encoder.0.weight is not finite after the update at step 1"),
    ], ["adam", "sgd"])
  func divergence(rate: (String, String), optimizer: String) throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      let arguments = ["--steps", "50", "--learning-rate", rate.0, "--optimizer", optimizer]
      let run = try discrete(training(data, "--out", folder) + arguments, in: root)
      expectFailure(run, 1, [rate.1])
      #expect(try text(of: "\(folder)/STATUS") == "failed\n")
      let checkpoint = try TensorFile("\(folder)/checkpoints/last.safetensors")
      #expect(checkpoint.tensors.count > 4)
      #expect(checkpoint.nonFinite.isEmpty, "\(checkpoint.nonFinite)")
      #expect(try discrete(["sample", folder, "--out", "\(root)/a.png"], in: root).code == 0)
    }
  }

  @Test("a bound that is not finite ends with 1 and names the step; a good checkpoint is left")
  func divergedBound() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      // One step an epoch, so that an evaluation sees the weights before a loss does.
      let arguments = ["--epochs", "1", "--learning-rate", "1e37", "--batch-size", "54"]
      let run = try discrete(training(data, "--out", folder) + arguments, in: root)
      expectFailure(run, 1, ["the validation bound is -inf at step 1"])
      #expect(try text(of: "\(folder)/STATUS") == "failed\n")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/checkpoints/best.safetensors"))
      let checkpoint = try TensorFile("\(folder)/checkpoints/last.safetensors")
      #expect(checkpoint.step == 0 && checkpoint.nonFinite.isEmpty)
      let eval = try discrete(["eval", folder, "--json"], in: root)
      #expect(try (eval.json()["bound"] as? Double)?.isFinite == true)
    }
  }

  @Test("a run that has ended is left as it is by --resume, and its figures are printed again")
  func finished() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      let first = try discrete(training(data, "--steps", "9", "--out", folder, "--json"), in: root)
      let before = try contents(of: folder)
      for length in [[], ["--steps", "5"], ["--epochs", "1"]] {
        let again = try discrete(
          ["train", "belief-network", "--resume", folder, "--json"] + length, in: root)
        #expect(again.code == 0 && again.output == first.output, "\(again.errors)")
        #expect(try contents(of: folder) == before)
      }
    }
  }
}
