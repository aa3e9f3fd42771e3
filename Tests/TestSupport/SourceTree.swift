public import Foundation

/// The package that the tests were built from.
public enum SourceTree {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The files of a folder whose names end so, without that end.
  public static func names(in folder: String, ending: String) throws -> Set<String> {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: folder).path)
    return Set(files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) })
  }

  /// The files that declare an estimator of their name; `nil` where the sources are gone.
  public static let estimators: Set<String>? = {
    let folder = "Sources/Stochastics/Estimators"
    return try? names(in: folder, ending: ".swift").filter { name in
      let text = try String(
        contentsOf: root.appending(path: "\(folder)/\(name).swift"), encoding: .utf8)
      let declaration = try Regex("public struct \(name)\\b[^{]*Estimator\\b")
      return text.contains(declaration)
    }
  }()
}
