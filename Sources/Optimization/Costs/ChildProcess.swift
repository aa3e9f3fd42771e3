import Formats
import Runs
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A running program whose standard output, and perhaps input, are pipes of this process that never
/// wait.
///
/// It is the first of a group of its own, so that a signal from the terminal does not reach it. It
/// ends with this value.
final class ChildProcess: Sendable {
  /// The end of the pipe that its output comes from.
  let output: Int32
  /// The end of the pipe that its input is written into; `nil` where that is empty.
  let input: Int32?
  private let process: pid_t
  private let status = Mutex<Int32?>(nil)

  /// Starts a program.
  ///
  /// - Throws: `Failure` of kind `missingInput` where it cannot be started.
  init(_ words: [String], hasInput: Bool) throws(Failure) {
    // A program that ends early is an error of a write, not of this process.
    signal(SIGPIPE, SIG_IGN)
    guard let outgoing = Pipe(), let incoming = Pipe() else {
      throw Failure(.inputOutput, "'\(words[0])': no pipe: \(System.reason)")
    }
    let failure = ChildProcess.spawn(words, hasInput ? incoming.end : nil, outgoing.start)
    process = failure.process
    outgoing.closeStart()
    incoming.closeEnd()
    if !hasInput { incoming.closeStart() }
    (output, input) = (outgoing.end, hasInput ? incoming.start : nil)
    guard failure.code == 0 else {
      status.withLock { $0 = failure.code }
      throw Failure(
        .missingInput, "'\(words[0])': cannot be run: \(String(cString: strerror(failure.code)))")
    }
    for file in [output, input].compactMap(\.self) {
      _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK)
    }
  }

  deinit {
    if let input {
      // At the end of its input a program can leave by itself.
      close(input)
      _ = ending(within: 300)
    }
    end()
    close(output)
  }

  /// Kills it and what it has started, unless it has ended.
  func end() {
    status.withLock { status in
      guard status == nil else { return }
      kill(-process, SIGKILL)
      var code: Int32 = 0
      while waitpid(process, &code, 0) < 0 && errno == EINTR {}
      status = code
    }
  }

  /// How it ended, in words; `nil` while it runs.
  var ending: String? {
    let code = status.withLock { status in
      var code: Int32 = 0
      if status == nil, waitpid(process, &code, WNOHANG) == process { status = code }
      return status
    }
    return code.map { code in
      code & 0x7f == 0 ? "exit status \((code >> 8) & 0xff)" : "signal \(code & 0x7f)"
    }
  }

  /// Whether it ended with exit status 0.
  var hasSucceeded: Bool { status.withLock { $0 } == 0 }

  /// How it ends within so many milliseconds; after that it is killed.
  func ending(within milliseconds: Int) -> String {
    for _ in 0..<milliseconds {
      if let ending { return ending }
      usleep(1000)
    }
    end()
    return "its output closed"
  }

  /// Writes what there is room for; returns the number of bytes, `nil` where nobody reads.
  func write(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let input else { return nil }
    let count = bytes.withUnsafeBytes { systemWrite(input, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Reads what there is; `false` at the end of the output.
  func read(into buffer: inout [UInt8]) -> Bool {
    let room = 1 << 16
    while true {
      var count = 0
      buffer.append(
        contentsOf: [UInt8](unsafeUninitializedCapacity: room) { target, filled in
          count = systemRead(output, target.baseAddress, room)
          filled = max(0, count)
        })
      if count == room { continue }
      if count < 0, errno == EINTR { continue }
      return count > 0 || count < 0 && errno == EAGAIN
    }
  }

  private static func spawn(
    _ words: [String], _ input: Int32?, _ output: Int32
  ) -> (process: pid_t, code: Int32) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    var standard = sigset_t()
    sigemptyset(&standard)
    sigaddset(&standard, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &standard)
    posix_spawnattr_setpgroup(&attributes, 0)
    // The thread that starts it may have signals blocked.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    func list(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
      texts.map { FileName.withCString($0) { strdup($0) } } + [nil]
    }
    let arguments = list(words)
    let environment = list(ProcessInfo.processInfo.environment.map { "\($0)=\($1)" })
    defer { for pointer in arguments + environment { free(pointer) } }
    var process = pid_t()
    guard let name = arguments[0] else { return (0, ENOMEM) }
    let code = posix_spawnp(
      &process, name, &actions, &attributes, arguments, environment)
    return (process, code)
  }
}

/// Both ends of a pipe, which programs that are started do not get.
private struct Pipe {
  /// Where it is written into.
  let start: Int32
  /// Where it is read from.
  let end: Int32

  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    (end, start) = (ends[0], ends[1])
    for file in ends { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
  }

  func closeStart() { close(start) }
  func closeEnd() { close(end) }
}

// Within `ChildProcess` these names are its own.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, bytes, count)
}
