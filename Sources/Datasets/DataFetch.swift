public import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Fetches the files of a data set from the first mirror that has them as they were published.
///
/// A file comes under another name, is compared by size and SHA-256, and takes its own name only
/// then. One process at a time fetches into a folder.
public struct DataFetch: Sendable {
  private let set: KnownData
  private let folder: String
  private let mirrors: [String]
  private let patience: Int

  /// - Parameters:
  ///   - folder: where the files are to be; that of the data set by default.
  ///   - mirrors: addresses to ask in place of the data set's own.
  ///   - patience: seconds with next to nothing received after which a mirror is given up.
  public init(
    _ set: KnownData, into folder: String? = nil, mirrors: [String]? = nil, patience: Int = 30
  ) {
    self.set = set
    self.folder = folder ?? set.folder
    self.mirrors = mirrors ?? set.mirrors
    self.patience = patience
  }

  /// The files that are not there as they were published; throws `FormatError` where one cannot be
  /// read.
  public func missing() throws(FormatError) -> [KnownData.File] {
    var files: [KnownData.File] = []
    for (file, finding) in try set.verify(in: folder) where finding != .intact {
      files.append(file)
    }
    return files
  }

  /// Throws `FormatError` of kind `missing` where a file is not there as it was published.
  public func checkComplete() throws(FormatError) {
    let missing = try missing()
    guard missing.isEmpty else {
      throw FormatError(
        .missing,
        "\(folder): lacks \(missing.map(\.name).joined(separator: ", ")), and --offline fetches nothing"
      )
    }
  }

  /// Fetches what is missing; returns the names of the files that came.
  ///
  /// - Parameter tell: called with what a mirror did wrong, before the next is asked.
  /// - Throws: `FormatError` of kind `malformed` where a file came only as something else,
  ///   `missing` where no mirror has it, `cannotCreate` where another process fetches or the folder
  ///   cannot be written.
  public func run(tell: (String) -> Void = { _ in }) throws(FormatError) -> [String] {
    let missing = try missing()
    guard !missing.isEmpty else { return [] }
    guard !mirrors.isEmpty else {
      throw FormatError(
        .missing,
        "\(set.name): is not public in the form that is read; a copy of \(missing[0].name) can come from --mirror URL"
      )
    }
    try makeFolder(folder)
    guard let lock = try FileLock("\(folder)/.lock", holder: "\(getpid())") else {
      throw FormatError(.cannotCreate, "\(folder): another process is fetching into it")
    }
    defer { withExtendedLifetime(lock) {} }
    for file in missing { try fetch(file, tell) }
    return missing.map(\.name)
  }

  private func fetch(_ file: KnownData.File, _ tell: (String) -> Void) throws(FormatError) {
    let part = "\(folder)/.\(file.name).part"
    defer { removeFile(part) }
    var failure: FormatError?
    for mirror in mirrors {
      if let failure { tell(failure.message) }
      let address = "\(mirror)/\(file.remote ?? file.name)"
      if let reason = Curl.fetch(address, to: part, atMost: file.size, patience: patience) {
        failure = FormatError(.missing, "\(address): \(reason)")
      } else if case .different(let how) = try file.verify(at: part) {
        failure = FormatError(.malformed, "\(address): is not what was published: \(how)")
      } else {
        try synchronize(part)
        return try renameFile(part, to: "\(folder)/\(file.name)")
      }
    }
    throw failure ?? FormatError(.missing, "\(file.name): no mirror")
  }
}
