import Formats
public import Learning

extension RankGroup {
  /// The folder that the first rank has made or opened, on all ranks.
  ///
  /// - Throws: `Failure` of kind `usage` where another rank does not see it; a folder that has no
  ///   configuration yet is taken away again.
  public func share(_ folder: RunFolder?) throws -> RunFolder {
    let path = try gather(folder?.path ?? "")[0]
    let isSeen = try fileExists(path)
    let blind = try gather(isSeen ? "" : RunLock.host).enumerated().first { !$1.isEmpty }
    guard let blind else { return folder ?? RunFolder(at: path) }
    if isFirst, try !fileExists(path + "/config.json") { try System.removeTree(path) }
    throw Failure(
      .usage,
      "\(path): rank \(blind.offset) on \(blind.element) does not see this folder; all hosts need to share it"
    )
  }
}
