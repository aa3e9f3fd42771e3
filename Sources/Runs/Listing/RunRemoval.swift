import Formats

extension RunFolder {
  /// Removes the folder with all that is in it.
  ///
  /// - Throws: `Failure` of kind `cannotCreate` where a process is writing the run, with nothing
  ///   removed; `FormatError` where something cannot be removed.
  public func remove() throws {
    let lock = try RunLock(self)
    defer { withExtendedLifetime(lock) {} }
    guard System.isFolder(path) else {
      throw Failure(.usage, "\(path): is a link to the folder of a run; name the folder itself")
    }
    try System.removeTree(path)
  }
}
