import Formats
import Foundation
import Runs
import TestSupport
import Testing

struct RunFolderTests {
  @Test("a new folder has places for checkpoints and samples, and the folders above it are made")
  func create() throws {
    try withTemporaryFolder { root in
      for path in ["\(root)/a/b/run", "\(root)/slashed//"] {
        let folder = try RunFolder(creating: path)
        #expect(try fileExists(folder.file("checkpoints")))
        #expect(try fileExists(folder.file("samples")))
        #expect(folder.lastCheckpoint == folder.path + "/checkpoints/last.safetensors")
      }
    }
  }

  @Test("a folder or file that exists is refused and left as it was", arguments: ["", "/", "/run"])
  func refuseExisting(suffix: String) throws {
    try withTemporaryFolder { root in
      let path = root + suffix
      if suffix == "/run" { try Data("old".utf8).write(to: URL(filePath: path)) }
      let before = try FileManager.default.contentsOfDirectory(atPath: root)
      let error = try #require(throws: FormatError.self) { try RunFolder(creating: path) }
      #expect(error.kind == .cannotCreate)
      #expect(error.message.contains("exists already"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: root) == before)
    }
  }

  @Test("a folder that cannot be made says which and why")
  func refuseUnwritable() throws {
    try withTemporaryFolder { root in
      try Data().write(to: URL(filePath: "\(root)/file"))
      let error = try #require(throws: FormatError.self) {
        try RunFolder(creating: "\(root)/file/run")
      }
      #expect(error.kind == .cannotCreate)
      #expect(error.message.hasPrefix("\(root)/file/run: cannot be created: "))
    }
  }

  @Test("only the folder of a run can be opened")
  func open() throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      let error = try #require(throws: FormatError.self) { try RunFolder(opening: folder.path) }
      #expect(error.kind == .missing)
      try folder.write(["layers": [200]], to: "config.json")
      let opened = try RunFolder(opening: folder.path)
      #expect(try opened.read("config.json") == ["layers": [200]])
    }
  }

  @Test(
    "a summary tells its steps by a whole number",
    arguments: ["{\"steps\":1e19}", "{\"step\":1e19}", "{}", "[1]", "{\"steps\":-0}"])
  func summary(text: String) throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      try folder.write(["steps": 7], to: "summary.json")
      #expect(try folder.summary() == ["steps": 7])
      let path = folder.file("summary.json")
      try Data(text.utf8).write(to: URL(filePath: path))
      let error = try #require(throws: FormatError.self) { try folder.summary() }
      #expect(error.kind == .malformed && error.message.hasPrefix("\(path): "))
    }
  }

  @Test("a damaged file is malformed, not a crash")
  func damaged() throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      try Data("{\"layers\": [200".utf8).write(to: URL(filePath: folder.file("config.json")))
      let error = try #require(throws: FormatError.self) { try folder.read("config.json") }
      #expect(error.kind == .malformed)
      #expect(error.message.hasPrefix("\(folder.path)/config.json: not JSON: "))
    }
  }

  @Test("STATUS is one word, the latest")
  func status() throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      try folder.set(.running)
      try folder.set(.interrupted)
      #expect(try text(of: folder.file("STATUS")) == "interrupted\n")
    }
  }
}
