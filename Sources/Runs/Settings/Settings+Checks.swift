import Formats

/// Checks of several settings together.
extension Settings {
  /// Throws where what is asked for takes more memory than is allowed; the first of `keys` that is
  /// set is to blame.
  package func checkMemory(_ what: String, _ parts: [[Int]], of keys: String...) throws {
    guard let excess = MemoryBudget.excess(what, parts) else { return }
    let key = keys.first(where: isSet) ?? keys.first { self[$0] != nil } ?? keys[0]
    throw failure("\(key) is '\(self[key] ?? "")': \(excess)", of: key)
  }

  /// A copy without settings that have no effect; throws if the user set one of them.
  ///
  /// - Parameter uses: for each key whether it has an effect, and who would use it.
  package func clearingIdle(_ uses: [(key: String, isUsed: Bool, by: String)]) throws -> Settings {
    var result = self
    for (key, isUsed, user) in uses where !isUsed {
      guard !isSet(key) else {
        throw failure("\(key) is set, which only \(user) use", of: key)
      }
      result.clear(key)
    }
    return result
  }
}
