import Datasets
import Formats
import Foundation
import TestSupport
import Testing

/// Fetching from a server on this machine that behaves well or badly by the first folder of a path.
@Suite(.enabled(if: Python.has("http.server"), "there is no Python to serve files"))
struct DataFetchTests {
  private static let content = Array("what was published\n".utf8)

  private static let set = KnownData(
    name: "small", summary: "one file",
    files: [
      .init(
        name: "a.txt", remote: "x/a.txt", size: content.count,
        digest: Digest.sha256(of: content))
    ], kind: .texts)

  private static let server = """
    import http.server, sys, time
    good = b'what was published\\n'
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kind = self.path.split('/')[1]
            if self.path.split('/')[2:] != ['x', 'a.txt'] or kind == 'absent':
                return self.send_error(404)
            if kind in ('redirect', 'loop'):
                self.send_response(302)
                self.send_header('Location', ('/good' if kind == 'redirect' else '/loop') + '/x/a.txt')
                return self.end_headers()
            body = {'lies': b'what was forged...\\n', 'long': good * 1000, 'empty': b''}.get(kind, good)
            self.send_response(200)
            if kind != 'endless':
                self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            if kind == 'short':
                body = body[:5]
            if kind == 'slow':
                self.wfile.write(body[:5]); self.wfile.flush(); time.sleep(60)
            self.wfile.write(body)
            if kind == 'short':
                self.connection.close()
        def log_message(self, *_): pass
    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_): pass
    server = Server(('127.0.0.1', 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  /// Calls `body` with the address of a server and an empty folder.
  private func withServer(_ body: (String, String) throws -> Void) throws {
    try withTemporaryFolder { root in
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", Self.server]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      defer {
        // The threads of tests block SIGTERM, which a process inherits.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      var line = Data()
      while line.last != UInt8(ascii: "\n"),
        let byte = try pipe.fileHandleForReading.read(upToCount: 1),
        !byte.isEmpty
      {
        line += byte
      }
      let port = String(decoding: line.dropLast(), as: UTF8.self)
      try body("http://127.0.0.1:\(port)", "\(root)/data")
    }
  }

  private func fetch(_ folder: String, _ mirrors: String...) -> DataFetch {
    DataFetch(Self.set, into: folder, mirrors: mirrors, patience: 2)
  }

  @Test("a file comes whole, also after a redirect, and is not fetched again")
  func good() throws {
    try withServer { address, folder in
      #expect(try fetch(folder, "\(address)/good").run() == ["a.txt"])
      #expect(try bytes(of: "\(folder)/a.txt") == Self.content)
      #expect(try fetch(folder, "\(address)/absent").run() == [])
      try write([1], to: "\(folder)/a.txt")
      #expect(try fetch(folder, "\(address)/redirect").run() == ["a.txt"])
      #expect(try bytes(of: "\(folder)/a.txt") == Self.content)
      #expect(names(in: folder) == [".lock", "a.txt"])
    }
  }

  @Test(
    "a mirror that lies, truncates, stalls or goes round is told, leaves nothing, and the next is asked",
    arguments: [
      ("lies", "SHA-256", FormatError.Kind.malformed), ("empty", "0 bytes", .malformed),
      ("long", "19000 bytes, expected 19", .malformed), ("short", "curl: (18)", .missing),
      ("slow", "curl: (28)", .missing),
      ("loop", "redirects", .missing), ("absent", "404", .missing),
    ])
  func bad(kind: String, words: String, expected: FormatError.Kind) throws {
    try withServer { address, folder in
      let error = try #require(throws: FormatError.self) {
        try fetch(folder, "\(address)/\(kind)").run()
      }
      #expect(error.kind == expected && error.message.contains(words), "\(error)")
      #expect(error.message.hasPrefix("\(address)/\(kind)/x/a.txt: "))
      #expect(names(in: folder) == [".lock"])
      var told: [String] = []
      let both = fetch(folder, "\(address)/\(kind)", "\(address)/good")
      #expect(try both.run { told.append($0) } == ["a.txt"])
      #expect(told == [error.message])
    }
  }

  @Test("a file that stands at its place as something else stays until the right one is there")
  func kept() throws {
    try withServer { address, folder in
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try write([7], to: "\(folder)/a.txt")
      #expect(throws: FormatError.self) { try fetch(folder, "\(address)/lies").run() }
      #expect(try bytes(of: "\(folder)/a.txt") == [7])
    }
  }

  @Test("two processes do not fetch into one folder, and without a mirror that is said")
  func lock() throws {
    try withTemporaryFolder { root in
      let lock = try FileLock("\(root)/.lock", holder: "1")
      let error = try #require(throws: FormatError.self) {
        try fetch(root, "http://127.0.0.1:1").run()
      }
      withExtendedLifetime(lock) {}
      #expect(error.kind == .cannotCreate)
      let alone = try #require(throws: FormatError.self) { try fetch(root).run() }
      #expect(alone.kind == .missing && alone.message.contains("--mirror"))
    }
  }
}
