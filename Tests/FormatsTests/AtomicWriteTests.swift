import Formats
import Foundation
import TestSupport
import Testing

struct AtomicWriteTests {
  private static let orphan = ".discrete-0123456789abcdef.tmp"

  private func permissions(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("what is replaced keeps its permissions", arguments: [0o600, 0o444, 0o664, 0o755])
  func permissions(mode: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a"
      try write([1], to: path)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      try atomicWrite([2], to: path)
      #expect(try fileBytes(path) == [2])
      #expect(try permissions(of: path) == mode)
      #expect(names(in: folder) == ["a"])
    }
  }

  @Test("a link stays, and what it leads to is replaced or made")
  func links() throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: "\(folder)/far", withIntermediateDirectories: false)
      try files.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "b")
      try files.createSymbolicLink(atPath: "\(folder)/b", withDestinationPath: "far/c")
      for byte in [1, 2] as [UInt8] {
        try checkCreatable("\(folder)/a")
        try atomicWrite([byte], to: "\(folder)/a")
        #expect(try fileBytes("\(folder)/far/c") == [byte])
      }
      #expect(try files.destinationOfSymbolicLink(atPath: "\(folder)/a") == "b")
      #expect(names(in: folder) == ["a", "b", "far"] && names(in: "\(folder)/far") == ["c"])
      try files.createSymbolicLink(atPath: "\(folder)/loop", withDestinationPath: "loop")
      let error = #expect(throws: FormatError.self) { try atomicWrite([1], to: "\(folder)/loop") }
      #expect(error?.kind == .cannotCreate)
    }
  }

  @Test("a name of 255 bytes fits, one of 256 and a folder are refused before any work")
  func longNames() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/" + String(repeating: "n", count: 255)
      try checkCreatable(path)
      try atomicWrite([1], to: path)
      #expect(try fileBytes(path) == [1])
      for bad in [path + "n", folder, "\(folder)/", ""] {
        for body in [checkCreatable, { try atomicWrite([1], to: $0) }] as [(String) throws -> Void]
        {
          #expect(#expect(throws: FormatError.self) { try body(bad) }?.kind == .cannotCreate)
        }
      }
      #expect(names(in: folder).count == 1)
    }
  }

  @Test("a named pipe is written into and stays")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
      let writer = Thread { try? atomicWrite(content, to: path) }
      writer.start()
      #expect(try fileBytes(path) == content)
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      #expect(type != .typeRegular)
      #expect(names(in: folder) == ["pipe"])
    }
  }

  @Test("a device is written into and stays; a full one is an error of the system")
  func device() throws {
    try atomicWrite([1], to: "/dev/null")
    try checkCreatable("/dev/null")
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
    #if os(Linux)
      let error = #expect(throws: FormatError.self) { try atomicWrite([1], to: "/dev/full") }
      #expect(error?.kind == .inputOutput)
      #expect(error?.message == "/dev/full: writing failed: No space left on device")
    #endif
  }

  @Test("what a dead process has left goes, what a living one writes or only looks so stays")
  func orphans() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(Self.orphan)"
      try write([1], to: path)
      let file = open(path, O_RDONLY)
      #expect(flock(file, LOCK_EX) == 0)
      try atomicWrite([2], to: "\(folder)/a")
      #expect(names(in: folder) == [Self.orphan, "a"])
      close(file)
      let link = ".discrete-1.tmp"
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/\(link)", withDestinationPath: "a")
      try atomicWrite([3], to: "\(folder)/b")
      #expect(names(in: folder) == [link, "a", "b"])
      #expect(try fileBytes("\(folder)/a") == [2])
    }
  }

  @Test("many writers of one file leave one of their contents whole, and no sibling")
  func writers() async throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/discrete-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for _ in 0..<20 {
            try atomicWrite([UInt8](repeating: UInt8(writer), count: 10_000), to: "\(folder)/a")
          }
        }
      }
      try await group.waitForAll()
    }
    let found = try fileBytes("\(folder)/a")
    #expect(found.count == 10_000 && Set(found).count == 1)
    #expect(names(in: folder) == ["a"])
  }
}
