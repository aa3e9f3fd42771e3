import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Downloads by the program curl.
///
/// It knows redirects, proxies and certificates, is there on macOS and nearly every Linux, and
/// keeps Foundation and its libraries out of whatever links this module.
enum Curl {
  /// Fetches an address into a file; returns what went wrong, `nil` for nothing.
  ///
  /// - Parameters:
  ///   - most: bytes beyond which a file is not taken.
  ///   - patience: seconds below a hundred bytes a second after which it is given up.
  static func fetch(
    _ address: String, to path: String, atMost most: Int, patience: Int
  ) -> String? {
    let log = "\(path).log"
    defer { removeFile(log) }
    let arguments = [
      "curl", "-q", "--fail", "--silent", "--show-error", "--location", "--max-redirs", "5",
      "--proto", "=http,https", "--connect-timeout", "\(patience)", "--speed-limit", "100",
      "--speed-time", "\(patience)", "--max-filesize",
      "\(max(most, longestPage))", "--output", path, "--url",
      address,
    ]
    guard let status = run(arguments, errors: log) else {
      return "the program curl, which fetches files, cannot be run: \(System.reason)"
    }
    guard status != 0 else { return nil }
    let text = String(decoding: (try? fileBytes(log, atMost: 1 << 16)) ?? [], as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).last.map(String.init)
    return line ?? "curl ended with code \(status)"
  }

  /// Bytes of a page that says an error or another address, which may be longer than the file.
  private static let longestPage = 1 << 16

  /// What curl may see of the environment.
  private static let variables = [
    "PATH", "HOME", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
    "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
  ]

  /// The exit code of a program, 128 and more after a signal; `nil` where it cannot be run.
  private static func run(_ arguments: [String], errors: String) -> Int32? {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    FileName.withCString(errors) {
      _ = posix_spawn_file_actions_addopen(&actions, 2, $0, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    func list(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
      texts.map { FileName.withCString($0) { strdup($0) } } + [nil]
    }
    let words = list(arguments)
    let environment = list(
      variables.compactMap { name in
        getenv(name).map { "\(name)=\(String(cString: $0))" }
      })
    defer { for pointer in words + environment { free(pointer) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, "curl", &actions, nil, words, environment)
    guard failure == 0 else {
      errno = failure
      return nil
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
