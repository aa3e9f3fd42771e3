import Formats

/// The kinds of value that the settings of several models have.
extension Settings {
  package func whole(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    try parse(key) { (text) throws(SettingError) in
      try parseInteger(text, named: key, in: range)
    }
  }

  package func wholeIfSet(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    self[key] == nil ? nil : try whole(key, in: range)
  }

  /// A positive number, such as a learning rate.
  package func positive(_ key: String) throws -> Double {
    try parse(key) { (text) throws(SettingError) in
      guard let value = Double(text), value.isFinite, value > 0 else {
        throw SettingError("\(key) is '\(text)', not a positive number")
      }
      return value
    }
  }

  package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws
    -> Choice
  {
    try parse(key) { (text) throws(SettingError) in
      guard let choice = Choice(rawValue: text) else {
        throw SettingError(unknown(key, text, among: Choice.allCases.map(\.rawValue)))
      }
      return choice
    }
  }

  package func seed() throws -> UInt64 {
    try parse("seed") { (text) throws(SettingError) in
      guard let seed = UInt64(text) else {
        throw SettingError("seed is '\(text)', not a whole number of 0 or more")
      }
      return seed
    }
  }

  /// Throws unless these are the settings of a model.
  package func checkModel(_ name: String) throws {
    try parse("model") { (text) throws(SettingError) in
      guard text == name else {
        throw SettingError("model is '\(text)', expected '\(name)'")
      }
    }
  }

  /// Throws where what is asked for takes more memory than is allowed; the first of `keys` that is set is to blame.
  package func checkMemory(_ what: String, _ parts: [[Int]], of keys: String...) throws {
    guard let excess = MemoryBudget.excess(what, parts) else { return }
    let key = keys.first(where: isSet) ?? keys.first { self[$0] != nil } ?? keys[0]
    throw failure("\(key) is '\(self[key] ?? "")': \(excess)", of: key)
  }

  /// These without what has no effect; throws where such a setting was given, which is a mistake.
  ///
  /// - Parameter uses: for a key whether it has an effect, and who would use it.
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
